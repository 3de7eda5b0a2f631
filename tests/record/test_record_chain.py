"""T1, T2 and T5 of standards.md 6.4: whatever is done to a stream, its first bad entry is found."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_bench import anchors_of, chain_of, notes, stored

from thecal.record.chain import StoredEntry, check_chain
from thecal.record.entry import FIELDS, entry_of

LENGTH = 8
places = st.integers(1, LENGTH)


def first_bad(rows: list[StoredEntry], anchors: dict[int, str] | None = None) -> int | None:
    report = check_chain(rows[0].stream if rows else "x", rows, anchors)
    return None if report.bad is None else report.bad.seq


def test_what_nobody_touched_is_whole() -> None:
    entries = notes(LENGTH)
    report = check_chain(entries[0].stream, stored(entries), anchors_of(entries))
    assert report.bad is None
    assert (report.head.seq, report.head.hash) == (LENGTH, entries[-1].hash())
    assert report.anchored == LENGTH


def test_a_stream_without_entries_is_whole() -> None:
    assert check_chain("x", []).bad is None


@pytest.mark.req("L01")
@given(places)
def test_t1_an_entry_that_was_deleted_is_missed_where_it_stood(place: int) -> None:
    entries = notes(LENGTH)
    rows = stored(entries)
    del rows[place - 1]
    # Without an anchor nothing tells that the last one was ever there.
    without = None if place == LENGTH else place
    assert first_bad(rows) == without
    assert first_bad(rows, anchors_of(entries)) == place
    if place < LENGTH:
        bad = check_chain(entries[0].stream, rows).bad
        assert bad is not None
        assert f"entry {place} is missing" in bad.what


@given(places)
def test_t1_an_entry_that_was_put_in_is_found(place: int) -> None:
    entries = notes(LENGTH)
    rows = stored(entries)
    strange = replace(entries[place - 1], reason="put in")
    rows.insert(place - 1, stored([strange])[0])
    # A forger of the last entry hides it from the chain, never from the anchor.
    assert first_bad(rows, anchors_of(entries)) == place
    assert first_bad(rows) == place + 1


@pytest.mark.req("L01")
@given(places)
def test_t1_an_entry_rewritten_with_its_own_hash_breaks_the_link_of_the_next(place: int) -> None:
    entries = notes(LENGTH)
    rows = stored(entries)
    rows[place - 1] = stored([replace(entries[place - 1], reason="rewritten")])[0]
    assert first_bad(rows) == (None if place == LENGTH else place + 1)
    assert first_bad(rows, anchors_of(entries)) == place


@given(places, places)
def test_t1_two_entries_in_each_others_place_are_found(one: int, other: int) -> None:
    rows = stored(notes(LENGTH))
    rows[one - 1], rows[other - 1] = rows[other - 1], rows[one - 1]
    assert first_bad(rows) == (None if one == other else min(one, other))


@given(places, places)
def test_t1_two_entries_with_each_others_numbers_are_found(one: int, other: int) -> None:
    rows = stored(notes(LENGTH))
    rows[one - 1], rows[other - 1] = (
        replace(rows[other - 1], seq=one),
        replace(rows[one - 1], seq=other),
    )
    assert first_bad(rows) == (None if one == other else min(one, other))


@pytest.mark.req("L01")
@given(places, st.sampled_from(FIELDS))
def test_t1_a_field_that_was_changed_is_found_at_its_entry(place: int, field: str) -> None:
    rows = stored(notes(LENGTH))
    values = json.loads(rows[place - 1].text)
    old = values[field]
    values[field] = {"changed": True} if isinstance(old, dict) else old * 2 if old else "changed"
    text = json.dumps(values, sort_keys=True, separators=(",", ":"))
    rows[place - 1] = replace(rows[place - 1], text=text)
    assert first_bad(rows) == place


@given(places, st.integers(0, 10_000), st.characters(codec="ascii"))
def test_t1_a_character_that_was_changed_is_found_at_its_entry(
    place: int, position: int, character: str
) -> None:
    rows = stored(notes(LENGTH))
    text = rows[place - 1].text
    at = position % len(text)
    changed = text[:at] + character + text[at + 1 :]
    rows[place - 1] = replace(rows[place - 1], text=changed)
    assert first_bad(rows) == (None if changed == text else place)


@pytest.mark.req("L01")
@given(places)
def test_t1_a_chain_that_was_forged_whole_from_an_entry_on_meets_its_anchor(place: int) -> None:
    entries = notes(LENGTH)
    drafts = [(one.kind, one.body) for one in entries]
    drafts[place - 1] = ("note", {"text": "forged"})
    forged = stored(chain_of(drafts))
    assert first_bad(forged) is None
    assert first_bad(forged, anchors_of(entries)) == place


@given(places)
def test_t1_an_entry_of_another_stream_is_found(place: int) -> None:
    rows = stored(notes(LENGTH))
    other = chain_of([("note", {"text": "theirs"})] * LENGTH, stream="another")
    theirs = stored(other)[place - 1]
    rows[place - 1] = replace(theirs, stream=rows[0].stream)
    assert first_bad(rows) == place


@pytest.mark.req("L01")
@given(st.integers(0, LENGTH - 1))
def test_t2_an_end_that_was_cut_off_is_found_by_the_anchor_alone(kept: int) -> None:
    entries = notes(LENGTH)
    rows = stored(entries)[:kept]
    assert first_bad(rows) is None
    assert first_bad(rows, anchors_of(entries)) == kept + 1


@given(st.integers(0, LENGTH))
def test_t4_entries_behind_the_last_anchor_are_whole_and_counted(anchored: int) -> None:
    entries = notes(LENGTH)
    report = check_chain(entries[0].stream, stored(entries), anchors_of(entries[:anchored]))
    assert report.bad is None
    assert report.anchored == anchored


@pytest.mark.req("L01")
@given(st.lists(st.integers(0, 9), min_size=1, max_size=LENGTH))
def test_t5_a_clock_that_went_back_is_told_and_the_numbers_give_the_order(
    minutes: list[int],
) -> None:
    entries = chain_of([("note", {})] * len(minutes), minutes=minutes)
    report = check_chain(entries[0].stream, stored(entries))
    assert report.bad is None
    assert report.steps_back == tuple(
        number
        for number, (before, after) in enumerate(pairwise(minutes), start=2)
        if after < before
    )


@given(places, st.sampled_from(["", "{", "[]", "null", '{"seq": 1.5}', "\x00", "é"]))
def test_an_entry_that_is_none_is_named_not_raised(place: int, text: str) -> None:
    rows = stored(notes(LENGTH))
    rows[place - 1] = replace(rows[place - 1], text=text)
    assert first_bad(rows) == place


def test_the_text_of_an_entry_gives_the_entry() -> None:
    for entry in notes(2):
        assert entry_of(entry.canonical()) == entry
