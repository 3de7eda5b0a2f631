"""A form is read strictly: what is missing is named, what is wrong is refused, all at once."""

from __future__ import annotations

from typing import Any

import pytest
from form_examples import Values, complete, example_of
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.forms import Filled, Form, FormErrors, FormField, Kind, form, forms, read_form
from thecal.care.forms.entry import scale_codes
from thecal.errors import DataError
from thecal.pharmacy import Mixture
from thecal.units import Concentration, Length, Volume

NO_ANSWERS: dict[Kind, list[Any]] = {
    Kind.TEXT: [3, True, ["a"], "tab\there", "x" * 201],
    Kind.LONG_TEXT: [3, "bell\x07", "x" * 5001],
    Kind.DATE: ["2026-02-30", "02.03.2026", "2026-3-2", "20260302", "1850-01-01", 2026],
    Kind.MOMENT: [
        *("2026-03-02T10:00", "2026-03-02", "2026-03-02T25:00+01:00", "2026-03-02 10:00+01:00"),
        "3026-03-02T10:00Z",
    ],
    Kind.FLAG: ["yes", "true", 1, ["x"]],
    Kind.CHOICE: ["nonsense", 1, True, ["none"]],
    Kind.CHOICES: ["none", ["nonsense"], [1], 3],
    Kind.COUNT: ["-1", "1.5", "01", "1e3", "12345678", 3, "three"],
    Kind.NUMBER: [".5", "1,5", "1e-3", "-1", "5 mL", 3],
    Kind.QUANTITY: [".5 mL", "1,5 mL", "1e-3 mL", "5", "5mL", "-5 mL", "5 T/kg", 5, "5 cc", True],
    Kind.SCORE: ["99999999", "-1", "worst", 3, True, "1,5"],
    Kind.LEVEL: ["T13", "L6", "t10", "10", "C0", 10],
    Kind.MIXTURE: [
        *("morphine", {"morphine": "10 mg/mL"}, [{"drug": "morphine"}], [3]),
        [{"drug": "aspirin", "concentration": "10 mg/mL"}],
        [{"drug": "morphine", "concentration": ".5 mg/mL"}],
        [{"drug": "morphine", "concentration": "1 mg/mL"}] * 2,
    ],
}


def errors(known: Form, values: object) -> FormErrors:
    found = read_form(known, values)
    assert isinstance(found, FormErrors)
    return found


def typed_fields() -> list[tuple[Form, FormField]]:
    return [(known, one) for known in forms() for one in known.plain_fields() if one.typed]


def name(pair: tuple[Form, FormField]) -> str:
    return f"{pair[0].id} {pair[1].id}"


@pytest.mark.parametrize("known", forms(), ids=lambda one: one.id)
def test_a_complete_example_of_each_form_fills(known: Form) -> None:
    assert isinstance(read_form(known, complete(known)), Filled)


@pytest.mark.parametrize("pair", typed_fields(), ids=name)
def test_a_field_left_out_is_named_if_and_only_if_it_is_needed(
    pair: tuple[Form, FormField],
) -> None:
    known, field = pair
    for left_out in (None, "", "  "):
        values = {**complete(known), field.id: left_out}
        found = read_form(known, values)
        if field.required:
            assert isinstance(found, FormErrors)
            assert field.id in found.missing
            (error,) = [one for one in found.errors if one.place == field.id]
            assert field.label.en in error.remedy
        elif field.when is None:
            assert isinstance(found, Filled)
            assert field.id not in found.values


@pytest.mark.parametrize("pair", typed_fields(), ids=name)
def test_a_wrong_answer_is_refused_with_place_and_remedy(pair: tuple[Form, FormField]) -> None:
    known, field = pair
    for wrong in NO_ANSWERS[field.kind]:
        if field.kind is Kind.SCORE and wrong in scale_codes(field.detail):
            continue
        found = errors(known, {**complete(known), field.id: wrong})
        (error,) = [one for one in found.errors if one.place == field.id]
        assert error.what, wrong
        assert error.remedy, wrong
        assert not error.missing


