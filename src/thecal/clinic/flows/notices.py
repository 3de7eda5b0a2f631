"""The clinic's notices about software and devices, folded from its own stream.

Kinds of entries of the clinic
------------------------------
`notice.entered`
    `notice`: as `care.notices` writes it, its id among it.
`notice.withdrawn`
    `notice`: the id; the reason is the entry's.
`notice.confirmed`
    `notice`, `by`: somebody has read it; signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import final

from thecal.care.notices import Notice, UnreadNotice, check_unread, read_notice, write_notice
from thecal.clinic.access.permissions import PERMISSIONS
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Author, Draft, write_to_clinic
from thecal.clinic.models import Clinic, EntryRow, Membership, Stream
from thecal.device import PumpModel, pump_model
from thecal.record.entry import Entry, entry_of
from thecal.safety.catalogue import with_standing
from thecal.safety.finding import Finding
from thecal.therapy.table import Table

ENTERED, WITHDRAWN, CONFIRMED = "notice.entered", "notice.withdrawn", "notice.confirmed"
CONFIRM = "confirm notices"
MEANING = "read and understood"


@final
@dataclass(frozen=True)
class Posted:
    """A notice as it stands in a clinic.

    Attributes
    ----------
    entered
        The entry that put it there.
    read
        Login name to when, of who confirmed it.
    withdrawn
        The entry that took it away; None while it holds.
    """

    notice: Notice
    entered: Entry
    read: Mapping[str, datetime] = field(default_factory=dict)
    withdrawn: Entry | None = None


def posted(clinic: Clinic) -> tuple[Posted, ...]:
    """Return every notice of a clinic, the newest first."""
    rows = EntryRow.objects.filter(
        stream__clinic=clinic,
        stream__kind=Stream.Kind.CLINIC,
        kind__in=(ENTERED, WITHDRAWN, CONFIRMED),
    )
    found: dict[str, Posted] = {}
    for text in rows.order_by("seq").values_list("text", flat=True):
        entry = entry_of(text)
        if entry.kind == ENTERED:
            notice = read_notice(Table(entry.body["notice"], f"entry {entry.seq} of the clinic"))
            found[notice.id] = Posted(notice, entry)
            continue
        one = found[str(entry.body["notice"])]
        if entry.kind == WITHDRAWN:
            found[one.notice.id] = replace(one, withdrawn=entry)
        else:
            read = {**one.read, str(entry.body["by"]): entry.written}
            found[one.notice.id] = replace(one, read=read)
    return tuple(sorted(found.values(), key=lambda one: one.notice.day, reverse=True))


def standing(clinic: Clinic) -> tuple[Posted, ...]:
    """Return the notices that were not withdrawn, the newest first."""
    return tuple(one for one in posted(clinic) if one.withdrawn is None)


def unread(clinic: Clinic, model: PumpModel, people: Iterable[str]) -> tuple[UnreadNotice, ...]:
    """Return the notices about a pump that somebody at work has not confirmed to have read.

    Parameters
    ----------
    people
        Login names of those at work.
    """
    at_work = sorted(people)
    missing = (
        (one.notice, tuple(name for name in at_work if name not in one.read))
        for one in standing(clinic)
        if one.notice.touches(model)
    )
    return tuple(UnreadNotice(notice, names) for notice, names in missing if names)


def unread_findings(clinic: Clinic, chart: Chart, member: Membership) -> tuple[Finding, ...]:
    """Return what K21 says to somebody who works at the pump of a chart."""
    if chart.therapy is None:
        return ()
    model = pump_model(chart.therapy.pump.model)
    found = check_unread(unread(clinic, model, (member.user.username,)))
    return tuple(replace(one, source=with_standing(one.check, one.source)) for one in found)


def readers(clinic: Clinic) -> tuple[Membership, ...]:
    """Return the people who confirm notices here."""
    found = Membership.objects.filter(clinic=clinic, active=True, role__in=PERMISSIONS[CONFIRM])
    return tuple(found.select_related("user").order_by("user__name"))


def enter(clinic: Clinic, author: Author, notice: Notice) -> None:
    """Put a notice up for everybody to read."""
    write_to_clinic(clinic, author, (Draft(ENTERED, {"notice": write_notice(notice)}),))


def withdraw(clinic: Clinic, author: Author, notice: Notice, reason: str) -> None:
    """Take a notice away, with a reason; that it stood there stays in the log."""
    write_to_clinic(clinic, author, (Draft(WITHDRAWN, {"notice": notice.id}, reason),))


def confirm(member: Membership, author: Author, notice: Notice) -> None:
    """Sign that a notice was read; who signs has proved before who they are."""
    stream = Stream.objects.get(kind=Stream.Kind.CLINIC, clinic=member.clinic)
    body = {"notice": notice.id, "by": member.user.username}
    read = Draft(CONFIRMED, body)
    signed = signature_draft(stream, member, MEANING, [read])
    write_to_clinic(member.clinic, author, (read, signed))
