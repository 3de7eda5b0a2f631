"""The cards: every drug has both, doses are those of the sources, and both languages say it."""

from __future__ import annotations

import pytest

from thecal.care.emergency.cards import (
    OVERDOSE,
    WITHDRAWAL,
    bridge_a_day,
    card,
    card_of,
    cards,
    dose_shown,
    doses,
    stop_of,
)
from thecal.device import pump_models
from thecal.errors import UnknownIdError
from thecal.pharmacy import drugs
from thecal.units import Mass


def said(name: str, part: str = "") -> str:
    return " ".join(line.text.en for one, line in card(name).lines() if part in ("", one))


def shown(name: str) -> str:
    return dose_shown(doses()[name]).replace("\u00a0", " ")


@pytest.mark.parametrize("kind", [OVERDOSE, WITHDRAWAL])
@pytest.mark.parametrize("drug", [one.id for one in drugs()])
def test_every_drug_has_a_card_with_every_part(drug: str, kind: str) -> None:
    one = card_of(drug, kind)
    parts = {part for part, _ in one.lines()}
    assert {"sign", "timing", "looks like", "step", "pump", "reservoir"} <= parts


def test_every_line_has_a_source_and_two_languages_and_no_open_place() -> None:
    for one in cards().values():
        for _, line in one.lines():
            assert line.fact.source
            for text in (line.text.en, line.text.de):
                assert text
                assert "{" not in text


@pytest.mark.inventory("S1.R3")
def test_naloxone_as_the_sources_have_it() -> None:
    assert shown("naloxone-low") == "0.4 mg (400 mcg)"
    assert shown("naloxone-high") == "2 mg (2,000 mcg)"
    assert (shown("naloxone-interval-low"), shown("naloxone-interval-high")) == ("2 min", "3 min")
    assert shown("naloxone-doubt") == "10 mg (10,000 mcg)"
    steps = said("opioid-overdose", "step").replace("\u00a0", " ")
    assert (
        "naloxone 0.4 mg (400 mcg) to 2 mg (2,000 mcg) IV, repeated every 2 min to 3 min" in steps
    )
    assert "10 mg (10,000 mcg) in all: doubt" in steps
    assert "outlasts" in steps


def test_cerebrospinal_fluid_is_drawn_for_an_overdose_and_not_for_a_pocket_fill() -> None:
    assert (shown("csf-low"), shown("csf-high")) == ("30 mL", "40 mL")
    for name in ("opioid-overdose", "gaba-b-agonist-overdose"):
        step = said(name, "step").replace("\u00a0", " ")
        assert "30 mL to 40 mL cerebrospinal fluid" in step
        assert "not after a pocket fill" in step
    assert "no drawing of cerebrospinal fluid" in said("pocket-fill", "step")


def test_the_oral_bridge_of_baclofen_with_its_total_a_day_and_its_counter_case() -> None:
    assert shown("baclofen-oral-low") == "10 mg (10,000 mcg)"
    assert shown("baclofen-oral-high") == "20 mg (20,000 mcg)"
    assert shown("baclofen-oral-interval") == "6 h"
    assert bridge_a_day() == (Mass.of(40, "mg"), Mass.of(80, "mg"))
    caution = said("gaba-b-agonist-withdrawal", "caution").replace("\u00a0", " ")
    assert "100 mg/day" in caution
    assert "10 mcg/day" in caution
    assert "only a bridge" in caution


def test_physostigmine_is_called_anecdotal_with_its_limits() -> None:
    caution = said("gaba-b-agonist-overdose", "caution").replace("\u00a0", " ")
    assert "anecdotal" in caution
    assert "2 mg (2,000 mcg) IM or IV at no more than 1 mg/min" in caution
    assert "0.02 mg per kg" in caution
    assert "0.5 mg/min" in caution
    assert "no specific antidote" in said("gaba-b-agonist-overdose", "step")


def test_both_answers_about_blood_pressure_in_withdrawal_stand() -> None:
    lines = card("gaba-b-agonist-withdrawal").blood_pressure
    assert [line.text.en for line in lines] == ["low blood pressure", "high blood pressure"]


def test_baclofen_withdrawal_is_told_from_what_looks_like_it() -> None:
    alike = said("gaba-b-agonist-withdrawal", "looks like")
    for other in ("dysreflexia", "sepsis", "malignant hyperthermia", "serotonin"):
        assert other in alike
    assert "without rash" in said("gaba-b-agonist-withdrawal", "sign")


def test_ziconotide_may_be_stopped_at_once_and_baclofen_restored() -> None:
    assert "abruptly" in said("calcium-channel-blocker-overdose", "pump")
    assert "restore the intrathecal drug" in said("gaba-b-agonist-withdrawal", "pump")
    assert "taper over 2 to 4 days" in said("alpha-2-agonist-withdrawal", "pump")


@pytest.mark.inventory("S1.R3")
def test_a_pump_that_cannot_be_programmed_stops_only_when_emptied() -> None:
    for model in pump_models():
        text = stop_of(model).text.en
        assert ("empty the reservoir" in text) or model.kind == "external"
        assert ("cannot be stopped" in text) is (model.kind == "constant-flow")


def test_an_unknown_card_is_refused() -> None:
    with pytest.raises(UnknownIdError, match="opioid-overdos"):
        card("opioid-overdos")
