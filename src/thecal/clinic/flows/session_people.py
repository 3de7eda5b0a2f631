"""Who was at the last session of a patient: who did it, who checked, who went on alone."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from thecal.care.papers.record import PaperRecord
from thecal.care.papers.session import SessionPeople
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.models import Clinic, Membership
from thecal.record.entry import Entry
from thecal.record.fold import EVENT
from thecal.record.second_person import AGREES, EXCEPTION, GIVEN

STEP = "visit.step"
_NOT_DONE_TO_A_PUMP = ("note", "observe", "press")


def session_people(chart: Chart, clinic: Clinic, record: PaperRecord) -> SessionPeople | None:
    """Return the people of the day of the last session; None where there was no session."""
    if record.visit is None:
        return None
    on = record.therapy.moment(record.visit.start).date()
    zone = ZoneInfo(clinic.timezone)
    that_day = [one for one in chart.entries if _day(one, zone) == on]
    names = {
        one.user.username: one.user.name or one.user.username
        for one in Membership.objects.select_related("user").filter(clinic=clinic)
    }

    def named(entries: list[Entry]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(names.get(one.actor, one.actor) for one in entries))

    checked = [
        one
        for one in that_day
        if one.kind == GIVEN and one.body["outcome"] == AGREES and "supervises" not in one.body
    ]
    alone = [one for one in that_day if one.kind == EXCEPTION]
    return SessionPeople(
        operators=named([one for one in that_day if _does(one)]),
        checkers=named(checked),
        alone=tuple((names.get(one.actor, one.actor), one.reason) for one in alone),
    )


def _does(entry: Entry) -> bool:
    if entry.kind == EVENT:
        return entry.body["type"] not in _NOT_DONE_TO_A_PUMP
    return entry.kind == STEP


def _day(entry: Entry, zone: ZoneInfo) -> date:
    if entry.kind == EVENT and entry.pump_time:
        return datetime.fromisoformat(entry.pump_time).date()
    return entry.written.astimezone(zone).date()
