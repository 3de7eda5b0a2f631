"""Which patient controller belongs to which pump, and by which rule it dates the refill."""

from __future__ import annotations

import pytest

from thecal.device import pump_models
from thecal.device.controller import PatientController, patient_controller
from thecal.units import Duration, Volume


def of(pump: str) -> PatientController:
    found = patient_controller(pump)
    assert found is not None
    return found


@pytest.mark.parametrize("pump", ["prometra-20", "prometra-ii-20", "prometra-ii-40"])
def test_prometra_has_the_ptc_with_its_threshold_of_3_ml(pump: str) -> None:
    ptc = of(pump)
    assert ptc.id == "ptc"
    assert ptc.refill_volume is not None
    assert ptc.refill_volume.value == Volume.of(3, "mL")
    assert ptc.refill_volume.source == "devices.md S44"
    assert ptc.frozen_date
    assert ptc.hold_still is not None
    assert ptc.hold_still.value == Duration.of(10, "s")
    assert "not baclofen" in ptc.restriction.value
    assert ptc.after_scan is None


@pytest.mark.parametrize("pump", ["synchromed-ii-20", "synchromed-iii-40"])
def test_synchromed_has_the_ptm_whose_refill_rule_nobody_read(pump: str) -> None:
    ptm = of(pump)
    assert ptm.id == "ptm"
    assert ptm.refill_volume is None
    assert ptm.refill_rule.recalled
    assert not ptm.frozen_date
    assert ptm.after_scan is not None
    assert ptm.models.recalled == pump.startswith("synchromed-iii")


def test_no_other_pump_has_one() -> None:
    have = {model.id for model in pump_models() if patient_controller(model.id) is not None}
    assert {one.rsplit("-", 1)[0] for one in have} == {
        *("synchromed-ii", "synchromed-iii", "prometra", "prometra-ii")
    }


def test_every_figure_is_listed_and_none_counts_as_checked() -> None:
    facts = of("prometra-20").facts
    assert set(facts) == {
        *("name", "model", "shows", "refill-rule", "refill-volume", "restriction", "hold-still")
    }
    assert not any(fact.verified for fact in facts.values())
