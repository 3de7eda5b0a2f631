"""Three guards stand between a slip and the patient; with any one gone, the others still hold.

The record judges a program before it may be signed, the programmer judges it once more before it
sends it, and the pump refuses what it cannot keep.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from clinic_pumps import chart_of, patient_today
from programming_desk import Desk, checked, order_of, program_now, text_of

from thecal.clinic.programs import drafting
from thecal.clinic.programs.drafts import ORDERED
from thecal.clinic.pumps import pump_talk, telemetry
from thecal.pump import pump as virtual_pump
from thecal.safety.finding import Verdict
from thecal.units import MassRate

TENFOLD, IMPOSSIBLE = "6.5", "600"
REFUSED = 422


@pytest.fixture
def world(world):
    return replace(world, patient=patient_today(world))


def without_the_record(patch: pytest.MonkeyPatch) -> None:
    """Let the record find nothing in a program that is to be signed."""
    judge = drafting.judge

    def blind(therapy, event, overrides=()):
        return replace(judge(therapy, event, overrides), findings=(), verdict=Verdict.ACCEPTED)

    patch.setattr(drafting, "judge", blind)


def without_the_programmer(patch: pytest.MonkeyPatch) -> None:
    """Let the programmer send whatever it is told."""
    review = pump_talk.review_order

    def blind(*given, **named):
        found = review(*given, **named)
        return replace(found, review=replace(found.review, findings=(), verdict=Verdict.ACCEPTED))

    patch.setattr(pump_talk, "review_order", blind)


def without_the_pump(patch: pytest.MonkeyPatch) -> None:
    """Let the pump take rates that it cannot keep."""
    patch.setattr(virtual_pump, "check_program_rates", lambda written, setup: None)


def signed_and_sent(world, dose: str) -> str:
    """Go all the way with a dose, with a second person who agrees; return the last page."""
    desk = Desk(world)
    page = text_of(desk.drafted(mode="continuous", daily_dose=dose))
    signed = desk.signed(page)
    if signed.status_code == REFUSED or ORDERED not in telemetry_kinds(world):
        return text_of(signed)
    checked(world)
    return text_of(desk.send("send program", {"command": order_of(world).body["command"]}))


def telemetry_kinds(world) -> list[str]:
    return [one.kind for one in chart_of(world.patient).entries]


def running(world):
    """Return the program in the pump, read from the pump."""
    telemetry.interrogate(chart_of(world.patient), telemetry.Order(author=world.author()))
    return program_now(world)


@pytest.mark.req("N02")
def test_with_all_guards_a_tenfold_dose_is_not_even_signed(world) -> None:
    before = running(world)
    page = signed_and_sent(world, TENFOLD)
    assert "refuses" in page
    assert ORDERED not in telemetry_kinds(world)
    assert running(world) == before


@pytest.mark.req("N02")
def test_without_the_record_the_programmer_does_not_send_a_tenfold_dose(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = running(world)
    without_the_record(monkeypatch)
    page = signed_and_sent(world, TENFOLD)
    assert ORDERED in telemetry_kinds(world)
    assert "Nothing was written to the pump" in page
    assert running(world) == before


@pytest.mark.req("N02")
def test_without_the_programmer_the_record_lets_nobody_sign_a_tenfold_dose(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = running(world)
    without_the_programmer(monkeypatch)
    page = signed_and_sent(world, TENFOLD)
    assert "refuses" in page
    assert ORDERED not in telemetry_kinds(world)
    assert running(world) == before


@pytest.mark.req("N02")
def test_without_the_pumps_guard_the_record_and_the_programmer_each_refuse(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = running(world)
    without_the_pump(monkeypatch)
    signed_and_sent(world, TENFOLD)
    assert ORDERED not in telemetry_kinds(world)
    tenfold = replace(before, daily_dose=MassRate(before.daily_dose.base * 10))
    order = telemetry.Order(author=world.author())
    refused = telemetry.send_program(chart_of(world.patient), order, tenfold)
    assert refused.outcome == telemetry.REFUSED
    assert running(world) == before


@pytest.mark.req("N02")
def test_without_record_and_programmer_the_pump_takes_no_rate_that_it_cannot_keep(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = running(world)
    without_the_record(monkeypatch)
    without_the_programmer(monkeypatch)
    impossible = replace(before, daily_dose=MassRate.of(IMPOSSIBLE, "mg/d"))
    order = telemetry.Order(author=world.author())
    refused = telemetry.send_program(chart_of(world.patient), order, impossible)
    assert not refused.done
    assert running(world) == before


def test_the_guards_can_be_taken_away(world, monkeypatch: pytest.MonkeyPatch) -> None:
    """With record and programmer both gone a tenfold dose runs: the tests above see the guards."""
    without_the_record(monkeypatch)
    without_the_programmer(monkeypatch)
    before = running(world)
    assert "Read back whole" in signed_and_sent(world, TENFOLD)
    assert running(world) != before
