"""`thecal verify-log`: 0 where a record is whole, 3 and the first bad entry where it is not."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from thecal.cli.main import main
from thecal.record.anchor import AnchorFile
from thecal.record.chain import StoredEntry
from thecal.record.entry import NO_ENTRY, Entry

STREAM = "11111111-2222-3333-4444-555555555555"
UTC = "2026-03-02T09:0{}:00.000000+00:00"


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    """A folder with a database of one stream of three entries, and its anchors."""
    rows: list[StoredEntry] = []
    previous = NO_ENTRY
    for seq, minute in enumerate((0, 5, 4), start=1):
        utc = UTC.format(minute)
        entry = Entry(
            STREAM,
            seq,
            utc,
            seq,
            "",
            "ada",
            "nurse",
            "d",
            "note",
            {"text": "Ada"},
            {},
            "",
            previous,
        )
        previous = entry.hash()
        rows.append(StoredEntry(STREAM, seq, entry.canonical(), previous))
    connection = sqlite3.connect(tmp_path / "clinic.sqlite3")
    connection.executescript(
        "CREATE TABLE clinic_stream (id, kind, head_seq, head_hash);"
        "CREATE TABLE clinic_entryrow (stream_id, seq, text, hash);"
    )
    key = STREAM.replace("-", "")
    connection.execute("INSERT INTO clinic_stream VALUES (?, 'patient', 3, ?)", (key, previous))
    values = [(key, one.seq, one.text, one.hash) for one in rows]
    connection.executemany("INSERT INTO clinic_entryrow VALUES (?, ?, ?, ?)", values)
    connection.commit()
    connection.close()
    heads = [(STREAM, one.seq, one.hash, UTC.format(0)) for one in rows]
    AnchorFile(tmp_path / "anchors").append(heads, durable=False)
    return tmp_path


def command(folder: Path, *more: str) -> list[str]:
    database, anchors = str(folder / "clinic.sqlite3"), str(folder / "anchors")
    return ["verify-log", "--database", database, "--anchors", anchors, *more]


def change(folder: Path, statement: str) -> None:
    connection = sqlite3.connect(folder / "clinic.sqlite3")
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.req("L01")
def test_a_whole_record_ends_with_0_and_tells_that_the_clock_went_back(
    clinic: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command(clinic)) == 0
    said = capsys.readouterr().out
    assert "3 entries in 1 streams fit: whole" in said
    assert "entry 3 shows an earlier time" in said


@pytest.mark.req("L01")
@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("UPDATE clinic_entryrow SET text = replace(text, 'Ada', 'Eve') WHERE seq = 2", 2),
        ("DELETE FROM clinic_entryrow WHERE seq = 2", 2),
        ("DELETE FROM clinic_entryrow WHERE seq = 3", 3),
        ("DELETE FROM clinic_entryrow", 1),
    ],
)
def test_a_broken_record_ends_with_3_and_names_the_entry(
    clinic: Path, statement: str, seq: int, capsys: pytest.CaptureFixture[str]
) -> None:
    change(clinic, statement)
    assert main(command(clinic)) == 3
    assert f"BROKEN: stream {STREAM}, entry {seq}" in capsys.readouterr().out
    assert main(command(clinic, "--json")) == 3
    answer = json.loads(capsys.readouterr().out)
    assert answer["whole"] is False
    assert [(one["stream"], one["seq"]) for one in answer["bad"]] == [(STREAM, seq)]


def test_the_answer_as_json(clinic: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command(clinic, "--json")) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["whole"], answer["entries"], answer["unanchored"]) == (True, 3, 0)
    assert answer["streams"][0]["clock_stepped_back_at"] == [3]


def test_a_packet_is_checked_alone_and_against_anchors(
    clinic: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    connection = sqlite3.connect(clinic / "clinic.sqlite3")
    rows = connection.execute("SELECT text, hash FROM clinic_entryrow ORDER BY seq").fetchall()
    connection.close()
    entries = [{"entry": json.loads(text), "hash": digest} for text, digest in rows]
    packet = clinic / "packet.json"

    def check(kept: int, *more: str) -> int:
        head = {"seq": kept, "hash": entries[kept - 1]["hash"]}
        values = {"schema": "thecal.packet/1", "stream": STREAM, "head": head}
        packet.write_text(json.dumps({**values, "entries": entries[:kept], "sealed": []}))
        return main(["verify-log", str(packet), *more])

    assert check(3) == 0
    assert check(2) == 0
    assert check(2, "--anchors", str(clinic / "anchors")) == 3
    assert "knows 3 entries" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "packet or a database"),
        (["p.json", "--database", "d"], "packet or a database"),
        (["--database", "d"], "--anchors"),
        (["--database", "d", "--anchors", "nowhere"], "no anchors"),
        (["nowhere.json"], "cannot be read"),
    ],
)
def test_what_cannot_be_checked_ends_with_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify-log", *arguments]) == 2
    assert words in capsys.readouterr().err
