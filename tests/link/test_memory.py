"""The pump's memory: a loss of power at any byte leaves the image before or the image after."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from link_bench import (
    NEW,
    OLD,
    SERIAL,
    HandClock,
    LinkBench,
    content,
    contents,
    put_back,
    running_pump,
)

from thecal.link import storage
from thecal.link.device import ServedPump
from thecal.link.errors import MemoryDamageError
from thecal.link.journal import read_entries
from thecal.link.memory import DeviceMemory, Image
from thecal.link.messages import StopPump
from thecal.link.visit_orders import program_hash
from thecal.program.program import InfusionProgram
from thecal.pump.pump import Pump
from thecal.pump.state import Activity


class PowerLossError(Exception):
    """The power was cut."""


class Power:
    """Cuts the power after so many bytes were written."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._real = storage.write_all
        self.left = 10**9
        monkeypatch.setattr(storage, "write_all", self._write)

    def _write(self, descriptor: int, data: bytes) -> None:
        part = data[: self.left]
        self.left -= len(part)
        self._real(descriptor, part)
        if len(part) < len(data) or self.left == 0:
            raise PowerLossError


def write_new(device: ServedPump, command: str = "a" * 32) -> None:
    def action(pump: Pump) -> None:
        pump.write(NEW)

    device.do(action, order="commit", command=command, actor="Dr A", role="clinician")


def start(memory: DeviceMemory, image: Image) -> ServedPump:
    return ServedPump.start(
        memory,
        image,
        speed=Fraction(1),
        seconds=HandClock(),
        utc=lambda: 0,
        tell=lambda _: None,
    )


def woken(folder: Path) -> tuple[InfusionProgram, bool]:
    """Return what the pump of a folder runs after a start, and whether it gives therapy."""
    memory = DeviceMemory(folder)
    try:
        report = start(memory, running_pump()).report()
    finally:
        memory.close()
    read_entries(memory.log_path)
    assert report.program is not None
    return report.program, report.gives_therapy


