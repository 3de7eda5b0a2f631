"""A scan: what the model asks for before it, and no visit is closed before the pump was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from thecal.care.mri_visit import (
    MriVisit,
    before_findings,
    close_findings,
    during,
    family,
    read_visit,
    scan_steps,
)
from thecal.device import pump_model, pump_models
from thecal.errors import BadFileError, EntryError
from thecal.safety.finding import Finding, Severity
from thecal.therapy.table import Table
from thecal.units import MagneticField

ENDED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ROTOR, VALVE, GAS = "synchromed-ii-20", "prometra-20", "isomed-35-20"


def ready(pump: str, **changes: object) -> MriVisit:
    """Everything done and named."""
    visit = MriVisit(
        pump,
        drugs=("morphine",),
        holds_drug=pump != VALVE,
        field=MagneticField.of("1.5", "T"),
        gradient=2000,
        done=frozenset(one.id for one in scan_steps(pump_model(pump))),
        cover="tablets",
        ended=ENDED,
    )
    return replace(visit, **changes)


def hard(findings: tuple[Finding, ...]) -> list[str]:
    return [one.message for one in findings if one.severity is Severity.HARD]


def told(findings: tuple[Finding, ...]) -> str:
    return "; ".join(one.message for one in findings)


@pytest.mark.parametrize("model", pump_models(), ids=lambda one: one.id)
def test_every_model_has_steps_before_and_after_and_says_what_happens(model: object) -> None:
    phases = {one.phase for one in scan_steps(model)}
    assert phases == {"before", "after"}
    assert during(model).value
    assert family(model)


@pytest.mark.req("K19")
@pytest.mark.inventory("W13", "S3.24")
def test_a_valve_pump_that_holds_drug_cannot_be_signed_into_a_scanner() -> None:
    assert "take the drug out" in "".join(hard(before_findings(ready(VALVE, holds_drug=True))))
    assert hard(before_findings(ready(VALVE))) == []
    assert "not said" in "".join(hard(before_findings(ready(VALVE, holds_drug=None))))


@pytest.mark.req("K19")
def test_a_rotor_pump_keeps_its_drug_and_is_left_running() -> None:
    assert before_findings(ready(ROTOR)) == ()
    undone = ready(ROTOR, done=frozenset())
    found = before_findings(undone)
    assert hard(found) == []
    assert "left running" in told(found)
    assert {one.severity for one in found} == {Severity.SOFT, Severity.WARN}


@pytest.mark.req("K19")
def test_field_and_gradient_are_held_against_the_model() -> None:
    assert "field of the scanner" in "".join(hard(before_findings(ready(ROTOR, field=None))))
    strong = ready(VALVE, field=MagneticField.of("3", "T"))
    assert "is above the" in told(before_findings(strong))
    steep = before_findings(ready(VALVE, gradient=2001))
    assert "gradient is above" in "".join(hard(steep))
    assert "gradient" in told(before_findings(ready(VALVE, gradient=None)))
    assert "gradient" not in told(before_findings(ready(ROTOR, gradient=None)))


@pytest.mark.req("K19")
@pytest.mark.parametrize(("drug", "asked"), [("baclofen", True), ("bupivacaine", False)])
def test_a_drug_whose_stop_is_a_hazard_is_replaced_meanwhile(drug: str, asked: bool) -> None:
    bare = ready(ROTOR, drugs=(drug,), cover=None)
    assert ("say how it is replaced" in told(before_findings(bare))) is asked
    assert "say how" not in told(before_findings(ready(ROTOR, drugs=(drug,))))
    assert "say how" not in told(before_findings(ready(GAS, drugs=(drug,), cover=None)))


@pytest.mark.req("K16")
@pytest.mark.inventory("W12")
@pytest.mark.parametrize("pump", [ROTOR, VALVE, "prometra-ii-20", "external-ambulatory"])
def test_no_visit_is_closed_without_a_reading_that_found_the_pump_running(pump: str) -> None:
    visit = ready(pump)
    for hours in (0, 1, 3, 30):
        found = close_findings(visit, ENDED + timedelta(hours=hours))
        assert len(hard(found)) == 1
        assert {one.check for one in found} == {"K16"}
    assert "24" in told(close_findings(visit, ENDED + timedelta(hours=24)))
    read = visit.read(ENDED + timedelta(minutes=30), running=True)
    assert close_findings(read, ENDED + timedelta(hours=1)) == ()


@pytest.mark.req("K16")
def test_a_reading_that_found_the_pump_standing_asks_for_a_second() -> None:
    once = ready(ROTOR).read(ENDED + timedelta(minutes=20), running=False)
    found = close_findings(once, ENDED + timedelta(hours=1))
    assert "read it again" in "".join(hard(found))
    twice = once.read(ENDED + timedelta(minutes=50), running=True)
    assert close_findings(twice, ENDED + timedelta(hours=1)) == ()


def test_a_reading_before_the_end_of_the_scan_proves_nothing() -> None:
    with pytest.raises(EntryError):
        ready(ROTOR).read(ENDED - timedelta(minutes=1), running=True)
    with pytest.raises(EntryError):
        ready(ROTOR, ended=None).read(ENDED, running=True)


def test_a_visit_without_the_end_of_its_scan_stays_open() -> None:
    assert "has not ended" in "".join(hard(close_findings(ready(ROTOR, ended=None), ENDED)))


def test_a_scan_that_was_called_off_needs_no_reading_but_an_emptied_pump_its_drug() -> None:
    assert close_findings(ready(ROTOR, ended=None, called_off=True), ENDED) == ()
    emptied = ready(VALVE, ended=None, called_off=True, done=frozenset())
    assert "refilled" in told(close_findings(emptied, ENDED))
    assert read_visit(Table(dict(emptied.to_json()), "visit")) == emptied


def test_a_constant_flow_pump_is_closed_without_a_reading() -> None:
    visit = ready(GAS)
    assert not visit.needs_reading
    assert visit.scan is None
    assert close_findings(visit, ENDED + timedelta(hours=3)) == ()


def test_a_valve_pump_is_filled_and_programmed_again_before_it_is_closed() -> None:
    visit = ready(VALVE, done=frozenset()).read(ENDED, running=True)
    message = told(close_findings(visit, ENDED))
    for one in ("refilled", "programmed again", "read back"):
        assert one in message


def test_a_visit_survives_the_log() -> None:
    visit = ready(ROTOR).read(ENDED + timedelta(minutes=20), running=False)
    assert read_visit(Table(dict(visit.to_json()), "visit")) == visit
    bare = MriVisit(GAS)
    assert read_visit(Table(dict(bare.to_json()), "visit")) == bare


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("pump", "toaster"),
        ("field", "1.5"),
        ("gradient", 0),
        ("ended", "noon"),
        ("ended", "2026-03-02T12:00:00"),
        ("readings", [{"time": "2026-03-02T12:00:00+00:00"}]),
        ("unknown", 1),
    ],
)
def test_what_the_log_cannot_hold_is_refused(key: str, value: object) -> None:
    with pytest.raises(BadFileError):
        read_visit(Table({**ready(ROTOR).to_json(), key: value}, "visit"))
