"""A clinic's counts beside the published rates, by route and by grade."""

from __future__ import annotations

from datetime import date

import pytest

from thecal.care.advice import Advice, Weight
from thecal.care.complications.advise import advise
from thecal.errors import BadFileError
from thecal.safety.finding import Verdict, verdict_of
from thecal.therapy.table import Table


def case(*counted: dict[str, object], **changes: object) -> Advice:
    values: dict[str, object] = {"start": date(2020, 1, 1), "end": date(2020, 12, 31)}
    values |= {"refills": 752, "patients": 200}
    if counted:
        values["counted"] = list(counted)
    values |= changes
    return advise(Table({k: v for k, v in values.items() if v is not None}, "case.toml"))


def event(name: str, count: int, **more: str) -> dict[str, object]:
    return {"complication": name, "count": count, **more}


def rows(advice: Advice, title: str) -> list[tuple[object, ...]]:
    return list(next(one for one in advice.listings if one.title == title).rows)


@pytest.mark.inventory("S3.19", "T35")
def test_three_pocket_fills_in_a_year_lie_above_the_maker_and_within_the_clinics() -> None:
    found = case(event("pocket-fill", 3))
    assert found.verdict == "above-some-published"
    weights = [one.weight for one in found.reasons if one.rule == "count"]
    assert weights == [Weight.CAUTION, Weight.NOTE, Weight.NOTE, Weight.CAUTION]
    assert case(event("pocket-fill", 1)).verdict == "within-published"
    many = case(event("pocket-fill", 9))
    assert many.verdict == "above-published"
    assert verdict_of(many.findings) is Verdict.ACCEPTED


@pytest.mark.inventory("T35")
def test_maker_and_clinics_stand_side_by_side_and_none_is_used() -> None:
    dispute = next(one for one in case().disagreements if "pocket fill (any)" in one.question)
    assert len(dispute.answers) == 4
    assert not dispute.used


@pytest.mark.inventory("S0.2")
def test_side_effects_are_counted_by_the_route_of_the_drug() -> None:
    found = case(
        event("sedation", 9, route="oral"),
        event("sedation", 4, route="intrathecal"),
        event("sedation", 1, route="oral", grade="2"),
        event("pruritus", 2),
    )
    assert rows(found, "By route of the drug") == [
        ("intrathecal", "sedation or drowsiness", "4"),
        ("oral", "sedation or drowsiness", "10"),
        ("route not said", "itch", "2"),
    ]
    assert [row[::2] for row in rows(found, "By grade")] == [("2", "1"), ("not graded", "15")]


def test_the_clinics_own_rate_with_wilsons_interval() -> None:
    own = rows(case(event("pocket-fill", 3), patients=None), "The clinic's own rates")
    shown = [str(cell).replace("\u00a0", " ") for cell in own[0]]
    assert shown == ["pocket fill", "refill", "0.399 %", "0.136 % to 1.17 %"]


def test_without_a_denominator_it_is_asked_for() -> None:
    found = case(event("pocket-fill", 3), refills=None)
    assert found.verdict == "nothing-to-compare"
    (reason,) = [one for one in found.reasons if one.rule == "denominator"]
    assert reason.weight is Weight.MISSING
    assert "refill" in reason.text


def test_what_no_source_gives_a_rate_for_says_so() -> None:
    found = case(event("catheter-dislodgement", 2))
    assert any("no rate is on record" in one.text for one in found.reasons)


@pytest.mark.inventory("S1.R25")
def test_a_blocked_catheter_that_was_counted_names_the_way_on() -> None:
    found = case(event("catheter-obstruction", 1))
    assert any("thecal troubleshoot" in one.text for one in found.reasons)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"counted": [event("hiccups", 1)]}, "hiccups"),
        ({"counted": [event("pruritus", -1)]}, "-1"),
        ({"counted": [event("pruritus", 1, grade="6")]}, "grade"),
        ({"counted": [event("pruritus", 1, route="nasal")]}, "nasal"),
        ({"refills": 0}, "refills"),
        ({"patient_years": "0"}, "patient_years"),
        ({"patient_years": "many"}, "patient_years"),
        ({"refills": 10_000_001}, "refills: this is more than any clinic has"),
        ({"end": date(2019, 1, 1)}, "ends before it starts"),
    ],
)
def test_what_cannot_be_counted_is_refused_by_name(changes: dict[str, object], named: str) -> None:
    with pytest.raises(BadFileError) as refused:
        case(**changes)
    assert named in str(refused.value)
