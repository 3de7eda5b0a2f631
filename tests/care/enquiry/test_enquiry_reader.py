"""What an outsider typed: read strictly, refused in both languages, never a failure."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enquiry_cases import NEEDED
from thecal.care.enquiry import (
    ENQUIRY,
    KINDS,
    REFERRAL,
    limit,
    questions,
    read_sent,
    sections,
    selection_case,
    standing,
)
from thecal.care.enquiry.words import all_words
from thecal.care.selection.reader import read_selection
from thecal.care.selection.rules import entries
from thecal.errors import UnknownIdError
from thecal.therapy.table import Table
from thecal.units import Duration, MassRate

TODAY = date(2026, 4, 20)
WHOLE = {
    **NEEDED,
    "indication": "failed-back-surgery-syndrome",
    "symptoms_since": "2019-05-01",
    "therapy_1": "oral-opioid",
    "outcome_1": "not-tolerated",
    "therapy_2": "physiotherapy",
    "outcome_2": "failed",
    "current_drugs": "morphine 60 mg twice a day\r\ngabapentin 300 mg",
    "morphine_equivalent": "120",
    "imaging": "reviewed",
    "imaging_words": "MRI in March",
    "sedatives": "none",
    "anticoagulant": "present",
    "coagulopathy": "none",
    "allergy": "none",
    "infection": "active",
    "life_expectancy": "2000",
    "goals": "walk to the shop\nsleep through",
    "capacity": "own",
    "attendance": "reliable",
    "transport": "30 km, by train",
    "message": "Thank you",
}


@pytest.mark.inventory("S0.25")
@pytest.mark.inventory("S1.R28")
def test_a_whole_referral_becomes_the_case_that_the_assessment_reads() -> None:
    sent = read_sent(REFERRAL, WHOLE, TODAY)
    assert sent.errors == {}
    case = read_selection(Table(selection_case(sent.values), "selection"))
    assert case.indication_id == "failed-back-surgery-syndrome"
    assert case.birth_date == date(1961, 4, 12)
    assert [(one.kind, one.outcome) for one in case.therapies] == [
        ("oral-opioid", "not-tolerated"),
        ("physiotherapy", "failed"),
    ]
    assert case.current_drugs == ("morphine 60 mg twice a day", "gabapentin 300 mg")
    assert case.morphine_equivalent == MassRate.of(120, "mg/d")
    assert case.life_expectancy == Duration.of(2000, "d")
    assert case.goals == ("walk to the shop", "sleep through")
    assert case.answers["infection"] == "active"


def test_every_field_that_a_referral_is_asked_for_has_its_question() -> None:
    """workflow.md 2.1: what the clinic calls missing is what the form can hold."""
    asked = {one.id for one in questions(REFERRAL)} | {"prior_therapies"}
    left_to_the_clinic = {"scores", "psychology"}
    for name, answers in entries("selection_referral", "field").items():
        keys = str(answers["keys"][0].value).split("; ")
        assert set(keys) & asked or name in left_to_the_clinic, name


def test_red_flags_and_missing_fields_are_told_to_the_clinic() -> None:
    fields = {one.id: one.standing for one in standing(read_sent(REFERRAL, WHOLE, TODAY).values)}
    assert fields["infection"] == fields["anticoagulant"] == "red flag"
    assert fields["goals"] == "given"
    few = {one.id: one.standing for one in standing(read_sent(REFERRAL, NEEDED, TODAY).values)}
    assert few["goals"] == few["infection"] == "missing"


@pytest.mark.parametrize(
    ("changed", "field", "german"),
    [
        ({"referrer_name": ""}, "referrer_name", "gebraucht"),
        ({"agreed": "on"}, "agreed", "gebraucht"),
        ({"birth_date": "12.4.1961"}, "birth_date", "kein Datum"),
        ({"birth_date": "2026-04-21"}, "birth_date", "Zukunft"),
        ({"birth_date": "0200-01-01"}, "birth_date", "kein Datum"),
        ({"sex": "x"}, "sex", "Liste"),
        ({"pathway": "<b>"}, "pathway", "Liste"),
        ({"morphine_equivalent": "a lot"}, "morphine_equivalent", "Zahl"),
        ({"morphine_equivalent": "1e400"}, "morphine_equivalent", "Zahl"),
        ({"life_expectancy": "0"}, "life_expectancy", "passt nicht"),
        ({"outcome_2": ""}, "outcome_2", "Ergebnis"),
        ({"therapy_2": ""}, "therapy_2", "Ergebnis"),
        ({"indication": "cerebral-palsy"}, "indication", ""),
        ({"message": "a\u202eb"}, "message", "drucken"),
        ({"message": "\0"}, "message", "drucken"),
        ({"message": "x" * 2001}, "message", "2000"),
        ({"goals": "x\n" * 31}, "goals", "30"),
        ({"patient_name": "x" * 121}, "patient_name", "120"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_in_both_languages(changed, field, german) -> None:
    sent = read_sent(REFERRAL, {**WHOLE, **changed}, TODAY)
    assert list(sent.errors) == [field]
    assert german in sent.errors[field].de
    assert sent.errors[field].en != sent.errors[field].de


HOSTILE = st.text(max_size=40) | st.sampled_from(["'\"><script>", "{{7*7}}", "=cmd()", "[]", "٣"])


@given(st.dictionaries(st.sampled_from([one.id for one in questions(REFERRAL)]), HOSTILE))
def test_whatever_is_sent_is_read_or_refused(typed) -> None:
    for kind in KINDS:
        sent = read_sent(kind, {**NEEDED, **typed}, TODAY)
        assert all(len(text) <= limit("length", "long") for text in sent.values.values()) or (
            sent.errors
        )
        if kind == REFERRAL and not sent.errors:
            standing(sent.values)


def test_an_enquiry_asks_four_things_and_no_more_is_kept() -> None:
    sent = read_sent(ENQUIRY, {"name": "A", "who": "carer", "reply": "1", "message": "?"}, TODAY)
    assert sent.errors == {}
    assert [name for name, _ in sections(ENQUIRY)] == ["sender", "message"]
    more = read_sent(ENQUIRY, {**sent.values, "patient_name": "B", "x": "y"}, TODAY)
    assert more.values == sent.values


def test_there_is_no_third_form() -> None:
    with pytest.raises(UnknownIdError):
        questions("complaint")


def test_every_question_and_word_stands_in_both_languages() -> None:
    for kind in KINDS:
        for one in questions(kind):
            assert one.label.en, one.id
            assert one.label.de, one.id
            assert all(text.en and text.de for text in one.choices.values()), one.id
    assert all(one.en and one.de for one in all_words().values())
