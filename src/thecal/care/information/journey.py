"""What to carry and say on a journey, by the pump and the drugs (workflow.md 1d S3.25, 2.17)."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.document import Document, Section, Text
from thecal.care.figures import Figures
from thecal.care.information.known import Known
from thecal.care.information.words import RULES, listed, tell
from thecal.care.names import device_name, drug_names
from thecal.care.papers.surroundings import surroundings, surroundings_notes
from thecal.care.papers.words import day, duration
from thecal.units import Duration

_FIGURES = Figures("paper_figures")
KIND = "journey"


def journey_page(known: Known) -> Document:
    """Return the page for a journey; without a pump it says what waits for one."""
    sections = [
        listed(tell("carry"), _carry(known)),
        listed(tell("tell"), _say(known)),
        Section(tell("journey-refill"), paragraphs=_refill(known)),
    ]
    model = known.model
    if model is not None:
        name = device_name(model.id, model.name)
        heading = tell("where-you-go", name=name)
        sections.append(Section(heading, fields=surroundings(model)))
    return Document(
        kind=KIND,
        title=tell("title-journey"),
        sections=tuple(sections),
        footnotes=() if model is None else surroundings_notes(model),
        for_patient=True,
    )


def _carry(known: Known) -> Iterator[Text]:
    yield tell("carry-card")
    ahead = _FIGURES.get("travel", "ask-before", Duration).value
    yield tell("carry-letter", weeks=duration(ahead))
    yield tell("carry-medicines")
    yield tell("carry-telephone")
    if known.controller is not None:
        yield tell("carry-controller", name=known.controller.name.value)
    opioids = known.of_classes(frozenset(RULES.answers("naloxone")))
    if opioids:
        yield tell("carry-naloxone", drugs=drug_names(opioids))


def _say(known: Known) -> Iterator[Text]:
    yield tell("tell-security-external" if known.external else "tell-security")
    controlled = known.of_classes(frozenset(_FIGURES.answers("controlled")))
    if controlled:
        yield tell("tell-controlled", drugs=drug_names(controlled))
    yield tell("tell-doctor")


def _refill(known: Known) -> tuple[Text, ...]:
    if known.refill_by is None:
        return (tell("journey-refill-unknown"), tell("journey-empty"))
    reserve = duration(_FIGURES.get("travel", "reserve", Duration).value)
    by = tell("journey-refill-by", day=day(known.refill_by), reserve=reserve)
    return (by, tell("journey-empty"))
