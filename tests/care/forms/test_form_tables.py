"""A clinic changes the forms by rows of its own; a row that would lose an answer is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from form_examples import complete

from thecal.care.forms import Filled, FormErrors, form, forms, read_form
from thecal.data import FACT_COLUMNS, use_clinic_tables
from thecal.errors import DataError

COLUMNS = {
    "form_fields": "form,section,field,parameter",
    "form_sections": "form,section,parameter",
}


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Path]:
    """A folder for a clinic's own tables; the shipped ones are back afterwards."""
    yield tmp_path
    use_clinic_tables(None)


def own(folder: Path, *rows: str, table: str = "form_fields") -> None:
    """Let the clinic have these rows, each its keys and its value."""
    head = COLUMNS[table] + "," + ",".join(FACT_COLUMNS)
    lines = [f"{row},text,clinic policy,read,,2026-11-20," for row in rows]
    (folder / f"{table}.csv").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    use_clinic_tables(folder)


def test_a_clinic_demands_a_field_that_is_optional_elsewhere(clinic: Path) -> None:
    values = {**complete(form("F4")), "udi_di": ""}
    assert isinstance(read_form(form("F4"), values), Filled)
    own(clinic, "F4,pump,udi_di,need,required")
    found = read_form(form("F4"), values)
    assert isinstance(found, FormErrors)
    assert found.missing == ("udi_di",)


def test_a_clinic_adds_a_field(clinic: Path) -> None:
    new = ("entry,text", "need,required", "en,Room", "de,Raum")
    own(clinic, *(f"F4,operation,room,{one}" for one in new))
    found = read_form(form("F4"), complete(form("F4")))
    assert isinstance(found, Filled)
    assert found.get("room", str) == "as agreed"


@pytest.mark.parametrize(
    "row",
    [
        "F4,pump,serial,entry,riddle",
        "F4,pump,serial,need,sometimes",
        "F4,pump,serial,need,by-pathway",
        "F4,pump,serial,label-of,selection_referral nonsense",
        "F4,pump,serial,label-of,trial-hand-over nonsense",
        "F4,pump,serial,label-of,nonsense nonsense",
        "F4,pump,new,entry,text",
        "F4,nowhere,serial,entry,text",
    ],
)
def test_a_row_that_makes_no_field_is_refused(clinic: Path, row: str) -> None:
    own(clinic, row)
    with pytest.raises(DataError):
        forms()


def test_one_key_in_two_sections_is_refused(clinic: Path) -> None:
    new = ("entry,text", "need,required", "en,Serial", "de,Serie")
    own(clinic, *(f"F4,operation,serial,{one}" for one in new))
    with pytest.raises(DataError, match="serial twice"):
        forms()


def test_a_number_of_rows_that_is_none_is_refused(clinic: Path) -> None:
    own(clinic, "F4,segments,rows,many", table="form_sections")
    with pytest.raises(DataError, match="number of rows"):
        forms()


@pytest.mark.parametrize(
    ("entry", "typed"), [("count: riddle of numbers", "3"), ("choice: nonsense", "a")]
)
def test_a_detail_that_means_nothing_is_told_when_it_is_read(
    clinic: Path, entry: str, typed: str
) -> None:
    values = complete(form("F4"))
    own(clinic, f"F4,pump,serial,entry,{entry}")
    with pytest.raises(DataError):
        read_form(form("F4"), {**values, "serial": typed})
