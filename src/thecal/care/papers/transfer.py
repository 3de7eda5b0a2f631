"""The pump passport for a clinic that takes the patient over (workflow.md 2.21, F15)."""

from __future__ import annotations

from thecal.care.document import Document, Field, Grid, Section, Text
from thecal.care.papers.contact import contact_section
from thecal.care.papers.log_words import event_words, log_rows
from thecal.care.papers.parts import (
    as_of,
    bolus,
    current_pump,
    date_fields,
    drug_grid,
    footnotes,
    implanted,
    pump_fields,
    refill_by,
    state,
    steps,
    when,
)
from thecal.care.papers.record import PaperRecord
from thecal.care.papers.summary import FIGURES
from thecal.care.papers.words import BLANK, by_hand, duration, minute, say, solution
from thecal.program.clock import Instant
from thecal.therapy.events import Event, Explant, Fault, Fill, Mri, Observe, Program, Stop
from thecal.units import Duration, show

_LOG = ("log-time", "log-what")
_FILLS = ("log-time", "fill-volume", "fill-mixture", "fill-aspirated")
_ISSUES = (Explant, Fault, Mri, Stop)


def transfer_summary(record: PaperRecord) -> Document:
    """Return everything a receiving clinic needs, with the last twelve months."""
    span = FIGURES.get("transfer", "span", Duration)
    lead = FIGURES.get("transfer", "lead", Duration)
    told = duration(span.value)
    since = record.done.end - span.value.base
    return Document(
        kind="transfer-summary",
        title=say("transfer-title"),
        sections=(
            Section(
                say("patient"),
                fields=(
                    as_of(record),
                    Field(say("transfer-deadline"), _deadline(record), emphasis=True),
                    Field(say("refill-by"), refill_by(record), emphasis=True),
                    Field(say("transfer-accepts"), BLANK, emphasis=True),
                    Field(say("transfer-reason"), BLANK),
                ),
            ),
            Section(
                say("transfer-hardware"),
                fields=(
                    *pump_fields(record, catheter=True),
                    Field(say("implanted"), implanted(record)),
                    Field(say("calibration"), by_hand(current_pump(record).calibration_constant)),
                    Field(say("transfer-side"), BLANK),
                ),
            ),
            Section(
                say("transfer-therapy"),
                fields=(
                    state(record),
                    Field(say("steps"), steps(record.done.program)),
                    Field(say("bolus"), bolus(record.done.program)),
                    *date_fields(record, exact=True)[1:],
                ),
                grid=drug_grid(record),
            ),
            _table("transfer-doses", told, _LOG, _events(record, since, Program)),
            _table("transfer-fills", told, _FILLS, _fills(record, since)),
            _table("transfer-scores", told, _LOG, _events(record, since, Observe)),
            _table("transfer-issues", told, _LOG, log_rows(record, since, _ISSUES)),
            Section(
                say("transfer-open"),
                fields=tuple(
                    Field(say(f"transfer-{one}"), BLANK) for one in ("orders", "goals", "consent")
                ),
            ),
            Section(
                contact_section(record.contact).heading,
                fields=contact_section(record.contact).fields,
                signatures=(say("sign-sending"), say("sign-receiving")),
            ),
        ),
        footnotes=(
            *footnotes(record),
            say("source-line", what=say("transfer-deadline"), source=lead.provenance()),
        ),
        names_patient=True,
        whose=record.whose(),
    )


def takeover_deadline(record: PaperRecord) -> Instant | None:
    """Return until when a receiving clinic has to have taken over; None where nothing limits.

    The refill that is due, or the time of the table before the low-reservoir alarm: the earlier.
    """
    plan, low = record.status.plan, record.done.outlook.low_reservoir
    lead = FIGURES.get("transfer", "lead", Duration).value
    ends = [] if low is None else [low - lead.base]
    if plan is not None and plan.refill_by is not None:
        ends.append(plan.refill_by)
    return min(ends, default=None)


def _deadline(record: PaperRecord) -> Text:
    deadline = takeover_deadline(record)
    told = when(record, deadline)
    over = deadline is not None and deadline < record.done.end
    return say("transfer-past", date=told) if over else told


def _events(
    record: PaperRecord, since: Instant, kind: type[Event]
) -> tuple[tuple[Text, Text], ...]:
    return tuple(
        (minute(record.clock(one)), event_words(record, one))
        for _, one in record.events(since)
        if isinstance(one, kind)
    )


def _table(
    name: str, span: Text, head: tuple[str, ...], rows: tuple[tuple[Text, ...], ...]
) -> Section:
    heading = say(name, span=span)
    if not rows:
        return Section(heading, paragraphs=(say("none"),))
    return Section(heading, grid=Grid(tuple(say(one) for one in head), rows))


def _fills(record: PaperRecord, since: Instant) -> tuple[tuple[Text, ...], ...]:
    return tuple(
        (
            minute(record.clock(one)),
            Text.same(show(one.volume, "mL")),
            solution(one.mixture),
            say("not-known") if one.aspirated is None else Text.same(show(one.aspirated, "mL")),
        )
        for _, one in record.events(since)
        if isinstance(one, Fill)
    )