@pytest.mark.parametrize(
    ("typed", "remedy"),
    [
        (".5 mL", 'type "0.5 mL"'),
        ("1,5 mL", "point for decimals"),
        ("1e-3 mL", "powers of ten"),
        ("5 mg", "20 mL"),
        ("5000 uL", "type it in mL"),
        ("0 mL", "type the real figure"),
    ],
)
def test_number_entry_says_what_to_type_and_no_unit_is_guessed(typed: str, remedy: str) -> None:
    (error,) = errors(form("F4"), {**complete(form("F4")), "fill_volume": typed}).errors
    assert error.place == "fill_volume"
    assert remedy in error.remedy


def test_zero_is_taken_only_where_nothing_can_be_an_answer() -> None:
    known = form("F5")
    assert isinstance(read_form(known, {**complete(known), "aspirated": "0 mL"}), Filled)
    assert errors(known, {**complete(known), "received": "0 mL"}).errors[0].place == "received"


def test_all_errors_are_told_at_once_in_the_order_of_the_form() -> None:
    values = {**complete(form("F4")), "serial": "", "fill_volume": "20", "tip_level": "T13"}
    del values["anchor"], values["stayed"]
    places = [one.place for one in errors(form("F4"), values).errors]
    assert places == ["serial", "tip_level", "anchor", "fill_volume"]


def test_an_empty_form_names_everything_that_is_needed() -> None:
    for known in forms():
        plain = known.plain_fields()
        needed = {one.id for one in plain if one.required or (one.when and one.when.unless)}
        needed |= {one.id for one in known.repeated_sections() if one.least_rows}
        assert set(errors(known, {}).missing) == needed, known.id


@pytest.mark.inventory("S0.16")
@pytest.mark.parametrize("level", ["T13", "L6", "S6", "C9", "T0", "lumbar"])
def test_a_vertebral_level_that_nobody_has_is_refused(level: str) -> None:
    for field in ("entry_level", "tip_level"):
        (error,) = errors(form("F4"), {**complete(form("F4")), field: level}).errors
        assert error.place == field
        assert "C1 to C8" in error.remedy


def test_what_the_record_knows_cannot_be_typed() -> None:
    for known in forms():
        for section in known.sections:
            for one in section.fields:
                if one.typed:
                    continue
                values: Values = complete(known)
                if section.least_rows is None:
                    values[one.id] = "20 mL"
                else:
                    values[section.id][1][one.id] = "20 mL"
                (error,) = errors(known, values).errors
                assert error.place.endswith(one.id)
                assert "nobody types it" in error.what


def test_an_unknown_field_is_refused_and_the_nearest_named() -> None:
    values = {**complete(form("F4")), "seriall": "NGV1"}
    (error,) = errors(form("F4"), values).errors
    assert error.place == "seriall"
    assert '"serial"' in error.remedy
    rows = [{**example_row("segments"), "lenght": "3 cm"}]
    (error,) = errors(form("F4"), {**complete(form("F4")), "segments": rows}).errors
    assert error.place == "segments 1: lenght"


def example_row(section: str) -> Values:
    found = next(one for one in form("F4").sections if one.id == section)
    return {one.id: example_of(one) for one in found.fields if one.typed}


def test_an_error_in_a_row_says_in_which() -> None:
    rows = [example_row("segments"), {**example_row("segments"), "trimmed": "38"}]
    (error,) = errors(form("F4"), {**complete(form("F4")), "segments": rows}).errors
    assert error.place == "segments 2: trimmed"
    assert "unit is missing" in error.remedy


def test_an_empty_row_counts_as_none_and_one_row_at_least_is_needed() -> None:
    empty = dict.fromkeys(example_row("segments"), "")
    found = read_form(
        form("F4"), {**complete(form("F4")), "segments": [example_row("segments"), empty]}
    )
    assert isinstance(found, Filled)
    assert len(found.rows("segments")) == 1
    for none in ([], [empty], None):
        assert errors(form("F4"), {**complete(form("F4")), "segments": none}).missing == (
            "segments",
        )


