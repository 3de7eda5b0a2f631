"""The catheter as it is drawn: each segment as long as it is, and nothing invented."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.forms import Filled
from thecal.care.implant_visit import IMPLANT, ImplantVisit, catheter_drawing

LEVELS = {"entry_level": "L3", "tip_level": "T10", "tip_side": "left", "csf_return": True}
POCKET = {"pocket_site": "flank", "pocket_side": "left"}


def filled(*segments: dict[str, str], **operation: str) -> Filled:
    catheter = {"segments": list(segments), **LEVELS}
    return ImplantVisit(IMPLANT, {"catheter": catheter, "operation": operation}).filled


def segment(**lengths: str) -> dict[str, str]:
    return {"catheter": "ascenda-8780", "supplied": "114 cm", **lengths}


@given(first=st.integers(1, 100), second=st.integers(1, 100))
def test_each_segment_has_its_share_of_the_length(first: int, second: int) -> None:
    drawing = catheter_drawing(
        filled(segment(measured=f"{first} cm"), segment(measured=f"{second} cm"))
    )
    assert drawing is not None
    assert [one.share for one in drawing.pieces] == [
        Fraction(first, first + second),
        Fraction(second, first + second),
    ]
    assert "Segments to scale" in drawing.below.en
    assert "im Maßstab" in drawing.below.de


@pytest.mark.req("K25")
def test_a_length_that_nobody_knows_is_not_drawn_as_one() -> None:
    drawing = catheter_drawing(filled(segment(trimmed="38 cm"), segment()))
    assert drawing is not None
    assert [one.share for one in drawing.pieces] == [Fraction(1, 2), Fraction(1, 2)]
    assert [one.words.en.replace("\u00a0", " ") for one in drawing.pieces] == [
        "76 cm, 0.1672 mL",
        "not known, not known",
    ]
    assert "not to scale" in drawing.below.en


def test_it_says_in_words_of_both_languages_all_that_it_draws() -> None:
    drawing = catheter_drawing(filled(segment(trimmed="38 cm"), **POCKET))
    assert drawing is not None
    assert [one.en for one in drawing.start] == ["Pump", "lower flank"]
    assert [one.de for one in drawing.end] == ["Spitze", "T10, links"]
    for text in (drawing.alt.en, drawing.alt.de):
        for told in ("T10", "L3", "76", "0.1672"):
            assert told in text


def test_before_a_catheter_is_recorded_nothing_is_drawn() -> None:
    assert catheter_drawing(ImplantVisit(IMPLANT, {}, {}).filled) is None
