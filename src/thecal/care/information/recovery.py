"""After the operation: the recovery by dates, what to leave until when, the bulge.

Sources: workflow.md 1d S3.26, S3.27, S3.28. None gives a figure for "a few weeks": the one that
ships is from memory, the longest of those remembered, and the page says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import final

from thecal.care.document import Document, Grid, Section, Text
from thecal.care.figures import Figures
from thecal.care.information.known import Known
from thecal.care.information.words import RULES, listed, source_note, tell
from thecal.care.papers.words import day, duration, joined
from thecal.units import Duration

KIND = "recovery"
_AFTER = "after-implant"
_LEFT = ("lifting", "twisting", "exercise")


@final
@dataclass(frozen=True, slots=True)
class Recovery:
    """The days after an operation.

    Attributes
    ----------
    light_from, light_to
        Between them light activity comes back.
    restricted_until
        The last day of the restrictions.
    """

    operation: date
    light_from: date
    light_to: date
    follow_up: date
    restricted_until: date


def recovery(operation: date) -> Recovery:
    """Return the days that follow from the day of an operation."""

    def after(span: Duration) -> date:
        return operation + timedelta(days=int(span.in_unit("d")))

    spans = {
        name: RULES.get(_AFTER, name, Duration).value
        for name in ("light-first", "light-last", "restricted")
    }
    follow_up = Figures("paper_figures").get("summary", "follow-up", Duration).value
    return Recovery(
        operation=operation,
        light_from=after(spans["light-first"]),
        light_to=after(spans["light-last"]),
        follow_up=after(follow_up),
        restricted_until=after(spans["restricted"]),
    )


def recovery_page(known: Known) -> Document:
    """Return the page; where the day of the operation is not known, no date is made up."""
    if known.external:
        sections: tuple[Section, ...] = (
            Section(tell("your-pump"), paragraphs=(tell("not-external"), tell("bulge-external"))),
        )
    else:
        sections = tuple(_sections(known))
    return Document(
        kind=KIND,
        title=tell("title-after-implant"),
        sections=sections,
        footnotes=() if known.external else tuple(_notes(known)),
        for_patient=True,
    )


def _sections(known: Known) -> Iterator[Section]:
    days = None if known.operated is None else recovery(known.operated)
    if days is not None:
        yield Section(tell("timeline"), grid=_timeline(known, days))
    yield listed(_heading(known, days), _left(known))
    yield Section(tell("for-good"), paragraphs=(tell("extreme-sports"),))
    yield Section(tell("bulge-heading"), paragraphs=(tell("bulge"),))


def _heading(known: Known, days: Recovery | None) -> Text:
    if days is None:
        return tell("until-then-unknown")
    over = known.today > days.restricted_until
    name = "until-then-over" if over else "until-then"
    return tell(name, day=day(days.restricted_until))


def _timeline(known: Known, days: Recovery) -> Grid:
    light = tell("from-to", first=day(days.light_from), last=day(days.light_to))
    name = "day-catheter"
    if known.operated == known.began:
        name = "day-implant-fill" if known.began_by_fill else "day-implant"
    rows = (
        (day(days.operation), tell(name)),
        (light, tell("from-memory", text=tell("day-light"))),
        (day(days.follow_up), tell("day-follow-up")),
        (day(days.restricted_until), tell("from-memory", text=tell("day-free"))),
    )
    return Grid((tell("when"), tell("what")), rows)


def _left(known: Known) -> Iterator[Text]:
    yield from (tell(f"leave-{one}") for one in _LEFT)
    yield tell("leave-why")
    if known.replaced:
        yield tell("leave-replaced")


def _notes(known: Known) -> Iterator[Text]:
    answers = [one.of_kind(Duration) for one in RULES.every(_AFTER, "restricted")]
    weeks = duration(answers[0].value)
    if known.operated is not None:
        told = joined(duration(one.value) for one in answers)
        yield tell("leave-figure", weeks=weeks, answers=told)
        yield source_note(tell("day-light"), RULES.every(_AFTER, "light-last")[0])
    yield source_note(tell("until-then-unknown"), RULES.every(_AFTER, "told")[0])
