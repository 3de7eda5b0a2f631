"""The tables of safety/ are whole, agree with the tests, and docs/safety.md says the same."""

from __future__ import annotations

import csv
import importlib
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "tools")
    return importlib.import_module("safety_page")


@pytest.fixture
def evidence(page: ModuleType) -> Any:
    return page.Evidence()


def column(name: str, key: str = "id") -> list[str]:
    with (ROOT / "safety" / name).open(encoding="utf-8", newline="") as file:
        return [row[key] for row in csv.DictReader(file)]


def numbered(prefix: str, last: int, first: int = 1) -> list[str]:
    return [f"{prefix}{number}" for number in range(first, last + 1)]


GIP_HAZARDS = [
    *numbered("1.", 27),
    *("1.28a", "1.28b"),
    *numbered("2.", 14),
    *numbered("3.", 11),
    *numbered("4.", 13),
    *numbered("5.", 12),
    *numbered("6.", 8),
    *numbered("7.", 2),
    *numbered("8.", 14),
]
GIP_SECTIONS = {
    "1.1": 8,
    "1.2": 3,
    "1.3": 6,
    "1.4": 12,
    "1.5": 6,
    "1.6": 2,
    "1.7": 1,
    "1.8": 1,
    "1.9": 2,
    "1.10": 7,
    "2.1": 5,
    "2.2": 7,
    "2.3": 2,
    "3.1": 3,
    "3.2": 4,
    "3.3": 4,
    "3.4": 6,
    "3.5": 5,
    "4.1": 4,
    "5.1": 8,
    "5.2": 1,
    "5.3": 4,
    "6.1": 7,
    "6.2": 2,
    "6.3": 5,
    "7.1": 4,
    "7.2": 1,
    "7.3": 1,
}
PCA_SECTIONS = {
    "5.1.0": 5,
    "6.1.0": 4,
    "6.2.0": 3,
    "6.3.0": 1,
    "6.4.0": 8,
    "6.4.1": 3,
    "6.4.2": 4,
    "6.4.3": 5,
    "6.4.4": 2,
    "6.6.0": 8,
    "6.7.0": 7,
    "6.9.0": 4,
    "6.10.0": 3,
    "7.1.0": 1,
    "7.2.0": 8,
    "7.3.0": 11,
    "7.4.0": 7,
    "7.5.0": 4,
    "8.1.0": 4,
    "8.2.0": 1,
    "8.3.0": 4,
}
# Numbers that the document leaves out.
PCA_OTHERS = [
    *(f"R5.2.0({n})" for n in range(2, 7)),
    *(f"R5.3.0({n})" for n in range(2, 8)),
    *(f"R6.5.0({n})" for n in range(1, 24) if n != 8),
    *(f"R6.8.0({n})" for n in range(1, 11) if n != 7),
    *("R7.6.0", "R7.7.0"),
    *(f"EC{n}" for n in range(1, 25) if n != 22),
    *(f"EC22{letter}" for letter in "abcdef"),
]


def test_every_id_of_gip_stands_once() -> None:
    required = [one for s, last in GIP_SECTIONS.items() for one in numbered(f"{s}.", last)]
    assert sorted(column("gip.csv")) == sorted([*GIP_HAZARDS, *required])


def test_every_id_of_open_pca_stands_once() -> None:
    counted = [f"R{s}({n})" for s, last in PCA_SECTIONS.items() for n in range(1, last + 1)]
    assert sorted(column("open_pca.csv")) == sorted([*counted, *PCA_OTHERS])


def test_every_id_of_the_projects_own_requirements_stands_once() -> None:
    letters = {"D": 20, "R": 9, "U": 12, "A": 6, "P": 3, "C": 2, "F": 5, "N": 2, "L": 3}
    expected = [f"{letter}{n:02}" for letter, last in letters.items() for n in range(1, last + 1)]
    assert sorted(column("requirements.csv")) == sorted(expected)


def test_no_claim_without_test_or_gap_and_no_mark_without_claim(evidence: Any) -> None:
    assert evidence.problems() == []


def test_the_page_is_up_to_date(page: ModuleType, evidence: Any) -> None:
    assert page.PAGE.read_text(encoding="utf-8") == page.build_page(evidence), "make safety"


def test_a_missing_test_or_gap_is_noticed(evidence: Any) -> None:
    del evidence.gaps["GIP-3.6"]
    evidence.bound["D01"] = ["tests/pump/test_gone.py::test_gone"]
    evidence.bound["Z99"] = ["tests/units/test_display.py::test_examples_of_numbers"]
    found = "\n".join(evidence.problems())
    assert "GIP-3.6: no test holds it" in found
    assert "D01: there is no test tests/pump/test_gone.py::test_gone" in found
    assert "Z99: " in found


def test_a_chain_is_as_strong_as_its_weakest_link(evidence: Any) -> None:
    assert evidence.held("GIP-3.6").strength == "gap"
    assert evidence.held("EC22e").strength == "gap"
    assert evidence.held("D01").strength == "bounded"
    assert evidence.held("GIP-1.4.3").strength == "bounded"


def test_a_source_is_restated_in_few_words_and_never_copied() -> None:
    for name in ("gip.csv", "open_pca.csv", "recalls.csv"):
        for text in column(name, "about"):
            assert len(text.split()) <= 8, text
            assert "shall" not in text


def test_there_are_mutations_enough_and_each_names_a_claim(evidence: Any) -> None:
    ids = column("mutations.csv")
    assert len(set(ids)) >= 30
    assert set(ids) <= set(evidence.by_id)


def test_every_mutation_fits_the_code_in_one_place() -> None:
    for file, old in zip(
        column("mutations.csv", "file"), column("mutations.csv", "old"), strict=True
    ):
        assert (ROOT / file).read_text(encoding="utf-8").count(old) == 1, (file, old)


@pytest.mark.parametrize("name", ["requirements.csv", "hazards.csv", "gaps.csv", "alarms.csv"])
def test_tables_are_plain_text_of_one_line_each(name: str) -> None:
    text = (ROOT / "safety" / name).read_text(encoding="utf-8")
    assert re.fullmatch(r"[ -~\n]*", text)
