"""The catalogue of pumps: what is known, what is only recalled, and what is left out."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction

import pytest

from thecal.device import (
    FaultKind,
    concentration_for_dose,
    fault_kind,
    fault_kinds,
    gas_pump_flow_change,
    gas_pump_flow_ratio,
    hyperbaric_permitted,
    implant_pump,
    pump_model,
    pump_models,
)
from thecal.errors import CannotComputeError, EntryError, UnknownIdError
from thecal.pump.alarms import AlarmKind
from thecal.pump.fault_settings import FaultSettings
from thecal.units import (
    Altitude,
    Concentration,
    Duration,
    MassRate,
    Temperature,
    Volume,
    VolumeRate,
)

REQUIRED = [
    "synchromed-ii-20",
    "synchromed-ii-40",
    "synchromed-iii-20",
    "synchromed-iii-40",
    "synchromed-el-10",
    "synchromed-el-18",
    "prometra-20",
    "prometra-ii-20",
    "prometra-ii-40",
    "medstream-20",
    "medstream-40",
    "codman-3000-16",
    "codman-3000-30",
    "codman-3000-50",
    "isomed-20-03",
    "isomed-20-05",
    "isomed-20-10",
    "isomed-20-15",
    "isomed-35-03",
    "isomed-35-05",
    "isomed-35-10",
    "isomed-35-15",
    "isomed-35-20",
    "isomed-35-25",
    "ip-2000-v",
    "archimedes-20",
    "external-port",
    "external-percutaneous",
]

FAULTS = [
    "motor-stall",
    "motor-stall-recovering",
    "rotor-magnet",
    "gear-wear",
    "propellant-loss",
    "expansion-blocked",
    "over-infusion",
    "valve-stuck-open",
    "valve-stuck-closed",
    "catheter-kink",
    "catheter-occlusion",
    "catheter-leak",
    "catheter-fracture",
    "catheter-disconnection",
    "catheter-migration",
    "granuloma",
    "septum-leak",
    "pocket-fill",
    "access-port-injection",
    "wrong-drug",
    "wrong-concentration",
    "wrong-volume",
    "air",
    "battery-film",
    "low-battery-reset",
    "premature-replacement-indicator",
    "clock-reset",
    "clock-drift",
    "memory-bit-flip",
    "incomplete-update",
    "wrong-tubing-constant",
    "diversion",
    "missed-refill",
]


def test_the_catalogue_holds_every_pump_of_the_field() -> None:
    assert set(REQUIRED) <= {model.id for model in pump_models()}


@pytest.mark.inventory("S2.6")
def test_synchromed_ii_is_as_its_maker_states_it() -> None:
    small, large = pump_model("synchromed-ii-20"), pump_model("synchromed-ii-40")
    assert small.capacity
    assert small.capacity.value == Volume.of(20, "mL")
    assert large.capacity
    assert large.capacity.value == Volume.of(40, "mL")
    for model in (small, large):
        assert model.kind == "roller"
        assert model.programmable
        assert model.stroke_volume is None
        assert model.residual_volume
        assert model.residual_volume.value == Volume.of("1.4", "mL")
        assert model.minimum_rate
        assert model.minimum_rate.value == VolumeRate.of("0.048", "mL/d")
        assert model.maximum_rate
        assert model.maximum_rate.value == VolumeRate.of(24, "mL/d")
        assert model.minimum_rate_mode
        assert model.minimum_rate_mode.value == VolumeRate.of("0.006", "mL/d")
        assert model.low_reservoir_alarm
        assert model.low_reservoir_alarm.value == Volume.of(2, "mL")
        assert model.maximum_refill_interval
        assert model.maximum_refill_interval.value == Duration.of(180, "d")
        assert model.changes_per_day
        assert model.changes_per_day.value == 13
        assert model.accuracy
        assert model.accuracy.value == Fraction(145, 1000)


def test_tubing_for_prime_and_for_bridge_are_two_constants_of_different_standing() -> None:
    model = pump_model("synchromed-ii-40")
    assert model.tubing_volume_prime
    assert model.tubing_volume_prime.status == "read"
    assert model.tubing_volume_bridge
    assert model.tubing_volume_bridge.status == "recalled"
    assert "open point" in model.tubing_volume_bridge.note


def test_both_tubing_volumes_of_the_software_correction_are_data() -> None:
    answers = pump_model("synchromed-ii-40").disagreements["tubing-volume-prime"]
    assert [a.value for a in answers] == [Volume.of("0.14", "mL"), Volume.of("0.199", "mL")]


@pytest.mark.parametrize("id", ["synchromed-iii-20", "synchromed-iii-40"])
def test_synchromed_iii_ships_figures_of_its_elder_only_as_recalled(id: str) -> None:
    model = pump_model(id)
    assert model.capacity
    assert model.capacity.recalled
    assert model.maximum_rate
    assert model.maximum_rate.recalled
    assert "check before use" in model.maximum_rate.note


def test_prometra_delivers_pulses_and_its_alarm_is_at_three_millilitres() -> None:
    model = pump_model("prometra-ii-20")
    assert model.stroke_volume
    assert model.stroke_volume.value == Volume.of(2, "uL")
    assert [f.value for f in model.disagreements["stroke-volume"]][1] == Volume.of("2.5", "uL")
    assert model.low_reservoir_alarm
    assert model.low_reservoir_alarm.value == Volume.of(3, "mL")
    assert model.minimum_rate
    assert not model.minimum_rate.value


IMPLANTED = [m for m in pump_models() if m.programmable and m.kind != "external"]


@pytest.mark.parametrize("model", IMPLANTED, ids=lambda m: m.id)
def test_every_implanted_programmable_pump_has_what_it_needs_to_run(model: object) -> None:
    for name in (
        *("capacity", "residual_volume", "minimum_rate", "maximum_rate", "tubing_volume_prime"),
        *("tubing_volume_bridge", "low_reservoir_alarm", "maximum_refill_interval"),
        "changes_per_day",
    ):
        assert getattr(model, name) is not None, name


@pytest.mark.parametrize("id", ["ip-2000-v", "archimedes-20", "codman-3000-16", "codman-3000-50"])
def test_no_flow_is_invented_for_a_pump_of_unknown_flow(id: str) -> None:
    assert pump_model(id).nominal_flow is None


@pytest.mark.parametrize("id", ["external-port", "external-percutaneous"])
def test_no_capacity_or_rate_is_invented_for_an_external_pump(id: str) -> None:
    model = pump_model(id)
    assert model.capacity is None
    assert model.maximum_rate is None
    assert model.nominal_flow is None


def test_isomed_codes_are_decoded_as_volume_and_flow() -> None:
    model = pump_model("isomed-35-25")
    assert model.capacity
    assert model.capacity.value == Volume.of(35, "mL")
    assert model.nominal_flow
    assert model.nominal_flow.value == VolumeRate.of("2.5", "mL/d")
    assert model.nominal_flow.recalled


def test_a_model_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(UnknownIdError, match="synchromed-ii-40"):
        pump_model("synchromed-2-40")


def test_the_concentration_that_gives_the_dose_at_a_fixed_flow() -> None:
    dose, flow = MassRate.of(1, "mg/d"), VolumeRate.of("0.5", "mL/d")
    assert concentration_for_dose(dose, flow) == Concentration.of(2, "mg/mL")


def test_t13_t14_ziconotide_at_the_smallest_flow() -> None:
    """1.2 mcg a day at 25 mcg/mL is the pump's minimum; 0.5 mcg a day needs at most 10.4."""
    minimum = pump_model("synchromed-ii-20").minimum_rate
    assert minimum
    at_minimum = concentration_for_dose(MassRate.of("1.2", "ug/d"), minimum.value)
    assert at_minimum == Concentration.of(25, "ug/mL")
    highest = concentration_for_dose(MassRate.of("0.5", "ug/d"), minimum.value)
    assert round(highest.in_unit("ug/mL"), 1) == Fraction("10.4")


