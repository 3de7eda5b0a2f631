"""The questions that patients ask (workflow.md 8), answered as far as the tables know.

What no table answers says so and sends to the clinic; the answer is never made up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from thecal.care.document import Document, Section, Text
from thecal.care.information.known import Known
from thecal.care.information.recovery import recovery
from thecal.care.information.scan import scan_words
from thecal.care.information.words import tell
from thecal.care.names import drug_names
from thecal.care.papers.surroundings import surroundings, surroundings_notes
from thecal.care.papers.words import day
from thecal.pharmacy import interactions

KIND = "questions"
_ALCOHOL = "alcohol"


def questions_page(known: Known) -> Document:
    """Return every question with its answer for this record."""
    sections = tuple(
        Section(tell(f"ask-{name}"), paragraphs=(answer(known),))
        for name, answer in ANSWERS.items()
    )
    notes = () if known.model is None else surroundings_notes(known.model)
    title = tell("title-questions")
    return Document(kind=KIND, title=title, sections=sections, footnotes=notes, for_patient=True)


def _surroundings(known: Known, place: int) -> Text:
    if known.model is None:
        return tell("ask-clinic")
    return surroundings(known.model)[place].value


def _fly(known: Known) -> Text:
    return tell("answer-fly", height=_surroundings(known, 0))


def _scan(known: Known) -> Text:
    words = tell("no-pump") if known.model is None else scan_words(known.model)
    return tell("answer-mri", words=words)


def _sport(known: Known) -> Text:
    if known.operated is None or known.external:
        return tell("answer-sport")
    until = recovery(known.operated).restricted_until
    if known.today > until:
        return tell("answer-sport-later")
    return tell("answer-sport-day", day=day(until))


def _missed(known: Known) -> Text:
    if known.hazards:
        return tell("answer-missed-hazard", drugs=drug_names(known.hazards))
    return tell("answer-missed")


def _alcohol(known: Known) -> Text:
    added = [
        one for one in known.drugs if any(each.partner == _ALCOHOL for each in interactions(one))
    ]
    if not added:
        return tell("ask-clinic")
    return tell("from-memory", text=tell("answer-alcohol", drugs=drug_names(added)))


def _feel(known: Known) -> Text:
    return tell("bulge-external" if known.external else "bulge")


ANSWERS: Mapping[str, Callable[[Known], Text]] = MappingProxyType(
    {
        "fly": _fly,
        "mri": _scan,
        "sport": _sport,
        "dive": lambda known: _surroundings(known, 1),
        "sauna": lambda known: _surroundings(known, 2),
        "feel": _feel,
        "life": lambda _: tell("answer-life", title=tell("title-service")),
        "often": lambda _: tell("answer-often"),
        "missed": _missed,
        "alcohol": _alcohol,
        "pregnant": lambda _: tell("answer-pregnant"),
        "drive": lambda _: tell("ask-clinic"),
        "medicine": lambda _: tell("answer-medicine"),
        "stimulation": lambda _: tell("answer-stimulation", title=tell("title-comparison")),
        "candidate": lambda _: tell("answer-candidate"),
    }
)
