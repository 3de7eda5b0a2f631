"""Every reference of the source documents stands in the library and says what it supports."""

from __future__ import annotations

import pytest

from thecal.care.evidence.citation import printed_citations
from thecal.care.evidence.history import history
from thecal.care.evidence.reference import reference, references, references_of
from thecal.care.evidence.statements import flags, half_range, statements
from thecal.cli.advise import TOPICS
from thecal.cli.calc import CALCULATORS
from thecal.cli.catalogue import LISTS
from thecal.cli.main import VERBS
from thecal.errors import UnknownIdError

VENDOR = tuple(f"S0.R{number}" for number in range(1, 19))
CHAPTER = tuple(f"S1.R{number}" for number in range(1, 29))
SECOND_WORDS = {"advise": TOPICS, "calc": CALCULATORS, "catalogue": LISTS}


@pytest.mark.inventory(
    "S0.R1", "S0.R2", "S0.R3", "S0.R4", "S0.R5", "S0.R6", "S0.R7", "S0.R8", "S0.R9"
)
@pytest.mark.inventory(
    "S0.R10", "S0.R11", "S0.R12", "S0.R13", "S0.R14", "S0.R15", "S0.R16", "S0.R17", "S0.R18"
)
@pytest.mark.parametrize("row", VENDOR)
def test_every_reference_of_the_vendor_page_supports_a_command(row: str) -> None:
    check_row(row)


@pytest.mark.inventory(
    "S1.R1", "S1.R2", "S1.R3", "S1.R4", "S1.R5", "S1.R6", "S1.R7", "S1.R8", "S1.R9"
)
@pytest.mark.inventory(
    "S1.R10", "S1.R11", "S1.R12", "S1.R13", "S1.R14", "S1.R15", "S1.R16", "S1.R17", "S1.R18"
)
@pytest.mark.inventory(
    "S1.R19", "S1.R20", "S1.R21", "S1.R22", "S1.R23", "S1.R24", "S1.R25", "S1.R26", "S1.R27"
)
@pytest.mark.inventory("S1.R28")
@pytest.mark.parametrize("row", CHAPTER)
def test_every_reference_of_the_chapter_page_supports_a_command(row: str) -> None:
    check_row(row)


def check_row(row: str) -> None:
    for one in references_of(row):
        assert one.name
        assert one.says
        program, verb, *rest = one.supports.split()
        assert program == "thecal"
        assert verb in VERBS
        if verb in SECOND_WORDS:
            assert rest[0] in SECOND_WORDS[verb], one.supports
        assert all(
            fact.source and fact.status in ("read", "recalled") for fact in one.facts.values()
        )


@pytest.mark.parametrize("row", VENDOR + CHAPTER)
def test_as_many_references_stand_there_as_the_documents_print(row: str) -> None:
    printed = [one for one in printed_citations() if one.id.rstrip("abcdefgh") == row]
    # The paper that R3 means has other volume and pages; R10 names an author nobody knows.
    assert len(printed) == len(references_of(row))


@pytest.mark.inventory("S0.R18")
def test_a_paper_whose_existence_nobody_verified_says_so() -> None:
    assert "nobody has verified" in reference("narayanan-2022").facts["caution"].value


@pytest.mark.inventory("S0.R3", "S0.R6", "S0.R8", "S0.R10", "S0.R17", "S1.R12", "S1.R20")
def test_what_the_facts_tell_of_the_papers_is_read_and_not_recalled() -> None:
    told = {
        "deer-2004": ("doi", "10.1111/j.1526-4637.2004.04011.x"),
        "grider-2016": ("doi", "10.1111/ner.12352"),
        "sindt-2020": ("doi", "10.1111/ner.13175"),
        "schiess-2020": ("doi", "10.1111/ner.13097"),
        "smith-2002": ("volume", "20"),
        "de-conno-1991": ("volume", "47"),
        "hassenbusch-1997": ("pages", "S36-S48"),
    }
    for name, (field, value) in told.items():
        fact = reference(name).facts[field]
        assert (fact.value, fact.status) == (value, "read")


def test_a_title_that_nobody_looked_up_is_recalled_or_absent() -> None:
    for one in references():
        title = one.facts.get("title")
        assert title is None or title.recalled or "workflow.md" in title.source, one.id


def test_an_unknown_reference_or_row_is_refused_with_near_ones() -> None:
    with pytest.raises(UnknownIdError, match="hamza-2012"):
        reference("hamza-2021")
    with pytest.raises(UnknownIdError):
        references_of("S0.R99")


@pytest.mark.inventory("S1.1")
def test_the_history_starts_the_therapy_in_the_1980s_and_runs_in_order() -> None:
    found = {one.what: one.fact for one in history()}
    start = found["1980s"]
    assert "starts" in str(start.value)
    assert start.status == "read"
    years = [int(one.what[:4]) for one in history()]
    assert years == sorted(years)


@pytest.mark.inventory("S0.17")
def test_the_german_text_that_lost_a_number_is_flagged() -> None:
    found = {(one.statement, one.language, one.rule) for one in flags()}
    assert found == {
        ("operation-duration", "de", "incomplete-range"),
        ("operation-duration", "all", "numbers-differ"),
    }
    assert statements()["operation-duration"]["en"].value == "1-2 h"


@pytest.mark.parametrize(
    ("text", "half"),
    [
        ("1- h", True),
        ("1 bis Stunden", True),
        ("1 to", True),
        ("1-2 h", False),
        ("1 bis 2 Stunden", False),
        ("1 to 2 hours", False),
        ("2 h", False),
        ("20 mL pump", False),
    ],
)
def test_a_range_with_one_end_is_half(text: str, half: bool) -> None:
    assert half_range(text) is half
