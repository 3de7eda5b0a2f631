"""A packet: the same record gives the same bytes, and nothing but a whole record is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.exchange.errors import PacketError
from thecal.exchange.packet import Packet, read_packet, write_packet
from thecal.exchange.packet_document import packet_document
from thecal.record.entry import NO_ENTRY, Entry
from thecal.record.redaction import Sealed, seal

STREAM = "0b5e6f0e-5f0d-4b0e-9d5e-0f6c2f6f8a11"
NAME = seal("Ada Example")


def entries(bodies: list[dict[str, Any]]) -> tuple[Entry, ...]:
    made: list[Entry] = []
    previous = NO_ENTRY
    for seq, body in enumerate(bodies, start=1):
        entry = Entry(
            stream=STREAM,
            seq=seq,
            utc=f"2026-04-20T09:{seq:02}:00.000000+00:00",
            monotonic=seq,
            pump_time="",
            actor="physician-1",
            role="physician",
            device="test",
            kind="note",
            body=body,
            before={},
            reason="",
            previous=previous,
        )
        previous = entry.hash()
        made.append(entry)
    return tuple(made)


def packet(count: int = 3, sealed: tuple[Sealed, ...] = (NAME,)) -> Packet:
    bodies: list[dict[str, Any]] = [{"sealed": {"name": NAME.hash}}]
    bodies += [{"text": f"note {number}"} for number in range(count - 1)]
    return Packet(STREAM, entries(bodies), sealed)


def changed(change: Callable[[dict[str, Any]], None]) -> bytes:
    value = json.loads(write_packet(packet()))
    change(value)
    return json.dumps(value).encode()


json_values = st.recursive(
    st.text() | st.integers(-(10**12), 10**12) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text(), json_values, max_size=3), min_size=1, max_size=4))
def test_what_is_read_and_written_again_has_the_same_bytes(bodies) -> None:
    first = write_packet(Packet(STREAM, entries(bodies), ()))
    assert write_packet(read_packet(first)) == first


def test_the_order_of_sealed_texts_does_not_change_the_bytes() -> None:
    other = seal("000 111")
    made = entries([{"sealed": {"name": NAME.hash, "telephone": other.hash}}])
    one, two = Packet(STREAM, made, (NAME, other)), Packet(STREAM, made, (other, NAME))
    assert write_packet(one) == write_packet(two)


def test_a_removed_text_stays_removed_and_the_chain_stays_whole() -> None:
    read = read_packet(write_packet(packet(sealed=())))
    assert read.sealed == ()
    assert read.entries[0].body["sealed"]["name"] == NAME.hash


@pytest.mark.req("L02")
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda v: v["entries"].pop(1), "missing"),
        (lambda v: v["entries"].reverse(), "missing"),
        (lambda v: v["entries"].pop(), "does not end"),
        (lambda v: v["entries"][1]["entry"]["body"].update(text="other"), "its content"),
        (lambda v: v["entries"][1].update(hash="0" * 64), "its content"),
        (lambda v: v["entries"][1]["entry"].update(stream="x"), "another place"),
        (lambda v: v["entries"][1]["entry"].update(seq="2"), "cannot be read"),
        (lambda v: v["entries"][1]["entry"].update(utc="yesterday"), "cannot be read"),
        (lambda v: v["entries"][1]["entry"].update(more=1), "cannot be read"),
        (lambda v: v["entries"][1]["entry"]["body"].update(text=0.5), "cannot be read"),
        (lambda v: v["head"].update(seq=9), "does not end"),
        (lambda v: v["sealed"][0].update(text="Bob"), "not the one"),
        (lambda v: v["sealed"].append(dict(v["sealed"][0])), "not the one"),
        (lambda v: v["sealed"][0].update(salt=1), "sealed text"),
        (lambda v: v.update(schema="thecal.packet/9"), "thecal.packet/1"),
        (lambda v: v.update(stream="x"), "no stream"),
        (lambda v: v.update(entries=[]), "no entry"),
        (lambda v: v.update(more=[]), "lacks a part"),
    ],
)
def test_a_packet_that_is_not_whole_is_refused(change, says) -> None:
    with pytest.raises(PacketError, match=says):
        read_packet(changed(change))


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b'{"schema":"a","schema":"b"}'])
def test_what_is_no_packet_is_refused_in_plain_words(data: bytes) -> None:
    with pytest.raises(PacketError, match="this file"):
        read_packet(data)


def test_on_paper_every_entry_stands_with_its_hash() -> None:
    made = packet()
    document = packet_document(made, "Ada Example", "7", lambda entry: f"said {entry.seq}")
    grid = document.sections[1].grid
    assert grid is not None
    assert [row[0].en for row in grid.rows] == ["1", "2", "3"]
    for entry, row in zip(made.entries, grid.rows, strict=True):
        assert entry.hash() in row[3].en
        assert f"said {entry.seq}" in row[3].en
