"""A fill and a prime are transactions as an update is: all of one or nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from link_bench import (
    MORPHINE,
    OLD,
    LinkBench,
    Scissors,
    content,
    contents,
    continuous,
    put_back,
    whole_length,
)

from thecal.errors import PumpRefusalError
from thecal.link import storage
from thecal.link.errors import LinkError, MessageError
from thecal.link.memory import DeviceMemory
from thecal.link.messages import (
    BeginUpdate,
    ReadBack,
    SendFill,
    SendPrime,
    StagedFill,
    read_request,
    write_message,
)
from thecal.link.programmer import Programmer
from thecal.link.visit_orders import FillOrder, PrimeOrder, give_order, order_hash, program_hash
from thecal.pharmacy import Mixture
from thecal.program.prime_bridge import PrimeKind
from thecal.pump.state import Activity
from thecal.units import Concentration, Volume

STRONGER = Mixture.of({"morphine": Concentration.of(20, "mg/mL")})
FILL = FillOrder(
    number=2,
    volume=Volume.of(38, "mL"),
    mixture=STRONGER,
    programmed_volume=None,
    aspirated=Volume.of("18.1", "mL"),
)
PRIME = PrimeOrder(fill=1, kind=PrimeKind.FULL, volume=None)
RUNNING = program_hash(OLD, MORPHINE)
ID = "1" * 32
Act = Callable[[Programmer], object]


def fill(programmer: Programmer) -> object:
    return programmer.fill(FILL, RUNNING)


def prime(programmer: Programmer) -> object:
    return programmer.prime(PRIME, RUNNING)


def done(bench: LinkBench) -> bool:
    """Whether fill or prime has happened; a state in between fails the test."""
    state = bench.device.state
    filled = (state.fills, state.solution.written) == (2, STRONGER)
    assert filled or (state.fills, state.solution.written) == (1, MORPHINE)
    if filled:
        assert state.computed == 38000
        assert state.account.filled["morphine"] == 20_000 * 10 + 38_000 * 20
    assert bench.runs == OLD
    return filled or state.activity is Activity.PRIMING


def test_a_fill_is_sent_read_back_compared_and_committed(bench: LinkBench) -> None:
    programmer = bench.opened()
    before = programmer.interrogate()
    after = programmer.fill(FILL, RUNNING).report
    assert (before.fills, after.fills, after.solution) == (1, 2, STRONGER)
    assert after.reservoir == FILL.volume
    # The old program goes on at its volume rate until somebody writes another one.
    assert after.running_hash == before.running_hash == RUNNING
    assert "reservoir filled by Dr A" in bench.told
    programmer.close()
    bench.restart()
    assert done(bench)
    assert bench.device.state.account.withdrawn["morphine"] == Fraction("18100") * 10


def test_a_program_for_the_new_drug_follows_the_fill(bench: LinkBench) -> None:
    programmer = bench.opened()
    programmer.fill(FILL, RUNNING)
    with pytest.raises(PumpRefusalError, match="other concentrations"):
        programmer.update(continuous("1"), MORPHINE, RUNNING)
    assert programmer.update(continuous("1"), STRONGER, RUNNING).report.program == continuous("1")


def test_a_prime_runs_and_a_program_waits_for_its_end(bench: LinkBench) -> None:
    programmer = bench.opened()
    assert programmer.prime(PRIME, RUNNING).report.activity is Activity.PRIMING
    assert "prime begun by Dr A" in bench.told
    programmer.update(continuous("1"), MORPHINE, RUNNING)
    bench.clock.wait(3600)
    report = bench.opened().interrogate()
    assert (report.activity, report.program) == (Activity.RUNNING, continuous("1"))


def test_what_is_read_back_is_what_would_be_filled(bench: LinkBench) -> None:
    programmer = bench.opened()
    wanted = order_hash(FILL)
    programmer.ask(BeginUpdate(command=ID, order_hash=wanted, running_hash=RUNNING))
    programmer.ask(SendFill(command=ID, fill=FILL))
    staged = programmer.ask(ReadBack(command=ID))
    assert staged == StagedFill(command=ID, order_hash=wanted, fill=FILL)
    assert not done(bench)


@pytest.mark.req("U09")
def test_a_fill_that_was_read_back_otherwise_is_not_done(
    bench: LinkBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Programmer.ask

    def other(self: Programmer, request: object) -> object:
        answer = real(self, request)
        if isinstance(answer, StagedFill):
            return replace(answer, fill=replace(answer.fill, volume=Volume.of(20, "mL")))
        return answer

    monkeypatch.setattr(Programmer, "ask", other)
    with pytest.raises(PumpRefusalError, match="read back another order"):
        fill(bench.opened())
    assert not done(bench)
    assert bench.logged()[-1] == "update-aborted"


@pytest.mark.req("U07")
def test_the_same_fill_is_never_done_twice(bench: LinkBench) -> None:
    """A second command id does not help: the fill says which one it is."""
    programmer = bench.opened()
    programmer.fill(FILL, RUNNING)
    with pytest.raises(PumpRefusalError, match="fill 3 of the pump, not fill 2"):
        programmer.fill(FILL, RUNNING)
    with pytest.raises(PumpRefusalError, match="filled 2 times, not 1"):
        programmer.prime(PRIME, RUNNING)
    assert done(bench)


@pytest.mark.req("R03", "N02")
@pytest.mark.parametrize("which", ["volume", "programmed_volume"])
def test_the_pump_itself_refuses_more_than_it_holds(bench: LinkBench, which: str) -> None:
    too_much = replace(FILL, **{which: Volume.of("40.1", "mL")})
    with pytest.raises(PumpRefusalError, match="more than the reservoir holds"):
        bench.opened().fill(too_much, RUNNING)
    assert not done(bench)
    bench.restart()
    assert not done(bench)


@pytest.mark.parametrize(
    "order",
    [
        SendFill(command=ID, fill=replace(FILL, volume=Volume.zero())),
        SendFill(command=ID, fill=replace(FILL, programmed_volume=Volume(Fraction(-1)))),
        SendFill(command=ID, fill=replace(FILL, aspirated=Volume(Fraction(-1)))),
        SendFill(command=ID, fill=replace(FILL, number=0)),
        SendPrime(command=ID, prime=replace(PRIME, volume=Volume.zero())),
        SendPrime(command=ID, prime=replace(PRIME, fill=0)),
    ],
)
def test_an_order_without_a_volume_is_no_order(order: SendFill | SendPrime) -> None:
    with pytest.raises(MessageError):
        read_request(write_message(order))


@pytest.mark.req("U10")
def test_a_fill_under_way_is_dropped_by_a_loss_of_power(bench: LinkBench) -> None:
    programmer = bench.opened()
    programmer.ask(BeginUpdate(command=ID, order_hash=order_hash(FILL), running_hash=RUNNING))
    programmer.ask(SendFill(command=ID, fill=FILL))
    bench.restart()
    assert not done(bench)
    assert "power was lost" in bench.opened().interrogate().notices[0]


@pytest.mark.req("N01")
@pytest.mark.parametrize("act", [fill, prime])
def test_a_link_cut_at_any_byte_leaves_all_of_it_or_nothing(bench: LinkBench, act: Act) -> None:
    image = bench.device.image
    total = whole_length(bench, act)
    outcomes = []
    for cut in range(total + 1):
        bench.device._image = image
        bench.device._pump._flow.state = image.state.copy()
        bench.attempts.succeeded()
        bench.attempts.touched(0)
        wire = bench.wire(Scissors(cut))
        programmer = bench.programmer(wire)
        told = False
        try:
            programmer.open()
            act(programmer)
            told = True
        except LinkError:
            pass
        wire.close()
        assert done(bench) or not told
        outcomes.append(done(bench))
    assert outcomes == sorted(outcomes)
    assert outcomes[-1]
    assert not outcomes[0]


@pytest.mark.req("P02")
def test_power_lost_at_any_byte_of_a_fill_leaves_the_old_filling_or_the_new(
    bench: LinkBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.device.store()  # both slots are in use from here on
    before = contents(bench.pump_folder)
    number = bench.memory._number + 1
    writes: list[tuple[str, bytes]] = []
    with monkeypatch.context() as patched:
        patched.setattr(storage, "overwrite", lambda path, data: writes.append((path.name, data)))
        patched.setattr(storage, "append", lambda path, data: writes.append((path.name, data)))
        patched.setattr("thecal.link.memory._read_slot", lambda _: (number, content(writes)))
        bench.device.do(
            lambda pump: give_order(pump, FILL),
            order="commit",
            command=ID,
            actor="Dr A",
            role="clinician",
        )
    bench.memory.close()
    put_back(bench.pump_folder, before)
    memory = DeviceMemory(bench.pump_folder)
    (slot, image_data), (_, log_data) = writes
    outcomes = []
    for cut in range(len(image_data) + len(log_data) + 1):
        part = image_data[:cut]
        (bench.pump_folder / slot).write_bytes(part + before[slot][len(part) :])
        written = log_data[: max(0, cut - len(image_data))]
        memory.log_path.write_bytes(before["log.jsonl"] + written)
        image = memory.load()
        assert image is not None
        filled = (image.state.fills, image.state.computed, image.state.solution.written)
        assert filled[0] == 1 or filled == (2, 38000, STRONGER)
        outcomes.append(image.state.fills == 2)
    assert outcomes == sorted(outcomes)
    assert outcomes.index(True) == len(image_data)


def test_every_fill_has_its_own_hash() -> None:
    other = replace(FILL, aspirated=None), replace(FILL, number=3), replace(FILL, mixture=MORPHINE)
    assert len({order_hash(one) for one in (FILL, *other, PRIME)}) == 5