def test_without_flow_no_concentration_gives_a_dose() -> None:
    with pytest.raises(CannotComputeError):
        concentration_for_dose(MassRate.of(1, "mg/d"), VolumeRate.zero())


def test_an_implanted_pump_takes_the_alarm_of_its_model_unless_one_is_given() -> None:
    model = pump_model("synchromed-ii-40")
    assert implant_pump(model, "NGV700001H").low_reservoir_alarm == Volume.of(2, "mL")
    own = implant_pump(model, low_reservoir_alarm=Volume.of(4, "mL"))
    assert own.low_reservoir_alarm == Volume.of(4, "mL")


def test_an_implanted_pump_keeps_its_own_calibration_constant() -> None:
    pump = implant_pump(pump_model("synchromed-el-18"), calibration_constant=Fraction(113))
    assert pump.calibration_constant == 113
    with pytest.raises(EntryError, match="calibration"):
        implant_pump(pump.model, calibration_constant=Fraction(0))


def test_an_alarm_volume_that_the_reservoir_cannot_hold_is_refused() -> None:
    with pytest.raises(EntryError, match="alarm volume"):
        implant_pump(pump_model("synchromed-ii-20"), low_reservoir_alarm=Volume.of(20, "mL"))


def test_a2_flow_activated_valve_trips_with_a_quarter_milligram_of_morphine() -> None:
    trip = pump_model("prometra-ii-20").facts["mri-trip-volume"].of_kind(Volume).value
    assert (Concentration.of(25, "mg/mL") * trip).in_unit("mg") == Fraction("0.25")


