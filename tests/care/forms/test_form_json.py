"""A filled form survives JSON exactly, and its JSON Schema says what it looks like."""

from __future__ import annotations

import json
from typing import Any

import pytest
from form_examples import accepted, complete, filled
from hypothesis import given, settings
from hypothesis import strategies as st
from json_schema import allows

from thecal.care.forms import (
    Filled,
    Form,
    FormErrors,
    Kind,
    filled_from_json,
    form,
    form_schema,
    forms,
    read_form,
)
from thecal.errors import BadFileError

SAMPLED = st.sampled_from(forms())


@given(st.data())
@settings(max_examples=60)
def test_a_filled_form_survives_json_exactly(data: st.DataObject) -> None:
    known = data.draw(SAMPLED)
    values = data.draw(accepted(known))
    found = read_form(known, values)
    assert isinstance(found, Filled), found
    text = json.dumps(found.to_json())
    again = filled_from_json(json.loads(text))
    assert again == found
    assert json.dumps(again.to_json()) == text
    assert found.to_json()["values"] == {
        section_or_key: one for section_or_key, one in values.items() if one != []
    }


@given(st.data())
@settings(max_examples=60)
def test_the_schema_takes_whatever_the_form_takes(data: st.DataObject) -> None:
    known = data.draw(SAMPLED)
    found = read_form(known, data.draw(accepted(known)))
    assert isinstance(found, Filled)
    assert allows(form_schema(known), found.to_json())


_WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=8),
    st.sampled_from(["5", "5mL", ".5 mg", "1,5 mL", "2026-03-02", "T13", "1e3 mL", "10 mg/mL"]),
    st.lists(st.text(max_size=3), max_size=2),
)


@given(st.data())
@settings(max_examples=200)
def test_what_the_schema_refuses_the_form_refuses_too(data: st.DataObject) -> None:
    known = data.draw(SAMPLED)
    values = complete(known)
    key = data.draw(st.sampled_from(sorted(values)))
    wrong = data.draw(_WRONG)
    if wrong is None or (isinstance(wrong, str) and not wrong.strip()) or wrong == []:
        del values[key]
    else:
        values[key] = wrong
    written = {"schema": "thecal.form/1", "form": known.id, "values": values}
    if not allows(form_schema(known), written):
        assert isinstance(read_form(known, values), FormErrors)


@pytest.mark.parametrize("known", forms(), ids=lambda one: one.id)
def test_the_schema_names_what_is_needed_and_nothing_that_is_derived(known: Form) -> None:
    values: Any = form_schema(known)["properties"]
    values = values["values"]
    needed = {one.id for one in known.plain_fields() if one.required}
    needed |= {one.id for one in known.repeated_sections() if one.least_rows}
    assert set(values["required"]) == needed
    derived = {one.id for one in known.plain_fields() if not one.typed}
    assert not derived & set(values["properties"])
    json.dumps(form_schema(known))


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("fill_volume", "20"),
        ("fill_volume", "0.0000001 mL"),
        ("tip_level", "T13"),
        ("implanted_on", "2 March 2026"),
        ("csf_return", "yes"),
        ("pump_model", "nonsense"),
        ("segments", []),
        ("mixture", [{"drug": "morphine"}]),
        ("serial", " "),
        ("unknown", "1"),
    ],
)
def test_the_schema_refuses_what_a_machine_can_see(field: str, wrong: Any) -> None:
    data: Any = filled("F4").to_json()
    assert allows(form_schema(form("F4")), data)
    data["values"][field] = wrong
    assert not allows(form_schema(form("F4")), data)


def test_what_somebody_wrote_later_into_a_filled_form_changes_it_not() -> None:
    values = complete(form("F4"))
    found = read_form(form("F4"), values)
    assert isinstance(found, Filled)
    values["segments"][0]["trimmed"] = "1 cm"
    written: Any = found.to_json()
    written["values"]["mixture"][0]["drug"] = "baclofen"
    again: Any = found.to_json()
    assert again["values"]["segments"][0]["trimmed"] == "2 cm"
    assert again["values"]["mixture"][0]["drug"] == "morphine"


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"form": "F4", "values": {}},
        {"schema": "thecal.form/2", "form": "F4", "values": {}},
        {"schema": "thecal.form/1", "form": "F99", "values": {}},
        {"schema": "thecal.form/1", "form": 4, "values": {}},
        {"schema": "thecal.form/1", "form": "F4", "values": []},
    ],
)
def test_json_that_is_no_filled_form_is_refused(data: object) -> None:
    with pytest.raises(BadFileError):
        filled_from_json(data)


def test_every_error_of_a_stored_form_is_told() -> None:
    data: Any = filled("F4").to_json()
    data["values"] |= {"serial": "", "fill_volume": "20"}
    with pytest.raises(BadFileError, match="2 fields are wrong") as caught:
        filled_from_json(data)
    assert "serial" in str(caught.value)
    assert "fill_volume" in str(caught.value)


def test_a_statement_is_no_answer() -> None:
    kinds = {one.kind for known in forms() for one in known.plain_fields() if not one.typed}
    assert kinds == {Kind.FACT, Kind.STATEMENT}
