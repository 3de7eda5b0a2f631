"""The order and the pump: slowest flow, capacity, the fullest day, limits, the set of drugs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from compounding_cases import BOLUS, T21, case, refused, said
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.advice import Advice
from thecal.care.compounding import judge
from thecal.care.compounding.case import CompoundingCase, PatientBolus, Release
from thecal.care.rounding import rounded_down
from thecal.device import pump_model
from thecal.pharmacy import Ingredient
from thecal.safety.finding import Severity
from thecal.units import Concentration, Mass, MassRate, Volume, VolumeRate


def ziconotide(dose: str, strength: str) -> CompoundingCase:
    """Ziconotide alone at this concentration, from the same stock undiluted."""
    ordered = MassRate.of(dose, "ug/d")
    stock = Concentration.of(strength, "ug/mL")
    return case(ingredients={"ziconotide": Ingredient(ordered, stock=stock)}, flow=ordered / stock)


def figure(advice: Advice, *keys: str) -> Any:
    value: Any = advice.results
    for key in keys:
        value = value[key]
    return value.quantity


@pytest.mark.inventory("T13")
def test_t13_ziconotide_1_2_mcg_undiluted_runs_at_exactly_the_slowest_flow() -> None:
    found = judge(ziconotide("1.2", "25"))
    assert figure(found, "daily_volume") == VolumeRate.of("0.048", "mL/d")
    assert any("exactly the pump's slowest flow" in one.text for one in found.reasons)
    assert not refused(found)


@pytest.mark.inventory("T14")
def test_t14_ziconotide_0_5_mcg_undiluted_is_refused_and_at_10_mcg_per_ml_runs() -> None:
    found = judge(ziconotide("0.5", "25"))
    told = said(found, Severity.HARD)
    assert "below the pump's slowest flow" in told
    assert "at most 10.4 mcg/mL of ziconotide" in told
    weaker = judge(ziconotide("0.5", "10"))
    assert figure(weaker, "daily_volume") == VolumeRate.of("0.05", "mL/d")
    assert "slowest" not in said(weaker, Severity.HARD)


@pytest.mark.inventory("T26")
def test_t26_half_a_millilitre_an_hour_is_flagged_with_40_hours_and_the_daily_unit() -> None:
    order = case(
        flow=VolumeRate.of("0.5", "mL/h"),
        per_hour=("daily_volume",),
        times=replace(case().times, next_refill=None),
    )
    told = said(judge(order), Severity.SOFT)
    assert "typed per hour" in told
    assert "40\u00a0h" in told
    assert "0.5 mL/d" in told
    assert "per hour" not in said(judge(replace(order, per_hour=())), Severity.SOFT)


@given(number=st.fractions(Fraction(1, 10**6), 10**6))
def test_a_proposed_strength_is_never_rounded_up(number: Fraction) -> None:
    exact = Concentration.of(number, "ug/mL")
    cut = rounded_down(exact, "ug/mL")
    assert cut <= exact
    assert cut.in_unit("ug/mL") > number * Fraction(98, 100)


@pytest.mark.inventory("T24")
def test_t24_the_fullest_day_with_four_patient_boluses() -> None:
    found = judge(case(bolus=BOLUS))
    assert figure(found, "bolus_volume") == Volume.of("0.04", "mL")
    assert figure(found, "fullest_day_volume") == VolumeRate.of("0.56", "mL/d")
    doses = [figure(found, "fullest_day_doses", one).in_unit("mg/d") for one in T21]
    assert doses == [Fraction("2.8"), Fraction("8.4"), Fraction("0.084")]
    assert round(figure(found, "time_to_alarm_all_boluses").in_unit("d"), 1) == Fraction("32.1")
    assert figure(found, "time_to_alarm").in_unit("d") == 45


@pytest.mark.inventory("T24")
@pytest.mark.parametrize(
    ("days", "verdict"), [(32, None), (33, "soft"), (35, "soft"), (36, "hard")]
)
def test_t24_the_refill_is_judged_on_the_fullest_day(days: int, verdict: str | None) -> None:
    """Without boluses 45 d to the alarm: none of these would be late."""
    order = case(bolus=BOLUS)
    assert order.times.fill is not None
    times = replace(order.times, next_refill=order.times.fill + timedelta(days=days))
    found = [one.severity.value for one in judge(replace(order, times=times)).findings]
    assert found == ([] if verdict is None else [verdict])


@pytest.mark.inventory("T23")
def test_t23_all_concentrations_and_doses_of_t21_are_below_the_consensus() -> None:
    found = judge(case())
    below = [one.text for one in found.reasons if one.rule in ("concentration", "daily-dose")]
    assert len([text for text in below if "is below" in text]) == len(below) == 8
    assert found.findings == ()


@pytest.mark.inventory("T12")
def test_t12_morphine_15_mg_at_20_mg_per_ml_is_exactly_at_both_and_allowed_with_warnings() -> None:
    morphine = Ingredient(MassRate.of(15, "mg/d"), stock=Concentration.of(25, "mg/mL"))
    found = judge(
        case(
            ingredients={"morphine": morphine},
            flow=VolumeRate.of("0.75", "mL/d"),
            times=replace(case().times, next_refill=None),
        )
    )
    assert figure(found, "time_to_alarm").in_unit("d") == 24
    assert said(found, Severity.WARN).count("exactly at the maximum") == 2
    assert found.verdict == "can-be-made"


@pytest.mark.inventory("T22")
def test_t22_tonicity_of_t21_in_water() -> None:
    found = judge(case())
    assert figure(found, "sodium_chloride_equivalent") == Concentration.of("3.283", "mg/mL")
    assert round(figure(found, "sodium_chloride_to_add").in_unit("mg"), 1) == Fraction("114.3")
    assert any("5.717\u00a0mg/mL are missing" in one.text for one in found.reasons)


@pytest.mark.inventory("T27")
@pytest.mark.parametrize(("use", "hard"), [("label", True), ("off-label", False)])
def test_t27_baclofen_with_an_opioid_is_refused_on_label(use: str, hard: bool) -> None:
    both = {
        "baclofen": Ingredient(MassRate.of(200, "ug/d"), stock=Concentration.of(2000, "ug/mL")),
        "morphine": Ingredient(MassRate.of(1, "mg/d"), stock=Concentration.of(25, "mg/mL")),
    }
    order = case(ingredients=both, use=use, populations=frozenset({"spinal"}))
    severity = Severity.HARD if hard else Severity.WARN
    assert "do not mix with other drugs" in said(judge(order), severity)
    assert ("outside every label" in said(judge(order), Severity.HARD)) == hard
    alone = case(ingredients={"baclofen": both["baclofen"]}, use="label")
    assert not refused(judge(alone))


@pytest.mark.req("K33")
def test_off_label_use_needs_consent() -> None:
    assert "consent is needed" in said(judge(case(consent=None)), Severity.SOFT)
    assert "consent is needed" in said(judge(case(consent=False)), Severity.SOFT)
    assert judge(case(consent=True)).verdict == "can-be-made"


@pytest.mark.inventory("S0.11")
def test_two_drugs_share_one_flow_and_each_is_held_against_its_own_limit() -> None:
    """Bupivacaine passes its maximum only by the boluses that are counted in morphine."""
    boluses = PatientBolus("morphine", Mass.of(1, "mg"), 4)
    told = said(judge(case(bolus=boluses)), Severity.SOFT)
    assert "bupivacaine on the fullest day, 18\u00a0mg/day, is above the maximum, 15" in told
    assert "morphine" not in told
    plain, double = (judge(case(flow=VolumeRate.of(one, "mL/d"))) for one in ("0.4", "0.8"))
    for drug in T21:
        weaker = figure(double, "drugs", drug, "concentration")
        assert figure(plain, "drugs", drug, "concentration") == weaker.scaled(2)


@pytest.mark.req("K27")
def test_a_dose_above_every_reported_one_is_refused() -> None:
    heavy = {"bupivacaine": Ingredient(MassRate.of("21.5", "mg/d"))}
    order = case(ingredients=heavy, flow=VolumeRate.of("0.8", "mL/d"))
    assert "highest that any source reports" in said(judge(order), Severity.HARD)
    at = {"bupivacaine": Ingredient(MassRate.of("21.4", "mg/d"))}
    assert "highest that" not in said(judge(replace(order, ingredients=at)), Severity.HARD)


@pytest.mark.req("K1")
def test_a_fill_above_the_capacity_is_refused() -> None:
    assert "more than the pump holds" in said(
        judge(case(fill=Volume.of("20.1", "mL"))), Severity.HARD
    )


def test_what_dissolves_is_asked_beyond_the_recalled_and_refused_beyond_every_answer() -> None:
    for strength, severity in (("2", None), ("2.1", Severity.SOFT), ("4.1", Severity.HARD)):
        dose = Concentration.of(strength, "mg/mL") * VolumeRate.of("0.2", "mL/d")
        order = case(
            ingredients={"baclofen": Ingredient(dose)},
            flow=VolumeRate.of("0.2", "mL/d"),
            populations=frozenset({"spinal"}),
        )
        found = [one.severity for one in judge(order).findings if "dissolve" in one.message]
        assert found == ([] if severity is None else [severity])


@pytest.mark.parametrize(
    ("density", "side"),
    [("999.98", "hypobaric"), ("999.99", "isobaric"), ("1001.19", "isobaric"), ("1001.2", "hyper")],
)
def test_baricity_from_the_measured_density(density: str, side: str) -> None:
    found = judge(case(release=Release(density=Concentration.of(density, "mg/mL"))))
    assert str(found.results["baricity"]).startswith(side)


def test_a_part_with_a_preservative_is_refused() -> None:
    assert "preservative" in said(judge(case(preservative_free=False)), Severity.HARD)
    assert any("preservative" in one for one in judge(case(preservative_free=None)).not_checked)


@pytest.mark.inventory("S2.11")
@given(
    strength=st.integers(1, 20),
    dose=st.integers(1, 100),
    fill=st.integers(3, 40),
    more=st.integers(1, 5),
)
def test_the_refill_is_later_with_more_concentration_or_volume_and_sooner_with_more_dose(
    strength: int, dose: int, fill: int, more: int
) -> None:
    def time(strength: int, dose: int, fill: int) -> Fraction:
        rate = MassRate.of(Fraction(dose, 10), "mg/d")
        flow = rate / Concentration.of(strength, "mg/mL")
        stock = Concentration.of(25, "mg/mL")
        pump = replace(case().pump, model=pump_model("synchromed-ii-40"))
        order = case(
            ingredients={"morphine": Ingredient(rate, stock=stock)},
            fill=Volume.of(fill, "mL"),
            flow=flow,
            pump=pump,
        )
        return Fraction(figure(judge(order), "time_to_alarm").base)

    plain = time(strength, dose, fill)
    assert time(strength + more, dose, fill) > plain
    assert time(strength, dose + more, fill) < plain
    assert time(strength, dose, fill + more) > plain
