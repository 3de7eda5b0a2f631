"""Frames: nothing altered, repeated, dropped, moved, reflected or overlong is ever opened."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.link.errors import FrameError
from thecal.link.frames import (
    LAST_COUNTER,
    LONGEST_CONTENT,
    LONGEST_FRAME,
    FrameBuffer,
    Opener,
    Sealer,
    framed,
)
from thecal.link.handshake import LONGEST_STEP

KEY, OTHER, SESSION = bytes(range(32)), bytes(32), b"session one"
TO_PUMP, TO_PROGRAMMER = b"to the pump", b"to the programmer"


def ends() -> tuple[Sealer, Opener]:
    return Sealer(KEY, SESSION, TO_PUMP), Opener(KEY, SESSION, TO_PUMP)


@given(st.lists(st.binary(max_size=300), max_size=6))
def test_what_is_sealed_in_order_is_opened_in_order(contents: list[bytes]) -> None:
    sealer, opener = ends()
    assert [opener.open(sealer.seal(one)[4:]) for one in contents] == contents


def test_a_bit_flipped_in_any_byte_of_a_frame_is_noticed() -> None:
    frame = Sealer(KEY, SESSION, TO_PUMP).seal(b"stop the pump")[4:]
    for place in range(len(frame)):
        for bit in range(8):
            bad = bytearray(frame)
            bad[place] ^= 1 << bit
            with pytest.raises(FrameError):
                Opener(KEY, SESSION, TO_PUMP).open(bytes(bad))


def test_a_frame_cut_anywhere_is_noticed() -> None:
    frame = Sealer(KEY, SESSION, TO_PUMP).seal(b"stop the pump")[4:]
    for length in range(len(frame)):
        with pytest.raises(FrameError):
            Opener(KEY, SESSION, TO_PUMP).open(frame[:length])


def test_a_repeated_frame_is_refused() -> None:
    sealer, opener = ends()
    frame = sealer.seal(b"bolus")[4:]
    opener.open(frame)
    with pytest.raises(FrameError, match="repeated"):
        opener.open(frame)


def test_frames_out_of_order_and_a_missing_frame_are_refused() -> None:
    sealer, opener = ends()
    sealer.seal(b"first")
    with pytest.raises(FrameError, match="missing"):
        opener.open(sealer.seal(b"second")[4:])


@pytest.mark.parametrize(
    "opener",
    [
        Opener(OTHER, SESSION, TO_PUMP),
        Opener(KEY, b"session two", TO_PUMP),
        Opener(KEY, SESSION, TO_PROGRAMMER),
    ],
    ids=["another key", "another session", "reflected"],
)
def test_a_frame_fits_one_key_one_session_and_one_direction(opener: Opener) -> None:
    with pytest.raises(FrameError, match="forged"):
        opener.open(Sealer(KEY, SESSION, TO_PUMP).seal(b"bolus")[4:])


def test_no_counter_is_ever_used_twice_and_none_comes_round() -> None:
    sealer, opener = ends()
    counters = {sealer.seal(b"same")[4:12] for _ in range(500)}
    assert len(counters) == 500
    sealer.counter = opener.counter = LAST_COUNTER - 1
    opener.open(sealer.seal(b"the last")[4:])
    for _ in range(2):
        with pytest.raises(FrameError, match="used up"):
            sealer.seal(b"one more")
        with pytest.raises(FrameError, match="used up"):
            opener.open(bytes(40))


def test_equal_contents_look_different_each_time() -> None:
    sealer, _ = ends()
    assert sealer.seal(b"press")[12:] != sealer.seal(b"press")[12:]


def test_what_is_too_long_is_neither_sealed_nor_held() -> None:
    sealer, _ = ends()
    sealer.seal(bytes(LONGEST_CONTENT))
    with pytest.raises(FrameError, match="too long"):
        sealer.seal(bytes(LONGEST_CONTENT + 1))
    for longest, claimed in ((LONGEST_STEP, LONGEST_STEP + 1), (LONGEST_FRAME, 2**32 - 1)):
        buffer = FrameBuffer()
        buffer.longest = longest
        buffer.feed(claimed.to_bytes(4, "big"))
        with pytest.raises(FrameError, match="length"):
            buffer.take()


def test_an_empty_frame_is_refused() -> None:
    buffer = FrameBuffer()
    buffer.feed(bytes(4))
    with pytest.raises(FrameError, match="length"):
        buffer.take()


@given(st.lists(st.binary(min_size=1, max_size=100), max_size=5), st.integers(1, 50))
def test_frames_come_out_whole_however_the_stream_was_cut(frames: list[bytes], size: int) -> None:
    stream = b"".join(framed(one) for one in frames)
    buffer, taken = FrameBuffer(), []
    for at in range(0, len(stream), size):
        buffer.feed(stream[at : at + size])
        while (frame := buffer.take()) is not None:
            taken.append(frame)
    assert taken == frames
