"""T7 of standards.md 6.4: a personal text can go, what remains proves that it stood there."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_bench import anchors_of, chain_of, stored

from thecal.record.chain import check_chain
from thecal.record.errors import EntryFormError
from thecal.record.redaction import seal, sealed_hashes


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_the_hash_is_of_salt_and_text_and_no_two_are_the_same(text: str) -> None:
    one, other = seal(text), seal(text)
    assert one.hash == hashlib.sha256(f"{one.salt}:{text}".encode()).hexdigest()
    assert one.hash != other.hash


def test_a_text_that_not_every_database_can_keep_is_refused() -> None:
    with pytest.raises(EntryFormError, match="NUL"):
        seal("Ada\0")


def test_t7_the_chain_needs_no_text() -> None:
    name = seal("Ada Example")
    entries = chain_of([("patient.registered", {"sealed": {"name": name.hash}}), ("note", {})])
    assert "Ada" not in "".join(one.canonical() for one in entries)
    assert check_chain(entries[0].stream, stored(entries), anchors_of(entries)).bad is None


def test_t7_every_place_of_a_text_is_known_also_in_corrections() -> None:
    entries = chain_of(
        [
            ("patient.registered", {"sealed": {"name": "a", "telephone": "b"}}),
            ("correction", {"replaces": 1, "body": {"sealed": {"name": "c"}}}),
            ("note", {"text": "name"}),
            ("other", {"people": [{"sealed": {"name": "d"}}, {"sealed": {"name": "a"}}]}),
        ]
    )
    assert sealed_hashes(entries, "name") == ("a", "c", "d")
    assert sealed_hashes(entries, "telephone") == ("b",)
    assert sealed_hashes(entries, "address") == ()
