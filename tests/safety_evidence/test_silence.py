"""No order silences an alarm, and no message of the link carries a key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import get_args

import pytest
from evidence_bench import DAY, HOUR, Running

from thecal.link import messages
from thecal.link.messages import Command, Request
from thecal.units import Duration, Volume

ORDERS: dict[str, Callable[[Running], object]] = {
    "stop": lambda running: running.pump.stop(),
    "resume": lambda running: running.pump.resume(),
    "write": lambda running: running.pump.write(running.program),
    "press": lambda running: running.pump.press(),
    "suspend": lambda running: running.pump.suspend(Duration.of(1, "h")),
    "interrogated": lambda running: running.pump.interrogated(),
    "fill": lambda running: running.pump.fill(Volume.of(20, "mL"), running.mixture),
    "access port": lambda running: running.pump.access_port(aspirated=Volume.of("0.1", "mL")),
    "explant": lambda running: running.pump.explant(),
}


@pytest.mark.req("A03")
@pytest.mark.parametrize("order", sorted(ORDERS))
def test_no_order_takes_an_alarm_back(order: str) -> None:
    running = Running()
    running.pump.fault("motor-stall")
    running.wait(HOUR)
    sounded = running.alarms()
    assert sounded
    ORDERS[order](running)
    assert running.alarms()[: len(sounded)] == sounded


@pytest.mark.req("A03")
def test_a_cause_that_stays_sounds_again_after_the_next_fill() -> None:
    running = Running()
    for _ in range(2):
        running.pump.fill(Volume.of("2.1", "mL"), running.mixture)
        running.wait(DAY)
    assert [name for name, _ in running.alarms()] == ["low-reservoir"] * 2


def requests() -> list[type[Request]]:
    return [
        one
        for one in vars(messages).values()
        if isinstance(one, type) and issubclass(one, Request) and one not in (Request, Command)
    ]


@pytest.mark.req("A04")
def test_what_the_link_can_ask_for_holds_nothing_that_silences_an_alarm() -> None:
    """A new request fails this test: say here what it does to alarms."""
    assert {one.__name__ for one in requests()} == {
        "Interrogate",
        "ReadLog",
        "BeginUpdate",
        "SendOrder",
        "SendProgram",
        "SendFill",  # the pump takes back its low reservoir with a full one; the alarm stays listed
        "SendPrime",
        "ReadBack",
        "Commit",
        "Abort",
        "GiveBolus",
        "StopPump",
        "MinimumRate",
        "ResumePump",
        "SetClock",
        "PressButton",
        "Close",
    }


@pytest.mark.req("R8.3.0(1)")
def test_no_request_of_the_link_carries_a_key() -> None:
    for request in requests():
        for field in fields(request):
            assert "key" not in field.name
            assert field.type is not bytes
            assert bytes not in get_args(field.type)
