"""The export without names: what is in it, what is not, and what it says of small groups."""

from __future__ import annotations

import csv
import itertools
import json
from dataclasses import replace
from datetime import date

import pytest

from short_therapies import fill, on, therapy
from thecal.care.complications.export import COLUMNS, LEFT_OUT, Subject, export, small_groups
from thecal.care.complications.recorded import read_recorded
from thecal.care.survival import device_lives
from thecal.care.survival.life import End

BORN = date(1958, 7, 3)


def subject(born: date = BORN, sex: str = "female", words: str = "Ada fell in Berlin") -> Subject:
    recorded = read_recorded(
        4,
        {
            "complication": "catheter-fracture",
            "began": on(120).isoformat(),
            "grade": "3",
            "cause": "device",
            "words": words,
            "outcome": "resolved-revised",
            "ended": on(130).isoformat(),
        },
    )
    return Subject(
        born=born,
        sex=sex,
        pathway="non-cancer",
        began=on(0),
        lives=device_lives(therapy(fill(0)), (recorded,), on(400)),
        complications=(recorded,),
        answers=((on(90), "satisfaction", "satisfied"),),
    )


def ids():
    numbers = itertools.count(1)
    return lambda: f"id{next(numbers)}"


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(line for line in text.splitlines() if line[:1] != "#"))


@pytest.mark.inventory("S1.R26")
def test_days_are_counted_from_the_implant_and_no_date_or_name_is_in_either_file() -> None:
    made = export([subject()], ids(), withhold=False)
    rows = read(made.as_csv())
    assert tuple(rows[0]) == COLUMNS
    by_record = {row["record"]: row for row in rows}
    assert by_record["complication"]["day"] == "120"
    assert by_record["complication"]["until_day"] == "130"
    assert by_record["catheter"]["end"] == "failure"
    assert by_record["outcome"]["value"] == "satisfied"
    assert {row["age_band"] for row in rows} == {"60-69"}
    for text in (made.as_csv(), made.as_json()):
        for personal in ("1958", "2020-", "Ada", "Berlin", "N1", "NGV"):
            assert personal not in text


def test_the_file_says_what_it_leaves_out() -> None:
    made = export([subject()], ids(), withhold=True)
    about = json.loads(made.as_json())["about"]
    assert about["left_out"] == list(LEFT_OUT)
    for line in LEFT_OUT:
        assert f"# left_out: {line}" in made.as_csv()


def test_small_groups_are_counted_and_withheld_where_wanted_and_large_ones_never() -> None:
    four = [subject(sex="male") for _ in range(4)]
    five = [subject() for _ in range(5)]
    assert small_groups([*four, *five]) == 4
    held = export([*four, *five], ids(), withhold=True)
    people = {row["id"]: (row["age_band"], row["sex"]) for row in held.rows}
    assert list(people.values()).count(("withheld", "withheld")) == 4
    assert list(people.values()).count(("60-69", "female")) == 5
    assert "4 of 9 people" in str(held.about()["small_groups"])
    shown = export([*four, *five], ids(), withhold=False)
    assert "withheld" not in {row["sex"] for row in shown.rows}
    assert "may be known" in str(shown.about()["small_groups"])


def test_ids_and_order_tell_nothing_of_the_order_of_the_record() -> None:
    numbers = iter(("c", "a", "b"))
    made = export([subject() for _ in range(3)], lambda: next(numbers), withhold=False)
    order = [row["id"] for row in made.rows]
    assert order == sorted(order)
    assert set(order) == {"a", "b", "c"}


def test_no_cell_is_a_formula_of_a_spreadsheet() -> None:
    for text in ("=1+1", "+1", "@x", "-cmd"):
        one = subject()
        odd = Subject(
            one.born, one.sex, one.pathway, one.began, (), (), ((on(1), "question", text),)
        )
        (row,) = read(export([odd], ids(), withhold=False).as_csv())
        assert row["value"] == f"'{text}"
    early = Subject(BORN, "male", "cancer", on(10), (), (), ((on(1), "pain", "7"),))
    assert read(export([early], ids(), withhold=False).as_csv())[0]["day"] == "-9"


def test_the_day_of_the_export_does_not_tell_the_day_of_an_implant() -> None:
    """Whoever knows when the file was made would count back from a pump that still runs."""
    shown = set()
    for day in range(390, 420):
        running = replace(subject(), lives=device_lives(therapy(fill(0)), (), on(day)))
        made = export([running], ids(), withhold=False)
        lives = [row for row in made.rows if row["record"] in ("pump", "catheter")]
        assert all(row["end"] == "running" for row in lives)
        shown |= {row["until_day"] for row in lives}
    assert shown == {"390"}
    died = replace(subject(), lives=device_lives(therapy(fill(0)), (), on(401), End.DEATH))
    assert {row["until_day"] for row in export([died], ids(), withhold=False).rows} >= {"401"}
    new = replace(subject(), lives=device_lives(therapy(fill(0)), (), on(7)))
    assert {row["until_day"] for row in export([new], ids(), withhold=False).rows} >= {"0"}
