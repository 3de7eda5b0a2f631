"""The log is bounded: its oldest entries make room, and that is said in the log and aloud."""

from __future__ import annotations

from dataclasses import replace

import pytest
from link_bench import LinkBench

from thecal.link import storage
from thecal.link.errors import MemoryDamageError
from thecal.link.journal import LogHead, read_entries
from thecal.link.limits import telemetry_limits

MOST = 20


@pytest.fixture
def small(bench: LinkBench, monkeypatch: pytest.MonkeyPatch) -> LinkBench:
    """A pump whose log has room for twenty entries."""
    limits = replace(telemetry_limits(), log_entries_kept=MOST)
    monkeypatch.setattr("thecal.link.device.telemetry_limits", lambda: limits)
    return bench


def write(bench: LinkBench, count: int) -> None:
    for _ in range(count):
        bench.device.record("session-open", actor="Dr A")
        bench.device.store()


def fill_up(bench: LinkBench, length: int) -> None:
    """Let the log have so many entries in all."""
    write(bench, length - bench.device.image.log.length)


@pytest.mark.req("L03", "P03")
def test_the_last_entry_that_fits_drops_nothing_and_the_next_one_a_tenth(
    small: LinkBench,
) -> None:
    fill_up(small, MOST)
    assert [entry.number for entry in small.entries()] == list(range(1, MOST + 1))
    assert "log-dropped" not in small.logged()
    write(small, 1)
    kept = small.entries()
    assert kept[0].number == 4
    assert kept[-1].kind == "log-dropped"
    assert kept[-1].detail == "entries 1 to 3 were dropped, 3 of them unread"
    assert len(kept) <= MOST


@pytest.mark.req("L03")
def test_what_was_dropped_unread_is_told_aloud_and_to_the_next_clinician(small: LinkBench) -> None:
    fill_up(small, MOST + 1)
    said = "LOG FULL: entries 1 to 3 were dropped, 3 of them unread"
    assert said in small.told
    assert said in small.opened().interrogate().notices


@pytest.mark.req("L03")
def test_what_a_clinician_has_read_is_dropped_without_a_notice(small: LinkBench) -> None:
    programmer = small.opened()
    programmer.log()
    programmer.close()
    fill_up(small, MOST + 1)
    dropped = [entry for entry in small.entries() if entry.kind == "log-dropped"]
    assert [entry.detail for entry in dropped] == ["entries 1 to 3 were dropped, 0 of them unread"]
    assert not any("LOG FULL" in told for told in small.told)


def test_a_clinician_who_skips_entries_has_not_read_them(small: LinkBench) -> None:
    write(small, 5)
    programmer = small.opened()
    programmer.log(since=4)
    assert small.device.image.exported == 0
    programmer.log(since=0)
    assert small.device.image.exported > 4


@pytest.mark.req("L03", "L02")
def test_the_chain_goes_on_over_many_rounds_and_over_losses_of_power(small: LinkBench) -> None:
    for _ in range(12):
        write(small, 9)
        small.restart()
        kept = small.entries()
        assert len(kept) <= MOST
        assert kept[-1].number == small.device.image.log.length
    spoken = [entry.number for entry in small.opened().log(since=0)]
    assert spoken == list(range(spoken[0], spoken[-1] + 1))


@pytest.mark.req("L02")
def test_an_entry_that_nobody_dropped_cannot_be_missing_at_the_front(small: LinkBench) -> None:
    fill_up(small, MOST + 1)
    path = small.memory.log_path
    lines = path.read_bytes().splitlines(keepends=True)
    small.memory.close()
    path.write_bytes(b"".join(lines[1:]))
    with pytest.raises(MemoryDamageError):
        small.restart()
    small.memory.close()
    path.write_bytes(lines[0].replace(b"Dr A", b"Dr B") + b"".join(lines[1:]))
    with pytest.raises(MemoryDamageError):
        small.restart()


@pytest.mark.req("P02", "L03")
def test_power_lost_before_the_file_was_cut_leaves_a_log_that_is_cut_at_the_next_start(
    small: LinkBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerLossError(Exception):
        pass

    def lost(*_: object) -> None:
        raise PowerLossError

    fill_up(small, MOST)
    with monkeypatch.context() as patched:
        patched.setattr(storage, "replace_file", lost)
        with pytest.raises(PowerLossError):
            write(small, 1)
    assert read_entries(small.memory.log_path)[0].number == 1
    small.restart()
    dropped = small.device.image.dropped
    assert dropped != LogHead()
    first = small.memory.log_path.read_bytes().splitlines()[0]
    assert f'"number":{dropped.length + 1},'.encode() in first