@pytest.mark.parametrize(
    ("id", "behaviour"),
    [("synchromed-ii-40", "stalls"), ("prometra-20", "dumps"), ("prometra-ii-40", "shuts")],
)
def test_each_pump_has_its_own_behaviour_in_a_scanner(id: str, behaviour: str) -> None:
    assert pump_model(id).facts["mri-behaviour"].value == behaviour


@pytest.mark.req("GIP-7.1.3")
@pytest.mark.parametrize(
    ("pressure", "volume", "permitted"),
    [("2", "18", True), ("2", "17.9", False), ("2.1", "20", False), ("1.5", "20", True)],
)
def test_a13_hyperbaric_only_at_two_atmospheres_and_nearly_full(
    pressure: str, volume: str, permitted: bool
) -> None:
    model = pump_model("synchromed-ii-20")
    answer = hyperbaric_permitted(model, Fraction(pressure), Volume.of(volume, "mL"))
    assert answer is permitted


@pytest.mark.req("GIP-7.1.3")
def test_a13_hyperbaric_is_contraindicated_with_prometra_and_unknown_elsewhere() -> None:
    full = Volume.of(20, "mL")
    assert hyperbaric_permitted(pump_model("prometra-20"), Fraction(1), full) is False
    assert hyperbaric_permitted(pump_model("medstream-20"), Fraction(1), full) is None


@pytest.mark.req("GIP-7.1.1")
def test_b13_butane_model_rests_on_recalled_coefficients() -> None:
    """+4.1 % a degree, +10.5 % at 2400 m, -0.40 % for 10 cm of water, -41 % at 10 m depth."""

    def percent(change: Fraction) -> Fraction:
        return change * 100

    warm = gas_pump_flow_change(temperature=Temperature.of(38, "Cel"))
    assert round(percent(warm), 1) == Fraction("4.1")
    assert round(percent(gas_pump_flow_change(altitude=Altitude.of(2400, "m"))), 1) == Fraction(
        "10.5"
    )
    pressed = gas_pump_flow_change(tip_pressure_cm_water=Fraction(10))
    assert round(percent(pressed), 2) == Fraction("-0.4")
    assert round(percent(gas_pump_flow_change(depth=Altitude.of(10, "m")))) == -41
    assert gas_pump_flow_change() == 0


