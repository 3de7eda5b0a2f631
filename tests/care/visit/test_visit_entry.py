"""A visit survives its way through JSON; a record that is not understood is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from visit_cases import ROUTINE, changed
from visit_strategies import records

from thecal.care.visit import Visit, read_visit, write_visit
from thecal.care.visit.entry import read_record, write_record
from thecal.care.visit.needle import Aspirate
from thecal.care.visit.visit import RECORDS
from thecal.errors import BadFileError, CannotComputeError
from thecal.therapy.table import Table


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
