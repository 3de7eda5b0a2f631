"""The values of an entry as texts: read back they are the same, corrected they keep their sort."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import EntryError
from thecal.record.body_text import texts_of, with_texts

FILL = {
    "type": "fill",
    "volume": "38 mL",
    "mixture": {"morphine": "5 mg/mL", "bupivacaine": "10 mg/mL"},
    "confirmed_by": ["a", "b"],
    "boluses": 3,
    "checked": True,
    "field": {"decimal": "1.5"},
}
BODIES = st.dictionaries(
    st.text("abc", min_size=1),
    st.text(min_size=1)
    | st.integers(-(10**9), 10**9)
    | st.booleans()
    | st.lists(st.text(min_size=1), min_size=1, max_size=3)
    | st.dictionaries(st.text("xyz", min_size=1), st.text(min_size=1), min_size=1, max_size=3),
    max_size=5,
)


def edited(name: str, text: str) -> dict[str, object]:
    places = texts_of(FILL)
    assert name in [place.name for place in places]
    return with_texts(FILL, [text if place.name == name else place.text for place in places])


@given(BODIES)
def test_texts_that_nobody_changed_give_the_same_body(body) -> None:
    assert with_texts(body, [place.text for place in texts_of(body)]) == body


def test_a_corrected_value_keeps_its_sort() -> None:
    assert edited("volume", "36 mL") == {**FILL, "volume": "36 mL"}
    assert edited("mixture, morphine", "2 mg/mL")["mixture"] == {
        "morphine": "2 mg/mL",
        "bupivacaine": "10 mg/mL",
    }
    assert edited("boluses", "4")["boluses"] == 4
    assert edited("checked", "no")["checked"] is False
    assert edited("field", "3.0")["field"] == {"decimal": "3.0"}
    assert edited("confirmed by, 2", "c")["confirmed_by"] == ["a", "c"]


def test_an_empty_text_takes_the_value_away_and_what_is_empty_then() -> None:
    assert "volume" not in edited("volume", "")
    assert edited("confirmed by, 1", "")["confirmed_by"] == ["b"]
    places = texts_of(FILL)
    none = with_texts(FILL, ["" if "mixture" in one.path else one.text for one in places])
    assert "mixture" not in none
    assert FILL["mixture"], "the body itself is never changed"


@pytest.mark.parametrize(
    ("name", "text"),
    [("boluses", "four"), ("boluses", "4.0"), ("checked", "true"), ("field", "1,5")],
)
def test_a_text_of_another_sort_is_refused(name: str, text: str) -> None:
    with pytest.raises(EntryError, match="is no"):
        edited(name, text)


def test_a_value_that_stood_nowhere_is_added_by_name() -> None:
    texts = [place.text for place in texts_of(FILL)]
    assert with_texts(FILL, texts, [("lot", "B7")])["lot"] == "B7"
    added = with_texts(FILL, texts, [("mixture.clonidine", "1 mg/mL")])
    assert added["mixture"]["clonidine"] == "1 mg/mL"
    for name in ("volume", "volume.x", "confirmed_by.x", "No Name", ""):
        with pytest.raises(EntryError):
            with_texts(FILL, texts, [(name, "x")])