def test_rows_of_another_shape_are_refused() -> None:
    for wrong in ("38 cm", 3, {"trimmed": "38 cm"}):
        assert errors(form("F4"), {**complete(form("F4")), "segments": wrong}).errors
    found = errors(
        form("F4"), {**complete(form("F4")), "segments": ["38 cm", example_row("segments")]}
    )
    assert [one.place for one in found.errors] == ["segments 1"]
    assert errors(form("F4"), ["serial"]).errors[0].place == "values"


@pytest.mark.parametrize(
    ("id", "needed", "by", "answer", "other"),
    [
        ("F1", "pain", "pathway", "cancer", "spasticity"),
        ("F1", "ashworth", "pathway", "spasticity", "cancer"),
        ("F1", "systemic_opioids", "pathway", "non-cancer", "spasticity"),
        ("F1", "psychology", "pathway", "non-cancer", "cancer"),
        ("F2", "catheter", "method", "port", "single-bolus"),
        ("F2", "next_dose_earliest", "verdict", "repeat", "passed"),
        ("F5", "oral_changes", "oral_changed", True, False),
        ("F5", "read_back_difference", "read_back_equal", False, True),
        ("F14", "harm_grade", "near_miss", False, True),
        ("F16", "cremation", "kind", "death", "explant"),
    ],
)
def test_a_field_is_needed_where_another_answer_asks_for_it(
    id: str, needed: str, by: str, answer: Any, other: Any
) -> None:
    values = {**complete(form(id)), needed: None}
    assert needed in errors(form(id), {**values, by: answer}).missing
    found = read_form(form(id), {**values, by: other})
    assert isinstance(found, Filled) or needed not in found.missing


def test_answers_are_read_as_values_and_kept_as_typed() -> None:
    found = read_form(form("F4"), {**complete(form("F4")), "fill_volume": "18.50 mL"})
    assert isinstance(found, Filled)
    assert found.get("fill_volume", Volume) == Volume.of("18.5", "mL")
    assert found.typed["fill_volume"] == "18.50 mL"
    mixture = Mixture.of({"morphine": Concentration.of(10, "mg/mL")})
    assert found.get("mixture", Mixture) == mixture
    assert found.rows("segments")[0]["supplied"] == Length.of(20, "cm")
    assert found.get("udi_di", str) == "as agreed"


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(st.sampled_from(forms()), st.data())
def test_whatever_comes_a_form_answers_with_errors_and_never_breaks(
    known: Form, data: st.DataObject
) -> None:
    keys = st.sampled_from(sorted(complete(known)))
    strange = data.draw(st.dictionaries(keys, _ANYTHING, max_size=8) | _ANYTHING)
    found = read_form(known, strange)
    if isinstance(found, FormErrors):
        assert all(one.place and one.what and one.remedy for one in found.errors)


def test_a_text_of_several_lines_is_taken_as_a_browser_sends_it() -> None:
    found = read_form(form("F4"), {**complete(form("F4")), "complications": "none\r\nnone"})
    assert isinstance(found, Filled)
    assert found.typed["complications"] == "none\r\nnone"


def test_asking_for_another_kind_than_the_field_holds_is_an_error_of_the_tables() -> None:
    found = read_form(form("F4"), complete(form("F4")))
    assert isinstance(found, Filled)
    with pytest.raises(DataError, match="fill_volume holds no Length"):
        found.get("fill_volume", Length)


def test_what_stayed_from_before_may_be_unknown_and_nothing_else() -> None:
    values = complete(form("F4"))
    del values["anchor"], values["warmed"]
    assert errors(form("F4"), {**values, "stayed": "catheter"}).missing == ("warmed",)
    assert errors(form("F4"), {**values, "stayed": "pump"}).missing == ("anchor",)