@pytest.mark.req("P02")
def test_power_lost_at_any_byte_of_a_commit_leaves_the_old_program_or_the_new(
    bench: LinkBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writes of one commit are recorded, and every beginning of them is put on the disk."""
    bench.device.store()  # both slots are in use from here on
    before = contents(bench.pump_folder)
    number = bench.memory._number + 1
    writes: list[tuple[str, bytes]] = []
    with monkeypatch.context() as patched:
        patched.setattr(storage, "overwrite", lambda path, data: writes.append((path.name, data)))
        patched.setattr(storage, "append", lambda path, data: writes.append((path.name, data)))
        patched.setattr("thecal.link.memory._read_slot", lambda _: (number, content(writes)))
        write_new(bench.device)
    assert [name for name, _ in writes] == [f"memory.{number % 2}", "log.jsonl"]
    bench.memory.close()
    put_back(bench.pump_folder, before)
    memory = DeviceMemory(bench.pump_folder)
    (slot, image_data), (_, log_data) = writes
    outcomes = []
    for cut in range(len(image_data) + len(log_data) + 1):
        part = image_data[:cut]
        (bench.pump_folder / slot).write_bytes(part + before[slot][len(part) :])
        if cut >= len(image_data):
            written = log_data[: cut - len(image_data)]
            memory.log_path.write_bytes(before["log.jsonl"] + written)
        image = memory.load()
        assert image is not None
        assert image.state.program is not None
        assert image.state.program.program in (OLD, NEW)
        assert image.state.activity is Activity.RUNNING
        outcomes.append(image.state.program.program == NEW)
    # Old up to one byte, new from there on: the commit is one byte wide.
    assert outcomes == sorted(outcomes)
    assert outcomes.index(True) == len(writes[0][1])


@pytest.mark.req("P02")
def test_power_lost_in_the_middle_of_a_write_leaves_a_pump_that_wakes_and_runs(
    bench: LinkBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    power = Power(monkeypatch)
    before = contents(bench.pump_folder)
    seen = set()
    for cut in range(0, 6000, 97):
        put_back(bench.pump_folder, before)
        power.left = 10**9
        bench.restart()
        power.left = cut
        lost = False
        try:
            write_new(bench.device)
        except PowerLossError:
            lost = True
        power.left = 10**9
        bench.memory.close()
        program, therapy = woken(bench.pump_folder)
        assert therapy
        assert program == NEW or (lost and program == OLD)
        seen.add((lost, program == NEW))
    assert seen == {(True, False), (True, True), (False, True)}


@pytest.mark.req("P02")
def test_a_process_killed_while_it_writes_leaves_the_old_program_or_the_new(
    bench: LinkBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real processes, killed by a signal in the middle of a write."""
    folder = bench.pump_folder
    before = contents(folder)
    real = storage.write_all
    seen = set()
    for cut in range(0, 6000, 149):
        put_back(folder, before)
        child = os.fork()
        if child == 0:
            left = cut

            def dying(descriptor: int, data: bytes) -> None:
                nonlocal left
                real(descriptor, data[:left])
                left -= len(data[:left])
                if left <= 0:
                    os.kill(os.getpid(), signal.SIGKILL)

            monkeypatch.setattr(storage, "write_all", dying)
            try:
                write_new(bench.device)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        bench.memory.close()
        program, therapy = woken(folder)
        assert program in (OLD, NEW)
        assert therapy
        seen.add((os.WIFSIGNALED(status), program == NEW))
        bench.memory = DeviceMemory(folder)
        assert bench.memory.load() is not None
    assert {(True, False), (False, True)} <= seen


@pytest.mark.req("F02")
def test_a_bit_flipped_in_the_newest_slot_is_noticed_and_nothing_old_runs_instead(
    bench: LinkBench,
) -> None:
    """The log knows that a later image was in use: the older slot must not quietly take over."""
    write_new(bench.device)
    bench.memory.close()
    newest = bench.memory._slot(bench.memory._number)
    whole = newest.read_bytes()
    for place in range(0, len(whole), 53):
        newest.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        with pytest.raises(MemoryDamageError, match="ahead of the memory"):
            woken(bench.pump_folder)
    newest.write_bytes(whole)
    assert woken(bench.pump_folder)[0] == NEW


@pytest.mark.req("F01")
def test_both_slots_lost_is_damage_and_not_a_new_pump(bench: LinkBench) -> None:
    bench.memory.close()
    for number in (0, 1):
        (bench.pump_folder / f"memory.{number}").write_bytes(b"")
    with pytest.raises(MemoryDamageError, match="neither slot"):
        woken(bench.pump_folder)


@pytest.mark.req("L02")
@pytest.mark.parametrize("harm", ["edit", "remove first", "remove last", "swap", "repeat", "add"])
def test_a_log_that_was_altered_is_noticed(bench: LinkBench, harm: str) -> None:
    for number in range(4):
        bench.device.record("note", detail=f"entry {number}")
    bench.device.store()
    bench.device.record("last")
    bench.device.store()
    bench.memory.close()
    path = bench.memory.log_path
    lines = path.read_bytes().splitlines(keepends=True)
    changed = {
        "edit": [lines[0], lines[1].replace(b"entry 0", b"entry 9"), *lines[2:]],
        "remove first": lines[1:],
        "remove last": lines[:-2],
        "swap": [lines[1], lines[0], *lines[2:]],
        "repeat": [*lines, lines[-1]],
        "add": [*lines, lines[-1].replace(b'"number":6', b'"number":7')],
    }[harm]
    path.write_bytes(b"".join(changed))
    with pytest.raises(MemoryDamageError):
        woken(bench.pump_folder)


@pytest.mark.req("P03")
def test_the_log_gets_back_the_entries_that_a_loss_of_power_cut_off(bench: LinkBench) -> None:
    write_new(bench.device)
    path = bench.memory.log_path
    whole = path.read_bytes()
    last = whole.splitlines(keepends=True)[-1]
    for length in range(len(last) + 1):
        path.write_bytes(whole[: len(whole) - length])
        bench.memory.close()
        memory = DeviceMemory(bench.pump_folder)
        assert memory.load() is not None
        assert path.read_bytes() == whole
        bench.memory = memory


def test_one_process_has_the_memory_at_a_time(bench: LinkBench) -> None:
    with pytest.raises(MemoryDamageError, match="another process"):
        DeviceMemory(bench.pump_folder)


@pytest.mark.req("F01")
def test_the_memory_of_another_pump_is_not_served(bench: LinkBench) -> None:
    bench.memory.close()
    memory = DeviceMemory(bench.pump_folder)
    other: Image = replace(running_pump(), serial="NGV1")
    with pytest.raises(MemoryDamageError, match=SERIAL):
        start(memory, other)


@pytest.mark.req("P03")
def test_a_pump_saved_and_woken_is_the_pump_that_was_never_switched_off(tmp_path: Path) -> None:
    """The state is a value: stored in the middle and woken, it ends where the other ends."""
    ends = []
    for stops in (False, True):
        bench = LinkBench(tmp_path / str(stops), speed=Fraction(3600))
        for hour in range(1, 60):
            bench.clock.wait(1)
            bench.device.advance()
            if hour == 20:
                write_new(bench.device)
            if stops and hour % 7 == 0:
                bench.device.store()
                bench.restart()
        bench.device.advance()
        ends.append(bench.device.state.copy())
    assert ends[0] == ends[1]


@pytest.mark.req("U07")
def test_a_command_is_done_once_also_after_a_restart(bench: LinkBench) -> None:
    write_new(bench.device, "c" * 32)
    bench.restart()
    found = bench.device.answered("c" * 32)
    assert found is not None
    assert found.order == "commit"
    assert bench.device.running_hash == program_hash(NEW, bench.device.state.solution.written)


def test_what_cannot_be_stored_has_not_happened(
    bench: LinkBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, data: bytes) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(storage, "write_all", full)
    with pytest.raises(OSError, match="no space"):
        write_new(bench.device)
    assert bench.runs == OLD
    monkeypatch.undo()
    # Nor may anything follow: this process does not know what the disk holds.
    with pytest.raises(MemoryDamageError, match="could not be stored"):
        bench.device.store()
    assert bench.stored() == OLD
    assert "commit" not in bench.logged()


def test_a_memory_that_fails_in_a_session_ends_the_pump_and_answers_nothing(
    bench: LinkBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    programmer = bench.opened()

    def full(descriptor: int, data: bytes) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(storage, "write_all", full)
    with pytest.raises(OSError, match="no space"):
        programmer.command(StopPump(command="1" * 32, reason=""))
    monkeypatch.setattr("thecal.link.memory._read_slot", lambda _: None)
    monkeypatch.setattr(storage, "write_all", lambda descriptor, data: None)
    bench.device._broken = False
    with pytest.raises(MemoryDamageError, match="does not hold"):
        programmer.command(StopPump(command="2" * 32, reason=""))
