"""Every field that section 3 of the workflow lists is in its form, once, in both languages."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from form_requirements import FORM_IDS, SKILLS

from thecal.care.compounding.words import typed_fields, words
from thecal.care.escalation.case import SIGNS
from thecal.care.escalation.review_form import SIGN_WORDS
from thecal.care.forms import Form, FormField, Kind, form, forms
from thecal.care.forms.choice import choices, word
from thecal.care.forms.entry import bounds_of, kind_of, units_of
from thecal.care.selection import SelectionCase, referral
from thecal.care.selection.items import PATHWAYS, items
from thecal.care.trial.hand_over import LABELS
from thecal.data import rows
from thecal.errors import DataError, UnknownIdError

_LINES = (Path(__file__).parent / "form_requirements.csv").read_text(encoding="utf-8").splitlines()
ASKED = list(csv.DictReader(_LINES))


def every_field(known: Form) -> dict[str, FormField]:
    """Return the fields by key, those of a row as in `segments.trimmed`."""
    found = {one.id: one for one in known.plain_fields()}
    for section in known.repeated_sections():
        found |= {f"{section.id}.{one.id}": one for one in section.fields}
    return found


@pytest.mark.inventory("S0.15", "S0.17", "S3.7", "S1.R19")
@pytest.mark.parametrize("row", ASKED, ids=lambda row: f"{row['form']} {row['asked']}")
def test_every_field_that_the_workflow_lists_is_in_its_form(row: dict[str, str]) -> None:
    fields = every_field(form(row["form"]))
    assert not [one for one in row["fields"].split("; ") if one not in fields]


def test_there_are_the_eighteen_forms_and_the_education_checklist() -> None:
    assert [one.id for one in forms()] == FORM_IDS
    assert {row["form"] for row in ASKED} == set(FORM_IDS)
    with pytest.raises(UnknownIdError, match="F19"):
        form("F19")


@pytest.mark.parametrize("known", forms(), ids=lambda one: one.id)
def test_every_form_says_who_signs_it_and_everything_in_both_languages(known: Form) -> None:
    signers = choices("signer")
    assert known.signs
    assert all(one in signers for one in known.signs)
    texts = [known.title, *(one.title for one in known.sections)]
    texts += [one.label for one in every_field(known).values()]
    assert all(one.en.strip() and one.de.strip() for one in texts)
    assert known.source.source.startswith(("workflow.md 3", "project rule"))


@pytest.mark.parametrize("known", forms(), ids=lambda one: one.id)
def test_units_scales_and_lists_of_every_field_exist(known: Form) -> None:
    for one in every_field(known).values():
        if one.kind in (Kind.CHOICE, Kind.CHOICES):
            assert choices(one.detail)
        if one.kind is Kind.QUANTITY:
            assert set(units_of(one)) <= set(kind_of(one).unit_codes())
        if one.kind in (Kind.COUNT, Kind.NUMBER):
            assert bounds_of(one)


@pytest.mark.parametrize("known", forms(), ids=lambda one: one.id)
def test_what_decides_on_a_need_is_a_field_with_those_answers(known: Form) -> None:
    fields = every_field(known)
    for one in fields.values():
        if one.when is None:
            continue
        decides = fields[one.when.field]
        if decides.kind is Kind.FLAG:
            assert set(one.when.answers) <= {"yes", "no"}
        else:
            assert set(one.when.answers) <= set(choices(decides.detail)), one.id


def test_what_the_record_knows_is_typed_into_no_form_after_the_implant() -> None:
    known = {"pump_model", "serial", "capacity", "daily_doses", "refill_by", "alarm_date"}
    known |= {"reservoir_volume", "catheter_volume", "expected_residual", "mixture"}
    for one in forms():
        # F1 asks for the capacity to consent; in the others these come into the record
        if one.id in ("F1", "F2", "F3", "F4"):
            continue
        typed = {field.id for field in one.plain_fields() if field.typed}
        assert not typed & known, one.id


def test_the_referral_form_reads_the_table_of_the_selection() -> None:
    fields, sections = every_field(form("F1")), {one.id: one for one in form("F1").sections}
    for asked in referral(SelectionCase("non-cancer")):
        name = asked.id.replace("-", "_")
        name = {"drug_list": "current_drugs"}.get(name, name)
        label = fields[name].label if name in fields else sections[name].title
        assert (label.en, label.de) == (asked.name.en, asked.name.de)
    for pathway in PATHWAYS:
        asked_here = {one.id.replace("-", "_") for one in referral(SelectionCase(pathway))}
        for name in ("systemic_opioids", "psychology"):
            when = fields[name].when
            assert when is not None
            assert (pathway in when.answers) == (name in asked_here)


def test_answers_of_the_referral_are_those_of_the_selection() -> None:
    wanted = {one.id: set(one.answers) for one in items()}
    for field in every_field(form("F1")).values():
        if field.detail.startswith("@answer "):
            assert set(choices(field.detail)) == wanted[field.detail.removeprefix("@answer ")]


def test_hand_over_order_and_review_carry_the_labels_of_their_rules() -> None:
    hand_over = every_field(form("F3"))
    assert {one.label.en for one in hand_over.values()} >= {one.en for one in LABELS.values()}
    labels = {one.label.en for one in every_field(form("F10")).values()}
    assert labels >= {words("order", one).en for one in typed_fields("order")}
    review = every_field(form("F17"))
    assert all(review[one].label == SIGN_WORDS[one] for one in SIGNS)


def test_the_competency_log_has_every_skill_of_the_matrix() -> None:
    assert list(choices("skill")) == SKILLS
    assert list(choices("skill-level")) == ["0", "1", "2", "3", "4"]


def test_every_row_of_the_tables_belongs_to_a_form() -> None:
    ids = {one.id for one in forms()}
    for table in ("form_sections", "form_fields"):
        assert {row["form"] for row in rows(table)} == ids


def test_a_list_that_is_not_there_is_told() -> None:
    for name in ("nonsense", "@nonsense", "@answer nonsense"):
        with pytest.raises(DataError):
            choices(name)
    assert word("yes").de == "ja"
