"""A paper speaks its language and of the pump that is there: no tone where nothing can sound."""

from __future__ import annotations

import re

import pytest
from paper_cases import record, therapy

from builders import MORPHINE, Chart
from thecal.care.document import Document, Language
from thecal.care.emergency.sheet import emergency_sheet
from thecal.care.emergency.status import status_at
from thecal.care.papers import PAPERS, PaperDetails, record_at
from thecal.report.documents.localised import localised
from thecal.therapy.events import Therapy

ENGLISH = re.compile(
    r"unverified|recalled|project rule|general knowledge|bupivacaine|morphine|motor-stall"
    r"|per kg of body weight|\d to \d|\(generic\)|\b(the|and|of|is) "
)
CODMAN = "codman-3000-30"
SOUNDS = re.compile(
    r"(?i)doppelton|double tone|low-reservoir|niedrige[mr] stand|alarm (?:volume|date)|alarmvolumen"
    r"|vor dem handeln die pumpe abfragen|interrogate the pump before|pumpenzähler|pump's count"
)


def told(document: Document, language: Language) -> str:
    """Return all that a paper says, dates and sources in the words of the language."""
    lines = [document.title, *document.footnotes]
    lines += [] if document.whose is None else [document.whose]
    for section in document.sections:
        lines += [section.heading, *section.paragraphs, *section.signatures]
        lines += [text for field in section.fields for text in (field.label, field.value)]
        if section.grid is not None:
            lines += [*section.grid.columns, *(cell for row in section.grid.rows for cell in row)]
    return "\n".join(localised(one, language) for one in lines)


def papers(one: Therapy) -> dict[str, Document]:
    end = one.instant(one.events[-1].time) + 86400
    found = record_at(one, end)
    return {kind: paper.make(found, PaperDetails()) for kind, paper in PAPERS.items()}


def with_a_fault() -> Therapy:
    chart = Chart().start({**MORPHINE, "bupivacaine": "20 mg/mL"}, "morphine", "1 mg/d")
    return chart.add("fault", 5, "09:00", kind="motor-stall").therapy()


@pytest.mark.parametrize("kind", PAPERS)
@pytest.mark.parametrize("pump", ["roller", "constant-flow", "external"])
def test_a_german_paper_holds_no_english_value(kind: str, pump: str) -> None:
    cases = {
        "roller": with_a_fault,
        "constant-flow": lambda: therapy(pump=CODMAN, drug="baclofen", strength="500 ug/mL"),
        "external": lambda: therapy(pump="external-ambulatory", dose="24 mg/d"),
    }
    assert ENGLISH.findall(told(papers(cases[pump]())[kind], "de")) == []


@pytest.mark.parametrize("kind", PAPERS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_no_paper_of_a_constant_flow_pump_speaks_of_what_it_cannot_do(
    kind: str, language: Language
) -> None:
    found = papers(therapy(pump=CODMAN))[kind]
    assert SOUNDS.findall(told(found, language)) == []


def test_a_pump_whose_tones_are_not_known_is_told_by_any_alarm() -> None:
    found = told(papers(therapy(pump="prometra-ii-20"))["summary"], "en")
    assert "any alarm of the pump" in found
    assert "double tone" not in found
    assert "double tone" in told(papers(therapy())["summary"], "en")


def test_papers_of_an_emptied_pump_name_no_day_of_refill_and_say_that_it_gives_nothing() -> None:
    chart = Chart().start(MORPHINE, "morphine", "1 mg/d").add("empty", 5, "09:00")
    found = papers(chart.therapy())
    for kind in ("summary", "about", "inpatient", "letter", "session", "travel", "transfer"):
        words = told(found[kind], "en")
        assert "the reservoir was emptied" in words, kind
    assert "HAS BEEN EMPTIED" in told(found["summary"], "en")
    assert "gives NOTHING now" in told(found["inpatient"], "en")
    assert "go on by themselves" not in told(found["inpatient"], "en")
    assert "gives none now" in told(found["letter"], "en")
    assert "EMPTIED" in told(found["emergency"], "en")


def test_the_emergency_sheet_names_the_patient_on_every_page_and_spells_every_date() -> None:
    found = record(therapy())
    assert papers(therapy())["emergency"].whose == found.whose()
    alone = emergency_sheet(status_at(therapy()))
    assert alone.whose is not None
    assert "31 January 1980" in alone.whose.en
    for language in ("en", "de"):
        for document in (alone, *papers(therapy()).values()):
            assert not re.search(r"\d{4}-\d{2}-\d{2}", told(document, language))
