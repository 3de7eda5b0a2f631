"""A watch of its own notices a delivery task that stands still, and the pump goes to safety."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from link_bench import SERIAL, HandClock, LinkBench, running_pump

from thecal.link.device import ServedPump
from thecal.link.errors import MemoryDamageError, WatchError
from thecal.link.safe_state import put_in_safe_state
from thecal.link.server import PumpServer
from thecal.link.watch import LOOKS, DeliveryWatch, self_test
from thecal.pharmacy import Mixture
from thecal.program.line import Solution
from thecal.program.program import Mode
from thecal.pump.state import Activity
from thecal.units import Concentration

CLONIDINE = Mixture.of({"clonidine": Concentration.of("0.5", "mg/mL")})


def watched(clock: HandClock, deadline: float) -> tuple[DeliveryWatch, list[float]]:
    alarms: list[float] = []
    return DeliveryWatch(deadline, clock, alarms.append), alarms


@pytest.mark.req("F04")
@given(
    st.lists(st.integers(0, LOOKS), max_size=12),
    st.sampled_from([0.5, 6.0, 90.0]),
)
def test_a_task_that_beats_in_time_is_never_alarmed_and_one_that_stops_always_is(
    rounds: list[int], deadline: float
) -> None:
    clock = HandClock()
    watch, alarms = watched(clock, deadline)
    for looks in rounds:
        for _ in range(looks):
            clock.wait(watch.interval * 0.99)
            watch.look()
        watch.beat()
    assert alarms == []
    last = clock.now
    while not watch.look():
        clock.wait(watch.interval)
        assert clock.now - last <= deadline + 2 * watch.interval
    assert alarms[0] > deadline
    clock.wait(10 * deadline)
    assert not watch.look()
    assert len(alarms) == 1


@pytest.mark.req("F04")
def test_a_process_that_was_held_as_a_whole_is_no_stalled_task() -> None:
    clock = HandClock()
    watch, alarms = watched(clock, 90)
    watch.beat()
    clock.wait(3600)
    assert not watch.look()
    assert alarms == []
    for _ in range(LOOKS + 1):
        clock.wait(watch.interval)
        watch.look()
    assert len(alarms) == 1


@pytest.mark.req("F04")
def test_the_watch_tests_itself_before_it_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    self_test(90)
    self_test(1)
    for broken in (lambda _: False, lambda one: one._stalled(0.0)):
        with monkeypatch.context() as patched:
            patched.setattr(DeliveryWatch, "look", broken)
            with pytest.raises(WatchError):
                DeliveryWatch(90, HandClock(), lambda _: None).start()


@pytest.mark.req("F04")
def test_a_stalled_task_alarms_and_the_pump_stops_and_stores_nothing_more(
    bench: LinkBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The task stands still in the middle of a round, in a thread of its own, as in `serve`."""
    noticed, go_on = threading.Event(), threading.Event()

    def stalled(still: float) -> None:
        bench.device.fail_safe(still)
        noticed.set()

    watch = DeliveryWatch(0.3, time.monotonic, stalled)
    server = PumpServer(
        bench.device,
        bench.identity,
        bench.limits,
        bench.pump_folder,
        ("127.0.0.1", 0),
        seconds=time.monotonic,
        wall=time.time,
        beat=watch.beat,
    )
    failures: list[BaseException] = []

    def task() -> None:
        try:
            server.run(lambda: False)
        except MemoryDamageError as error:
            failures.append(error)

    thread = threading.Thread(target=task)
    thread.start()
    watch.start()
    time.sleep(0.6)
    assert not noticed.is_set()
    real = ServedPump.advance

    def stand_still(device: ServedPump) -> None:
        go_on.wait(20)
        real(device)
        device.store()

    monkeypatch.setattr(ServedPump, "advance", stand_still)
    assert noticed.wait(5)
    monkeypatch.undo()
    go_on.set()
    thread.join(5)
    assert len(failures) == 1
    assert any("ALARM: DELIVERY STOOD STILL" in told for told in bench.told)
    bench.restart()
    assert bench.device.state.activity is Activity.STOPPED
    assert bench.logged()[-3:] == ["delivery-stalled", "stop", "woken"]
    assert "it was stopped" in bench.opened().interrogate().notices[-1]


@pytest.mark.req("F04", "F03")
def test_what_is_safe_depends_on_the_drug(bench: LinkBench) -> None:
    """No stop by reflex: an abrupt stop of clonidine is itself a hazard."""
    image = running_pump()
    image.state.solution = Solution(CLONIDINE, CLONIDINE)
    safe = put_in_safe_state(image, 0, "it stood still")
    assert safe.state.program is not None
    assert safe.state.program.program.mode is Mode.MINIMUM_RATE
    assert [entry.kind for entry in safe.entries] == ["delivery-stalled", "minimum-rate"]
    assert image.state.program is not None
    assert image.state.program.program.mode is Mode.CONTINUOUS


def test_a_pump_without_a_minimum_rate_and_one_that_stands_already() -> None:
    image = running_pump()
    image.state.solution = Solution(CLONIDINE, CLONIDINE)
    grid = replace(image.setup.grid, minimum_rate=None)
    image = replace(image, setup=replace(image.setup, grid=grid))
    assert [one.kind for one in put_in_safe_state(image, 0, "stalled").entries][-1] == "stop"
    stopped = put_in_safe_state(put_in_safe_state(running_pump(), 0, "once"), 0, "twice")
    assert [entry.kind for entry in stopped.entries] == ["delivery-stalled"]
    assert stopped.notices[-1] == "twice: it gave no therapy before"
    assert stopped.serial == SERIAL


def test_a_memory_that_is_held_is_not_waited_for(bench: LinkBench) -> None:
    with bench.device._storing:
        bench.device.fail_safe(91.0)
    assert "its memory cannot be written" in bench.told[-1]
    bench.restart()
    assert bench.device.state.activity is Activity.RUNNING
