"""C02: the pump's clock is set by an order of its own, with a reason, logged old and new."""

from __future__ import annotations

from fractions import Fraction

import pytest
from link_bench import LinkBench

from thecal.errors import PumpRefusalError
from thecal.link.errors import MessageError
from thecal.link.keys import Role
from thecal.link.messages import SetClock, new_command, read_request, write_message
from thecal.pump.fault_settings import FaultSettings

FAST = Fraction(3600)


@pytest.fixture
def fast(bench: LinkBench) -> LinkBench:
    """A pump whose clock is an hour fast."""
    pump = bench.device._pump
    pump.fault("clock-reset", FaultSettings(pump_clock=pump.state.now + FAST))
    return bench


def order(difference: Fraction = FAST, reason: str = "summer time") -> SetClock:
    return SetClock(command=new_command(), difference=difference, reason=reason)


@pytest.mark.req("C02")
def test_the_difference_is_read_and_the_clock_set_and_both_are_logged(fast: LinkBench) -> None:
    programmer = fast.opened()
    assert programmer.interrogate().clock_difference == FAST
    assert programmer.command(order()).report.clock_difference == 0
    programmer.close()
    (entry,) = [one for one in fast.entries() if one.kind == "set-clock"]
    assert entry.detail == (
        "from 2026-03-02T12:00:00+01:00 to 2026-03-02T11:00:00+01:00: summer time"
    )
    fast.restart()
    assert fast.device.state.clock_offset == 0


@pytest.mark.req("C02")
def test_an_order_that_was_decided_upon_another_difference_is_refused(fast: LinkBench) -> None:
    with pytest.raises(PumpRefusalError, match="differ otherwise"):
        fast.opened().command(order(Fraction(60)))
    assert fast.device.state.clock_offset == FAST


@pytest.mark.req("C02")
@pytest.mark.parametrize("reason", ["", "  ", "line\nend"])
def test_no_reason_no_order(reason: str) -> None:
    with pytest.raises(MessageError):
        read_request(write_message(order(reason=reason)))


@pytest.mark.req("C02")
@pytest.mark.parametrize("role", [Role.PATIENT])
def test_a_patients_device_sets_no_clock(fast: LinkBench, role: Role) -> None:
    patient = fast.programmer(pump=fast.pair(role, "the patient"))
    patient.open()
    with pytest.raises(PumpRefusalError, match="not for the role"):
        patient.command(order())
