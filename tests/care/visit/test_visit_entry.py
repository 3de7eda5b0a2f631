"""A visit survives its way through JSON; a record that is not understood is refused."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from fractions import Fraction
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from visit_cases import ROUTINE, changed

from thecal.care.visit import Visit, read_visit, write_visit
from thecal.care.visit.arrival import DrugDose
from thecal.care.visit.entry import read_record, write_record
from thecal.care.visit.needle import Aspirate
from thecal.care.visit.visit import RECORDS
from thecal.errors import BadFileError, CannotComputeError
from thecal.pharmacy import Mixture, drugs
from thecal.therapy.table import Table
from thecal.units import Concentration, Length, MassRate, Quantity, Volume

DRUGS = st.sampled_from([one.id for one in drugs()])
WORDS = st.text(st.sampled_from("aZ9 -.\u00e4\u00df\u00a0\u4e2d"), min_size=1, max_size=12).filter(
    str.strip
)
OFFSETS = st.integers(-12 * 4, 14 * 4).map(lambda n: timezone(timedelta(minutes=15 * n)))
UNITS = {Volume: "mL", MassRate: "mg/d", Length: "cm", Concentration: "mg/mL"}


def amounts(kind: type[Quantity], least: int) -> st.SearchStrategy[Quantity]:
    thousandths = st.integers(least, 10**7)
    return thousandths.map(lambda n: kind.of(Fraction(n, 1000), UNITS[kind]))


MIXTURES = st.dictionaries(DRUGS, amounts(Concentration, 1), min_size=1, max_size=3).map(Mixture.of)


def values(hint: Any) -> st.SearchStrategy[Any]:
    if get_origin(hint) in (Union, UnionType):
        return st.none() | values(next(one for one in get_args(hint) if one is not NoneType))
    if get_origin(hint) is tuple:
        return st.lists(values(get_args(hint)[0]), max_size=3).map(tuple)
    least = 0 if get_origin(hint) is Annotated else 1
    kind = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    if kind is int:
        return st.integers(least, 500)
    if kind is Mixture:
        return MIXTURES
    if kind is date:
        return st.dates(date(1950, 1, 1), date(2150, 1, 1))
    if kind is datetime:
        return st.builds(datetime.combine, values(date), st.times(), OFFSETS)
    if kind in (str, bool):
        return WORDS if kind is str else st.booleans()
    if issubclass(kind, StrEnum):
        return st.sampled_from(list(kind))
    return amounts(kind, least) if issubclass(kind, Quantity) else records(kind)


def records(kind: Any) -> st.SearchStrategy[Any]:
    if kind is DrugDose:
        return st.builds(DrugDose, drug=DRUGS, daily_dose=amounts(MassRate, 1))
    hints = get_type_hints(kind, include_extras=True)
    parts = {name: values(hint) for name, hint in hints.items()}
    for one in fields(kind):
        if one.default is MISSING and get_origin(hints[one.name]) is tuple:
            parts[one.name] = parts[one.name].filter(bool)
    return st.builds(kind, **parts)


def through_json(record: object) -> Table:
    return Table(json.loads(json.dumps(write_record(record))), "log")


@pytest.mark.parametrize("key", RECORDS)
@settings(max_examples=20)
@given(data=st.data())
def test_the_record_of_every_step_is_read_as_it_was_written(key: str, data: st.DataObject) -> None:
    record = data.draw(records(RECORDS[key]))
    assert read_record(RECORDS[key], through_json(record)) == record


def test_a_list_that_has_to_be_there_is_never_written_empty() -> None:
    with pytest.raises(CannotComputeError, match="identifiers is empty"):
        write_visit(changed("identify", identifiers=()))


def test_a_whole_visit_is_read_as_it_was_written_and_leaves_out_what_is_not_known() -> None:
    written = write_visit(ROUTINE)
    assert read_visit(Table(json.loads(json.dumps(written)), "log")) == ROUTINE
    assert written["verify"]["label"] == {"morphine": "10 mg/mL"}
    assert written["aspirate"]["volume"] == "4 mL"
    assert "discrepancy" not in written
    assert "air" not in written["aspirate"]
    bare = Visit(patient="P", started=datetime(2026, 3, 2, 9, tzinfo=UTC), operator="n")
    assert read_visit(through_json(bare)) == bare


@pytest.mark.parametrize(
    ("step", "key", "value", "says"),
    [
        ("aspirate", "volume", "4mL", "put one space"),
        ("aspirate", "volume", "4,1 mL", "comma"),
        ("aspirate", "volume", "-4 mL", "minus"),
        ("aspirate", "colour", "blue", "unknown"),
        ("access", "kit_lot", "K\n3", "not a text"),
        ("access", "kit_lot", "\u00a0", "not a text"),
        ("access", "attempts", 0, "whole number above zero"),
        ("access", "attempts", True, "whole number above zero"),
        ("access", "template_fits", "yes", "neither true nor false"),
        ("verify", "label", {"morphin": "1 mg/mL"}, "no drug known"),
        ("verify", "beyond_use", "20261224", "no plain date"),
        ("leave", "given_at", "2026-11-20T10:00:00", "no offset"),
        ("leave", "given_at", "yesterday", "no date with a time"),
        ("leave", "next_visit", "1812-01-01", "cannot be"),
        ("leave", "extra", "x", "unknown here"),
        ("interrogate", "boluses_requested", -1, "whole number above zero"),
        ("decide", "daily_doses", [{"drug": "morphin", "daily_dose": "4 mg/d"}], "is no drug"),
        ("decide", "daily_doses", [], "no list with entries"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(
    step: str, key: str, value: object, says: str
) -> None:
    table = write_visit(ROUTINE)
    table[step][key] = value
    with pytest.raises(BadFileError, match=says) as error:
        read_visit(Table(table, "log"))
    assert f"log: {step}" in str(error.value)


def test_a_missing_answer_is_refused_and_zero_is_an_answer_only_where_it_can_be_one() -> None:
    table = write_visit(ROUTINE)
    del table["complaints"]["weakness"]
    with pytest.raises(BadFileError, match="weakness: this key is missing"):
        read_visit(Table(table, "log"))
    empty = {"volume": "0 mL", "colour": "colourless", "appearance": "clear"}
    assert not read_record(Aspirate, Table(empty, "log")).volume
    table = write_visit(ROUTINE)
    table["verify"]["volume"] = "0 mL"
    with pytest.raises(BadFileError, match="is zero"):
        read_visit(Table(table, "log"))
