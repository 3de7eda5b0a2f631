"""What failed attempts cost: bounded in any day, told to the clinic, no lock for who is near."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from link_bench import LinkBench

from thecal import units
from thecal.data import rows
from thecal.link.attempts import Attempts, most_heard, most_spent_on_failures
from thecal.link.errors import LinkError
from thecal.link.frames import framed
from thecal.link.handshake import CONFIRM_BYTES, ProgrammerHandshake
from thecal.link.limits import TelemetryLimits, telemetry_limits
from thecal.link.pump_session import PumpSession

DAY = 86400.0


class Radio:
    """What the server does with a connection: heard only if the pump is not deaf."""

    def __init__(self, bench: LinkBench) -> None:
        self.bench = bench
        self.heard = 0

    def connect(self) -> PumpSession | None:
        if not self.bench.attempts.hears(self.bench.clock()):
            return None
        self.heard += 1
        return self.bench.session()


def attack(radio: Radio, data: bytes) -> None:
    session = radio.connect()
    if session is not None:
        session.receive(data, radio.bench.clock())
        session.end("the link broke", radio.bench.clock())


def test_ten_thousand_bad_attempts_in_a_day_cost_less_than_the_stated_bound(
    bench: LinkBench,
) -> None:
    limits, radio = bench.limits, Radio(bench)
    before = bench.device.image.spent_on_failures
    for _ in range(10_000):
        attack(radio, (113).to_bytes(4, "big") + secrets.token_bytes(113))
        bench.clock.wait(DAY / 10_000)
    bound = most_heard(limits, DAY)
    assert radio.heard <= bound < 120
    spent = bench.device.image.spent_on_failures - before
    assert spent == radio.heard * limits.cost_hello
    # A whole day of it costs less than two sessions that open.
    assert spent < 2 * limits.cost_handshake


def test_even_an_attacker_with_a_stolen_pairing_secret_is_bounded(bench: LinkBench) -> None:
    """Who passes the cheap check costs the dear one, and is paused all the same."""
    limits, radio = bench.limits, Radio(bench)
    before = bench.device.image.spent_on_failures
    for _ in range(2000):
        session = radio.connect()
        if session is not None:
            thief = ProgrammerHandshake(bench.own, bench.paired)
            hello = thief.hello(session.challenge()[4:])
            assert session.receive(framed(hello), bench.clock())
            session.receive(framed(bytes(CONFIRM_BYTES)), bench.clock())
            assert session.closed
        bench.clock.wait(DAY / 2000)
    spent = bench.device.image.spent_on_failures - before
    assert spent == radio.heard * (limits.cost_hello + limits.cost_handshake)
    assert radio.heard <= most_heard(limits, DAY)
    assert spent <= most_spent_on_failures(limits, units.DAY)


def test_the_clinic_is_told_of_failed_attempts_once(bench: LinkBench) -> None:
    wrong = replace(bench.paired, secret=secrets.token_hex(32))
    for _ in range(2):
        with pytest.raises(LinkError):
            bench.programmer(pump=wrong).open()
    programmer = bench.programmer()
    assert programmer.open().failures_unseen == 2
    programmer.close()
    assert bench.opened().interrogate().failures_unseen == 0
    assert bench.logged().count("attempt-failed") == 2
    assert sum("could not be opened" in told for told in bench.told) == 2


def test_the_pump_is_deaf_for_longer_each_time_and_hears_again(bench: LinkBench) -> None:
    limits, radio, pauses = bench.limits, Radio(bench), []
    for _ in range(16):
        attack(radio, bytes(8))
        start = bench.clock()
        while not bench.attempts.hears(bench.clock()):
            bench.clock.wait(0.5)
        pauses.append(bench.clock() - start)
    assert pauses[: limits.free_failures - 1] == [0, 0]
    assert pauses == sorted(pauses)
    assert pauses[-1] == limits.longest_pause
    assert bench.programmer().open().failures_unseen == 16


def test_a_deaf_pump_spends_nothing(bench: LinkBench) -> None:
    radio = Radio(bench)
    for _ in range(bench.limits.free_failures):
        attack(radio, bytes(8))
    spent = bench.device.image.spent
    for _ in range(500):
        attack(radio, bytes(8))
    assert radio.heard == bench.limits.free_failures
    assert bench.device.image.spent == spent
    assert bench.device.spent == 0


def test_switching_the_radio_off_and_on_forgives_nothing(bench: LinkBench) -> None:
    radio = Radio(bench)
    for _ in range(6):
        attack(radio, bytes(8))
        bench.clock.wait(60)
    bench.restart()
    assert bench.attempts.failures == 6
    assert not bench.attempts.hears(bench.clock())


def test_a_session_that_opens_forgives_what_failed_before(bench: LinkBench) -> None:
    for _ in range(2):
        bench.session().end("the link broke", bench.clock())
    bench.opened().close()
    bench.restart()
    assert bench.attempts.failures == 0


@pytest.mark.req("L03")
def test_the_log_does_not_grow_with_the_attack(bench: LinkBench) -> None:
    radio = Radio(bench)
    for _ in range(200):
        attack(radio, bytes(8))
        bench.clock.wait(bench.limits.longest_pause)
    assert bench.logged().count("attempt-failed") == bench.limits.most_failures_kept
    assert bench.device.image.failures_unseen == 200


@given(
    st.lists(st.floats(0, 2000), min_size=1, max_size=60),
    st.integers(1, 5),
    st.floats(0.5, 3),
    st.floats(10, 900),
)
def test_no_timing_of_attempts_is_heard_more_often_than_the_bound(
    waits: list[float], free: int, first: float, longest: float
) -> None:
    limits = replace(
        telemetry_limits(), free_failures=free, first_pause=first, longest_pause=longest
    )
    attempts, now, heard = Attempts(limits, 0, 0.0), 0.0, 0
    for wait in waits:
        if attempts.hears(now):
            heard += 1
            attempts.failed(now)
        now += wait
    assert heard <= most_heard(limits, now)


def test_a_touch_ends_the_pause_and_not_the_memory_of_it(bench: LinkBench) -> None:
    for _ in range(8):
        bench.attempts.failed(bench.clock())
    assert not bench.attempts.hears(bench.clock())
    bench.attempts.touched(bench.clock())
    assert bench.attempts.hears(bench.clock())
    bench.attempts.failed(bench.clock())
    assert bench.attempts.deaf_until - bench.clock() > bench.limits.first_pause


def test_the_pause_never_overflows() -> None:
    limits: TelemetryLimits = telemetry_limits()
    assert limits.pause_after(10**9) == limits.longest_pause


def test_every_limit_stands_in_the_table_with_its_source() -> None:
    table = {row["parameter"]: row for row in rows("telemetry")}
    names = {name.replace("_", "-") for name in TelemetryLimits.__dataclass_fields__}
    assert table.keys() == names
    assert all(row["source"] for row in table.values())