def test_an_unknown_propellant_is_not_guessed() -> None:
    with pytest.raises(CannotComputeError, match="freon"):
        gas_pump_flow_change(propellant="freon")


def test_every_fault_of_the_list_has_a_name_and_a_meaning() -> None:
    assert {kind.id for kind in fault_kinds()} == set(FAULTS)
    assert all(kind.name and kind.meaning.value for kind in fault_kinds())
    left_out = [kind.id for kind in fault_kinds() if not kind.simulated]
    assert left_out == ["granuloma"], "it hinders spread, which the body model does not know"
    assert all(bool(kind.not_replayed) != kind.simulated for kind in fault_kinds())


FLOWS = (
    # propellant, surroundings, percent of change as the fact files give it, within
    ("n-butane", {"altitude": "1000 m"}, "4.7", "0.05"),
    ("n-butane", {"altitude": "1500 m"}, "6.8", "0.15"),
    ("n-butane", {"altitude": "2400 m"}, "10.5", "0.05"),
    ("n-butane", {"altitude": "3000 m"}, "12.7", "0.2"),
    ("n-butane", {"depth": "10 m"}, "-41", "0.5"),
    ("n-butane", {"temperature": "38 Cel"}, "6", "0.5"),
    ("r-11-like", {"temperature": "38 Cel"}, "11", "0.5"),
    ("r-11-like", {"altitude": "1000 m"}, "20", "0.5"),
    ("r-11-like", {"altitude": "2400 m"}, "46", "1.5"),
)


@pytest.mark.req("GIP-7.1.1")
@pytest.mark.parametrize(("propellant", "where", "percent", "within"), FLOWS)
def test_flow_of_a_gas_pump_follows_the_figures_of_the_facts(
    propellant: str, where: dict[str, str], percent: str, within: str
) -> None:
    """devices.md 1.6 and pkpd.md 4.8: vapour pressure, air or water above, viscosity."""
    kinds = {"temperature": Temperature, "altitude": Altitude, "depth": Altitude}
    given = {name: kinds[name].of(*text.split(" ")) for name, text in where.items()}
    change = gas_pump_flow_ratio(propellant=propellant, **given) * 100 - 100
    assert abs(change - Fraction(percent)) <= Fraction(within)


def test_a_flow_ratio_is_rounded_once_to_ten_decimals_and_is_one_at_home() -> None:
    assert gas_pump_flow_ratio(propellant="n-butane") == 1
    warm = gas_pump_flow_ratio(propellant="n-butane", temperature=Temperature.of(39, "Cel"))
    assert (warm * 10**10).denominator == 1


def test_nothing_flows_without_driving_pressure_and_never_backwards() -> None:
    assert gas_pump_flow_ratio(propellant="n-butane", depth=Altitude.of(30, "m")) == 0
    assert gas_pump_flow_ratio(propellant="r-11-like", depth=Altitude.of(10, "m")) == 0


@pytest.mark.req("F05")
@pytest.mark.parametrize("kind", fault_kinds(), ids=lambda kind: kind.id)
def test_every_fault_says_what_it_does_what_shows_it_and_when(kind: FaultKind) -> None:
    assert kind.effect
    assert kind.time_to_detection
    assert kind.count
    assert kind.refill in ("above", "below", "as expected")
    assert kind.detected_by in ("alarm", "refill", "interrogation", "imaging")
    assert kind.pumps
    assert set(kind.alarms) <= {kind.value for kind in AlarmKind}
    assert set(kind.keys) <= {field.name for field in fields(FaultSettings)}
    if kind.detected_by == "alarm":
        assert kind.alarms, "an alarm can only show what raises one"
    if kind.detected_by == "refill":
        assert kind.refill != "as expected"


def test_a_fault_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(UnknownIdError, match="motor-stall"):
        fault_kind("motor-stal")
    assert fault_kind("granuloma").name == "Granuloma"
