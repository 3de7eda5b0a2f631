"""An order for the pump: beyond-use date, second person, backwards computation, match, label."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from compounding_cases import BOLUS, T21, T21_MIXTURE, case, refused, said
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.compounding import judge, label, order_form
from thecal.care.compounding.advise import prepared
from thecal.care.compounding.case import Release
from thecal.care.document import Document, Language
from thecal.pharmacy import Ingredient, Mixture, Part, preparation
from thecal.safety.finding import Severity
from thecal.units import Concentration, Mass, MassRate, Volume


@pytest.mark.inventory("S1.7")
def test_an_order_without_a_beyond_use_date_is_refused_and_gets_no_label() -> None:
    complete = judge(case())
    assert complete.verdict == "can-be-made"
    without = judge(case(times=replace(case().times, beyond_use=None)))
    assert without.verdict == "refused"
    assert "no beyond-use date" in said(without, Severity.HARD)
    assert without.listings == ()


@pytest.mark.inventory("S1.7", "W33")
@pytest.mark.parametrize("language", ["en", "de"])
def test_the_order_form_and_the_label_stand_in_both_languages(language: Language) -> None:
    order = case()
    made = prepared(order)
    form, etikett = (lines(one, language) for one in (order_form(order, made), label(order, made)))
    statement = {"en": "FOR INTRATHECAL PUMP ONLY", "de": "NUR FÜR DIE INTRATHEKALE PUMPE"}
    assert statement[language] in form
    assert statement[language] in etikett
    for text in (form, etikett):
        assert "2026-11-27 09:00" in text
        assert "DEMO-17" in text
        assert "15\u00a0mg/mL (15,000\u00a0mcg/mL)" in text
    assert "300\u00a0mg (300,000\u00a0mcg)" in etikett
    assert {"en": "refrigerator", "de": "Kühlschrank"}[language] in etikett
    assert {"en": "6\u00a0mg (6,000\u00a0mcg)/day", "de": "(6,000\u00a0mcg)/Tag"}[language] in form


def test_the_label_says_how_many_single_doses_the_content_is() -> None:
    order = case()
    text = lines(label(order, prepared(order)), "en")
    assert "120 times the largest single intrathecal dose on record, 2.5\u00a0mg" in text
    assert "200 times" in text


@pytest.mark.inventory("S1.R24")
@pytest.mark.parametrize(
    ("signed", "severity"),
    [
        ({"checked_by": "C. Hecker", "prepared_by": "P. R."}, None),
        ({"prepared_by": "P. R."}, Severity.SOFT),
        ({"prepared_by": "P. R.", "checked_by": "p.  r."}, Severity.HARD),
        ({"prescriber": "Dr A", "checked_by": "Dr A"}, Severity.HARD),
    ],
)
def test_a_second_person_checks_the_calculation(
    signed: dict[str, str], severity: Severity | None
) -> None:
    found = [one.severity for one in judge(case(signed=signed)).findings if one.check == "K8"]
    assert found == ([] if severity is None else [severity])


@pytest.mark.req("K24")
@pytest.mark.inventory("T21")
def test_a_broken_first_path_is_refused_by_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """The forward computation is broken once, in three ways; each time the order is refused."""
    whole = preparation._part

    def tenfold(*given: object) -> Part:
        part = whole(*given)
        if part.plan is None:
            return part
        plan = replace(part.plan, draw=part.plan.draw.scaled(10))
        return replace(part, plan=plan)

    def unpotent(*given: object, **certificate: object) -> Fraction:
        return Fraction(1)

    assert judge(case()).results["recomputed"] is True
    with monkeypatch.context() as broken:
        broken.setattr(preparation, "_part", tenfold)
        found = judge(case())
        assert found.verdict == "refused"
        assert "computed backwards the dose of morphine" in said(found, Severity.HARD)
        assert found.listings == ()
    with monkeypatch.context() as broken:
        broken.setattr(preparation, "powder_factor", unpotent)
        assert "of bupivacaine is another" in said(judge(case()), Severity.HARD)
    with monkeypatch.context() as broken:
        broken.setattr(preparation, "_to_convention", lambda drug, basis: Fraction(1))
        citrate = {"fentanyl": Ingredient(MassRate.of(50, "ug/d"), "salt")}
        assert "of fentanyl is another" in said(judge(case(ingredients=citrate)), Severity.HARD)


@pytest.mark.req("K6")
@pytest.mark.parametrize("place", ["label", "program", "last-fill"])
def test_label_program_and_last_fill_name_the_solution_of_the_order(place: str) -> None:
    other = Mixture.of({**T21_MIXTURE, "morphine": Concentration.of(50, "mg/mL")})
    same = Mixture.of(T21_MIXTURE)
    assert not refused(judge(case(others={place: same})))
    found = judge(case(others={place: other}))
    assert "morphine 5\u00a0mg/mL ordered, 50\u00a0mg/mL there" in said(found, Severity.HARD)
    planned = judge(case(others={place: other}, change_planned=True))
    assert refused(planned) == (place != "last-fill")


@pytest.mark.inventory("T36")
def test_t36_an_order_of_citrate_is_told_as_base() -> None:
    fentanyl = Ingredient(
        MassRate.of("78.5", "ug/d"), "salt", Concentration.of(500, "ug/mL"), "base"
    )
    found = judge(case(ingredients={"fentanyl": fentanyl}))
    (told,) = [one.text for one in found.reasons if one.rule == "basis"]
    assert "78.5\u00a0mcg/day are 49.97\u00a0mcg/day as base" in told
    assert found.results["recomputed"] is True


@pytest.mark.inventory("T21")
def test_too_little_powder_to_weigh_is_asked_and_the_wrong_potency_refused() -> None:
    clonidine = {"clonidine": Ingredient(MassRate.of(60, "ug/d"))}
    assert "too little to weigh" in said(judge(case(ingredients=clonidine)), Severity.SOFT)
    percent = {"bupivacaine": replace(T21["bupivacaine"], potency=Fraction("98.5"))}
    assert "potency" in said(judge(case(ingredients=percent)), Severity.HARD)


@pytest.mark.parametrize(("dose", "asked"), [("0.21", True), ("2.0001", False)])
def test_both_doses_are_said_where_the_scale_cannot_show_the_ordered_one(
    dose: str, asked: bool
) -> None:
    """0.21 mg a day need 0.21 mL of 50 mg/mL; at 49 mg/mL the scale shows 0.21 of 0.2143 mL."""
    some = {"morphine": Ingredient(MassRate.of(dose, "mg/d"), None, mg("49"))}
    found = judge(case(ingredients=some))
    (told,) = [one.text for one in found.reasons if one.rule == "scale"]
    assert told.startswith("morphine: the scale shows")
    assert "ordered" in told
    assert ("the scale shows" in said(found, Severity.SOFT)) == asked
    assert found.results["recomputed"] is True


def test_a_stock_that_is_too_weak_is_refused_with_how_much_is_missing() -> None:
    weak = {**T21, "bupivacaine": Ingredient(MassRate.of(6, "mg/d"), None, mg("7.5"))}
    assert "exceed the volume by 30\u00a0mL" in said(judge(case(ingredients=weak)), Severity.HARD)


def test_left_open_fields_of_the_form_are_named_and_not_assumed() -> None:
    found = judge(case(texts={}))
    (told,) = [one for one in found.not_checked if one.startswith("left open")]
    assert "needed by" in told
    assert "batch" in told
    assert found.verdict == "can-be-made"


@pytest.mark.req("K24")
@pytest.mark.parametrize(
    ("assay", "severity"),
    [
        ("0.9", None),
        ("1.1", None),
        ("0.899999", Severity.SOFT),
        ("1.100001", Severity.SOFT),
        ("0.85", Severity.SOFT),
        ("1.15", Severity.SOFT),
        ("0.849999", Severity.HARD),
        ("1.150001", Severity.HARD),
        ("3", Severity.HARD),  # what three dilutions by hand gave (E19)
    ],
)
def test_the_gates_of_the_assay_hold_at_their_edges(assay: str, severity: Severity | None) -> None:
    found = judge(case(release=Release({"morphine": Fraction(assay)})))
    told = [one.severity for one in found.findings if "of the label" in one.message]
    assert told == ([] if severity is None else [severity])


@pytest.mark.parametrize(
    ("release", "fine"),
    [
        (Release(ph=Fraction(4)), True),
        (Release(ph=Fraction("3.9")), False),
        (Release(ph=Fraction("6.6")), False),  # bupivacaine may precipitate
        (Release(osmolality=Fraction(320)), True),
        (Release(osmolality=Fraction(321)), False),
        (Release(sterile=False), False),
        (Release(filter=Fraction("0.22")), True),
        (Release(filter=Fraction("0.45")), False),
        (Release(endotoxin=Fraction(1000)), False),
        (Release(endotoxin=Fraction(700)), True),
    ],
)
def test_the_certificate_of_the_batch_is_held_against_what_is_on_record(
    release: Release, fine: bool
) -> None:
    """14 EU/h for 70 kg: at 0.56 mL on the fullest day 600 EU/mL are exactly allowed."""
    found = judge(case(release=release, weight=Mass.of(82, "kg"), bolus=BOLUS))
    assert (found.verdict == "can-be-made") == fine


def test_14_eu_per_hour_are_allowed_for_70_kg() -> None:
    at = Release(endotoxin=Fraction(600))
    above = Release(endotoxin=Fraction("600.001"))
    for release, fine in ((at, True), (above, False)):
        found = judge(case(release=release, weight=Mass.of(70, "kg"), bolus=BOLUS))
        assert (found.verdict == "can-be-made") == fine


@given(volume=st.integers(5, 20), overfill=st.integers(0, 10), potency=st.integers(900, 1100))
def test_whatever_is_made_computes_backwards(volume: int, overfill: int, potency: int) -> None:
    order = case(
        fill=Volume.of(volume, "mL"),
        overfill=Volume.of(overfill, "mL"),
        ingredients={
            **T21,
            "bupivacaine": replace(T21["bupivacaine"], potency=Fraction(potency, 1000)),
        },
    )
    assert judge(order).results["recomputed"] is True


def mg(number: str) -> Concentration:
    return Concentration.of(number, "mg/mL")


def lines(document: Document, language: Language) -> str:
    told = [document.title.get(language)]
    for section in document.sections:
        told.append(section.heading.get(language))
        told += [f"{one.label.get(language)}: {one.value.get(language)}" for one in section.fields]
    return "\n".join(told)
