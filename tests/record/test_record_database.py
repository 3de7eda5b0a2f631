"""A record read from its database, and a packet, without the clinic's own code."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest
from record_bench import STREAM, anchors_of, notes, stored

from thecal.record.database import open_streams
from thecal.record.entry import Entry
from thecal.record.errors import DatabaseReadError, PacketFormError
from thecal.record.packet import SCHEMA, read_packet_stream
from thecal.record.verification import Verification, verify

TABLES = """
CREATE TABLE clinic_stream (id char(32), kind text, head_seq integer, head_hash text);
CREATE TABLE clinic_entryrow (stream_id char(32), seq integer, text text, hash text);
"""


def database_of(path: Path, entries: Sequence[Entry]) -> sqlite3.Connection:
    """Return a database as the clinic lays it out, with one stream."""
    connection = sqlite3.connect(path)
    connection.executescript(TABLES)
    key = UUID(STREAM).hex
    last = entries[-1]
    row = (key, "patient", last.seq, last.hash())
    connection.execute("INSERT INTO clinic_stream VALUES (?, ?, ?, ?)", row)
    for one in stored(entries):
        row = (key, one.seq, one.text, one.hash)
        connection.execute("INSERT INTO clinic_entryrow VALUES (?, ?, ?, ?)", row)
    connection.commit()
    return connection


def verified(path: Path, anchors: dict[str, dict[int, str]]) -> Verification:
    with open_streams(str(path)) as streams:
        return verify(streams, anchors)


def test_a_whole_record_is_whole(tmp_path: Path) -> None:
    entries = notes(5)
    database_of(tmp_path / "c.sqlite3", entries).close()
    found = verified(tmp_path / "c.sqlite3", {STREAM: anchors_of(entries[:4])})
    assert found.bad == ()
    assert (found.entries, found.unanchored) == (5, 1)


def test_t2_an_end_cut_off_with_its_head_is_found_by_the_anchor(tmp_path: Path) -> None:
    entries = notes(5)
    database_of(tmp_path / "c.sqlite3", entries[:3]).close()
    bad = verified(tmp_path / "c.sqlite3", {STREAM: anchors_of(entries)}).bad
    assert [(one.stream, one.seq) for one in bad] == [(STREAM, 4)]


def test_t2_a_stream_that_is_gone_is_found_by_its_anchors(tmp_path: Path) -> None:
    entries = notes(2)
    database_of(tmp_path / "c.sqlite3", entries).close()
    gone = {"another": {1: "a", 2: "b"}}
    bad = verified(tmp_path / "c.sqlite3", {STREAM: anchors_of(entries), **gone}).bad
    assert [(one.stream, one.seq) for one in bad] == [("another", 1)]
    assert "2 entries" in bad[0].what


def test_a_head_that_is_not_the_last_entry_is_found(tmp_path: Path) -> None:
    connection = database_of(tmp_path / "c.sqlite3", notes(3))
    connection.execute("UPDATE clinic_stream SET head_seq = 7")
    connection.commit()
    connection.close()
    assert [one.seq for one in verified(tmp_path / "c.sqlite3", {}).bad] == [4]


def test_reading_changes_nothing_and_sees_one_moment(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite3"
    writer = database_of(path, notes(3))
    writer.execute("PRAGMA journal_mode=WAL")
    with open_streams(str(path)) as streams:
        first = next(streams)
        writer.execute("DELETE FROM clinic_entryrow WHERE seq = 3")
        writer.commit()
        assert verify([first], {}).bad == ()
    writer.close()


@pytest.mark.parametrize("content", [b"", b"no database"])
def test_what_is_no_clinic_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "c.sqlite3"
    path.write_bytes(content)
    with pytest.raises(DatabaseReadError, match="database of a clinic"):
        verified(path, {})


def test_a_path_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseReadError, match="no such file"):
        verified(tmp_path / "nowhere", {})
    assert not (tmp_path / "nowhere").exists()


def test_a_server_that_does_not_answer_is_told() -> None:
    pytest.importorskip("psycopg")
    address = "postgresql://nobody@127.0.0.1:9/nothing?connect_timeout=2"
    with pytest.raises(DatabaseReadError), open_streams(address):
        pass


def packet_of(entries: Sequence[Entry]) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "stream": entries[0].stream,
        "head": {"seq": entries[-1].seq, "hash": entries[-1].hash()},
        "entries": [{"entry": json.loads(one.canonical()), "hash": one.hash()} for one in entries],
        "sealed": [],
    }


def test_a_packet_is_checked_as_its_record_is() -> None:
    entries = notes(4)
    whole = read_packet_stream(json.dumps(packet_of(entries)).encode())
    assert verify([whole], {}).bad == ()
    values = packet_of(entries)
    values["entries"][1]["entry"]["body"]["text"] = "other"
    altered = read_packet_stream(json.dumps(values).encode())
    assert [one.seq for one in verify([altered], {}).bad] == [2]
    cut = {**packet_of(entries), "entries": packet_of(entries[:2])["entries"]}
    assert [one.seq for one in verify([read_packet_stream(json.dumps(cut).encode())], {}).bad] == [
        3
    ]


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"schema": "x"}', b"\xff", b"[" * 100_000])
def test_what_is_no_packet_is_told(data: bytes) -> None:
    with pytest.raises(PacketFormError, match=r"no packet|another form"):
        read_packet_stream(data)
