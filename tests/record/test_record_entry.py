"""Entries: one text for each, exact, on one line whatever somebody typed."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_bench import chain_of, stored

from thecal.record.chain import check_chain
from thecal.record.entry import canonical_json, entry_of, utc_text
from thecal.record.errors import EntryFormError

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
bodies = st.dictionaries(st.text(), plain, max_size=4)


@given(bodies)
def test_the_text_of_a_body_gives_the_body(body: dict[str, object]) -> None:
    entry = chain_of([("note", body)])[0]
    assert entry_of(entry.canonical()) == entry
    assert entry_of(entry.canonical()).hash() == entry.hash()


@given(bodies)
def test_the_order_of_the_keys_does_not_matter(body: dict[str, object]) -> None:
    turned = dict(reversed(body.items()))
    assert canonical_json(turned) == canonical_json(body)


@pytest.mark.req("L01")
@given(st.text())
def test_t6_no_text_leaves_its_line(text: str) -> None:
    line = chain_of([("note", {"text": text})])[0].canonical()
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["body"]["text"] == text


@pytest.mark.parametrize(
    "text", ['"}],\n{"seq": 9', "\x1b[2J", "<script>alert(1)</script>", "\x00", "x" * 100_000]
)
def test_t6_what_looks_like_an_entry_or_a_command_stays_a_text(text: str) -> None:
    entry = chain_of([("note", {"text": text})])[0]
    assert check_chain(entry.stream, stored([entry])).bad is None
    assert entry_of(entry.canonical()).body == {"text": text}


@pytest.mark.parametrize("value", [1.5, float("nan"), {1: "x"}, b"x", object(), {"x": [0.1]}])
def test_what_is_not_exact_is_not_recorded(value: object) -> None:
    with pytest.raises(EntryFormError, match=r"recorded|no text"):
        canonical_json({"value": value})


def test_a_time_without_an_offset_is_not_recorded() -> None:
    with pytest.raises(EntryFormError, match="offset"):
        utc_text(datetime(2026, 3, 2))  # noqa: DTZ001 - that is what is refused
