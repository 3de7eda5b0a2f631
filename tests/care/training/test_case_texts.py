"""What the texts of the shipped cases put in quotation marks is what the clinic's pages say."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from pathlib import Path

import pytest

from thecal.care.training.case import Case
from thecal.care.training.catalogue import shipped_cases

_SOURCES = ("clinic/**/*.html", "clinic/**/*.py", "data/*.csv")


@cache
def pages() -> str:
    """Return all that pages are made of."""
    root = Path(str(resources.files("thecal")))
    found = [one for pattern in _SOURCES for one in sorted(root.glob(pattern))]
    return "\n".join(one.read_text(encoding="utf-8") for one in found)


def is_said(words: str) -> bool:
    """Whether some page has these words for a button, a link, a field or a choice."""
    return re.search(rf'[>",}}]\s*{re.escape(words)}\s*[<",{{]', pages()) is not None


def quoted(case: Case) -> set[str]:
    texts = (*case.story, *case.task, *(one.text for one in case.tells))
    return {words for text in texts for words in re.findall(r"“([^”]+)”", text)}


@pytest.mark.parametrize("case", shipped_cases(), ids=lambda case: case.id)
def test_words_in_quotation_marks_stand_on_a_page(case: Case) -> None:
    assert "End the case" in quoted(case)
    assert sorted(one for one in quoted(case) if not is_said(one)) == []


def test_words_that_no_page_says_are_found() -> None:
    assert not is_said("Fill it up and be done")
