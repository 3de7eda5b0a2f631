"""Anchors: signed, only ever extended, and readable after a crash at any byte."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thecal.record.anchor import ANCHORS, KEY, PUBLIC, AnchorFile, read_anchors
from thecal.record.errors import AnchorError

UTC = "2026-03-02T09:00:00.000000+00:00"


def head(seq: int, digest: str = "") -> tuple[str, int, str, str]:
    return ("stream", seq, digest or f"{seq:064x}", UTC)


def test_what_was_kept_is_read_again(tmp_path: Path) -> None:
    AnchorFile(tmp_path).append([head(1), head(2)], durable=True)
    AnchorFile(tmp_path).append([head(3)], durable=False)
    assert read_anchors(tmp_path) == {"stream": {seq: f"{seq:064x}" for seq in (1, 2, 3)}}


def test_no_anchors_are_no_error(tmp_path: Path) -> None:
    assert read_anchors(tmp_path) == {}


def test_only_its_owner_reads_the_key(tmp_path: Path) -> None:
    AnchorFile(tmp_path)
    assert (tmp_path / KEY).stat().st_mode & 0o077 == 0


@pytest.mark.req("L01")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000))
def test_t4_a_line_that_a_crash_cut_off_is_none_and_the_next_one_is_read(
    tmp_path: Path, cut: int
) -> None:
    path = tmp_path / ANCHORS
    path.unlink(missing_ok=True)
    file = AnchorFile(tmp_path)
    file.append([head(1), head(2)], durable=False)
    whole = path.read_bytes()
    left = cut % (len(whole) + 1)
    path.write_bytes(whole[:left])
    before = set(read_anchors(tmp_path).get("stream", {}))
    assert before == set(range(1, whole[:left].count(b"\n") + 1))
    file.append([head(3)], durable=False)
    assert set(read_anchors(tmp_path)["stream"]) == before | {3}


@pytest.mark.req("L01")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_byte_that_was_changed_is_found(tmp_path: Path, place: int, byte: int) -> None:
    path = tmp_path / ANCHORS
    path.unlink(missing_ok=True)
    AnchorFile(tmp_path).append([head(1), head(2)], durable=False)
    data = bytearray(path.read_bytes())
    # The end of the last line alone looks like a crash; everything before it is signed.
    place %= len(data) - 1
    if chr(data[place]).lower() == chr(byte).lower():
        # Hexadecimal digits say the same in capitals.
        return
    data[place] = byte
    path.write_bytes(bytes(data))
    with pytest.raises(AnchorError, match="signed"):
        read_anchors(tmp_path)


def test_two_hashes_for_one_entry_are_found(tmp_path: Path) -> None:
    file = AnchorFile(tmp_path)
    file.append([head(1)], durable=False)
    file.append([head(1, "f" * 64)], durable=False)
    with pytest.raises(AnchorError, match="two hashes"):
        read_anchors(tmp_path)


def test_a_line_of_another_key_is_found(tmp_path: Path) -> None:
    AnchorFile(tmp_path / "ours").append([head(1)], durable=False)
    AnchorFile(tmp_path / "theirs").append([head(2)], durable=False)
    theirs = (tmp_path / "theirs" / ANCHORS).read_bytes()
    with (tmp_path / "ours" / ANCHORS).open("ab") as stream:
        stream.write(theirs)
    with pytest.raises(AnchorError, match="line 2"):
        read_anchors(tmp_path / "ours")


def _append_many(folder: Path, first: int) -> None:
    file = AnchorFile(folder)
    for seq in range(first, first + 50):
        file.append([head(seq)], durable=False)


def test_t3_several_processes_write_whole_lines(tmp_path: Path) -> None:
    AnchorFile(tmp_path)
    started = multiprocessing.get_context("spawn")
    processes = [
        started.Process(target=_append_many, args=(tmp_path, 1 + 50 * number))
        for number in range(2)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert set(read_anchors(tmp_path)["stream"]) == set(range(1, 101))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    file = AnchorFile(tmp_path)
    tmp_path.chmod(0o500)
    with pytest.raises(AnchorError, match="entry itself is stored"):
        file.append([head(1)], durable=True)


def test_the_key_can_lie_in_a_folder_of_its_own(tmp_path: Path) -> None:
    log, keys = tmp_path / "log", tmp_path / "keys"
    AnchorFile(log, keys).append([head(1)], durable=False)
    assert sorted(one.name for one in log.iterdir()) == sorted([ANCHORS, PUBLIC])
    assert [one.name for one in keys.iterdir()] == [KEY]
    AnchorFile(log, keys).append([head(2)], durable=False)
    assert set(read_anchors(log)["stream"]) == {1, 2}


def test_a_key_that_was_moved_is_gone_on_with_and_a_missing_one_is_never_made_anew(
    tmp_path: Path,
) -> None:
    log, keys = tmp_path / "log", tmp_path / "keys"
    AnchorFile(log).append([head(1)], durable=False)
    with pytest.raises(AnchorError, match="not where it is looked for"):
        AnchorFile(log, keys)
    assert not list(keys.iterdir())
    (log / KEY).rename(keys / KEY)
    AnchorFile(log, keys).append([head(2)], durable=False)
    assert set(read_anchors(log)["stream"]) == {1, 2}


def test_the_key_of_other_anchors_is_refused(tmp_path: Path) -> None:
    AnchorFile(tmp_path / "ours").append([head(1)], durable=False)
    AnchorFile(tmp_path / "theirs").append([head(1)], durable=False)
    with pytest.raises(AnchorError, match="did not sign these anchors"):
        AnchorFile(tmp_path / "ours", tmp_path / "theirs")
