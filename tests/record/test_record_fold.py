"""The therapy that entries tell: the same as its file, now and as it was known on a day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from record_bench import BEGINNING, Draft, chain_of

from thecal.cli.main import main
from thecal.errors import BadFileError
from thecal.record.entry import Entry, entry_of
from thecal.record.errors import FoldError
from thecal.record.fold import (
    CORRECTION,
    EVENT,
    PLAN,
    SETUP,
    effective,
    event_body,
    fold_therapy,
    known_on,
    read_event,
    setup_body,
)
from thecal.therapy.events import Therapy
from thecal.therapy.file_reader import read_therapy_file
from thecal.therapy.file_writer import write_therapy

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))
FIRST = next(file for file in EXAMPLES if file.stem == "pain_two_drugs")


def drafts_of(therapy: Therapy) -> list[Draft]:
    drafts: list[Draft] = [(SETUP, setup_body(therapy))]
    drafts += [(EVENT, event_body(event)) for event in therapy.events]
    if therapy.next_visit is not None:
        drafts.append((PLAN, {"next_visit": therapy.next_visit.isoformat()}))
    return drafts


def as_stored(drafts: list[Draft]) -> tuple[Entry, ...]:
    """Return entries after their way through the database's text."""
    return tuple(entry_of(entry.canonical()) for entry in chain_of(drafts))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_a_therapy_told_in_entries_is_the_therapy(file: Path) -> None:
    therapy = read_therapy_file(file)
    assert fold_therapy(as_stored(drafts_of(therapy))) == therapy


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_a_therapy_out_of_the_record_replays_to_the_same_bytes(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folded = fold_therapy(as_stored(drafts_of(read_therapy_file(file))))
    assert folded is not None
    again = tmp_path / file.name
    again.write_text(write_therapy(folded), encoding="utf-8")
    said = []
    for one in (file, again):
        rows = tmp_path / "rows.csv"
        command = ["simulate", str(one), "--as-recorded", "--json"]
        assert main([*command, "--deliveries", str(rows)]) == 0
        said.append((capsys.readouterr().out, rows.read_bytes()))
        rows.unlink()
    assert said[0] == said[1]


@settings(max_examples=20)
@given(st.data())
def test_the_order_of_writing_does_not_matter_the_times_do(data: st.DataObject) -> None:
    therapy = read_therapy_file(FIRST)
    assert len({event.time for event in therapy.events}) == len(therapy.events)
    drafts = data.draw(st.permutations(drafts_of(therapy)))
    folded = fold_therapy(as_stored([one for one in drafts if one[0] != PLAN]))
    assert folded is not None
    assert folded.events == therapy.events


def test_before_the_first_event_there_is_no_therapy() -> None:
    assert fold_therapy(as_stored(drafts_of(read_therapy_file(FIRST))[:1])) is None
    assert fold_therapy(()) is None


def corrected(body: dict[str, Any] | None, *, later: int = 60) -> tuple[Entry, ...]:
    """Return the entries of the example with its first fill corrected (entry 2)."""
    drafts = [one for one in drafts_of(read_therapy_file(FIRST)) if one[0] != PLAN]
    drafts.append((CORRECTION, {"replaces": 2, "body": body}))
    minutes = [*range(len(drafts) - 1), later]
    return tuple(entry_of(entry.canonical()) for entry in chain_of(drafts, minutes=minutes))


def test_a_correction_counts_and_the_earlier_value_stays_readable() -> None:
    therapy = read_therapy_file(FIRST)
    fill = event_body(therapy.events[0])
    assert fill["type"] == "fill"
    entries = corrected({**fill, "volume": "19 mL"})
    folded = fold_therapy(entries)
    assert folded is not None
    assert event_body(folded.events[0])["volume"] == "19 mL"
    standing = effective(entries)[1]
    assert standing.entry.body["volume"] == fill["volume"]
    assert standing.corrected_by == (entries[-1].seq,)


def test_a_correction_of_a_correction_replaces_the_entry_again() -> None:
    fill = event_body(read_therapy_file(FIRST).events[0])
    drafts = [(one.kind, one.body) for one in corrected({**fill, "volume": "19 mL"})]
    drafts.append((CORRECTION, {"replaces": 2, "body": {**fill, "volume": "18 mL"}}))
    standing = effective(as_stored(drafts))[1]
    assert standing.body is not None
    assert standing.body["volume"] == "18 mL"
    assert len(standing.corrected_by) == 2


def test_an_entry_can_be_withdrawn() -> None:
    therapy = read_therapy_file(FIRST)
    last = len(therapy.events) + 1
    drafts = [one for one in drafts_of(therapy) if one[0] != PLAN]
    drafts.append((CORRECTION, {"replaces": last, "body": None}))
    folded = fold_therapy(as_stored(drafts))
    assert folded is not None
    assert folded.events == therapy.events[:-1]


@pytest.mark.parametrize("named", [0, 2, 99, None, "1"])
def test_a_correction_of_nothing_is_refused(named: object) -> None:
    entries = chain_of([("note", {}), (CORRECTION, {"replaces": named, "body": {}})])
    with pytest.raises(FoldError, match="correction 2"):
        effective(entries)


def test_a_correction_cannot_name_a_correction() -> None:
    entries = chain_of(
        [
            ("note", {}),
            (CORRECTION, {"replaces": 1, "body": {}}),
            (CORRECTION, {"replaces": 2, "body": {}}),
        ]
    )
    with pytest.raises(FoldError, match="correction 3"):
        effective(entries)


@given(st.integers(0, 61))
def test_what_was_known_on_a_day_is_what_had_been_written_by_then(minute: int) -> None:
    fill = event_body(read_therapy_file(FIRST).events[0])
    entries = corrected({**fill, "volume": "19 mL"})
    known = known_on(entries, BEGINNING + timedelta(minutes=minute))
    assert len(known) == sum(
        one.written <= BEGINNING + timedelta(minutes=minute) for one in entries
    )
    folded = fold_therapy(known)
    if folded is not None:
        said = event_body(folded.events[0])["volume"]
        assert said == ("19 mL" if minute >= 60 else fill["volume"])


def test_an_event_read_alone_is_the_event_of_the_therapy() -> None:
    therapy = read_therapy_file(FIRST)
    for event in therapy.events:
        assert read_event(event_body(event), therapy) == event


printable = st.text(min_size=1).filter(lambda text: text.isprintable() and text.strip() != "")


@given(printable)
def test_t6_a_note_keeps_every_character_through_record_and_file(text: str) -> None:
    folded = fold_therapy(with_note(text))
    assert folded is not None
    assert event_body(folded.events[-1])["text"] == text


@pytest.mark.parametrize("text", ["two\nlines", "\x1b[2J", "\u2028", "\x00", " "])
def test_t6_a_note_with_control_characters_is_no_event(text: str) -> None:
    with pytest.raises(BadFileError, match="is not a text"):
        fold_therapy(with_note(text))


def with_note(text: str) -> tuple[Entry, ...]:
    """Return the entries of the example with a note at its end."""
    therapy = read_therapy_file(FIRST)
    drafts = [one for one in drafts_of(therapy) if one[0] != PLAN]
    last = therapy.events[-1].time.isoformat()
    return as_stored([*drafts, (EVENT, {"type": "note", "time": last, "text": text})])
