"""What is due around a refill: the dates of the reservoir, the visit, the order, the solution."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from thecal.care.due.contacts import CONTACT, call_due
from thecal.care.due.item import Due, day_item, due_item
from thecal.care.due.knowledge import Knowledge
from thecal.care.due.urgency import TABLE
from thecal.care.due.working_days import lead_days, order_by
from thecal.care.refill_interval.interval import PLAUSIBLE, plausible
from thecal.care.spans import span
from thecal.units import Duration, show, show_date, show_time

REFILL, EMPTY, ALARM_DATE = "refill", "empty", "alarm-date"
_BACLOFEN, _ANY = "baclofen", "any"


def refill_items(known: Knowledge, now: datetime) -> Iterator[Due | None]:
    """Yield what the reservoir, the next visit and the next solution make due."""
    yield from _reservoir(known, now)
    yield from _visit(known, now)
    yield _call(known, now)
    yield _interval(known, now)
    yield from _solution(known, now)


def escalation(refill_by: datetime, now: datetime) -> Duration | None:
    """Return which call before the refill date is due: the last that has come; None: none yet."""
    steps = [one.of_kind(Duration).value for one in TABLE.every(REFILL, "escalation")]
    come = [one for one in steps if refill_by - now <= span(one)]
    return min(come, default=None)


def order_day(known: Knowledge) -> date | None:
    """Return the day by which the next solution has to be ordered; None: no order is needed."""
    needed = solution_needed(known)
    if not known.order_needed or needed is None:
        return None
    return order_by(needed, _lead(known), known.holidays)


def solution_needed(known: Knowledge) -> date | None:
    """Return when the next solution has to be there; None: no refill is reckoned.

    At the visit that is planned, if it comes first.
    """
    if known.refill_by is None:
        return None
    by, visit = known.refill_by.date(), known.next_visit
    is_next = visit is not None and (known.last_fill is None or known.last_fill.date() < visit)
    return min(by, visit) if visit is not None and is_next else by


def _lead(known: Knowledge) -> int:
    return lead_days() if known.order_lead is None else known.order_lead


def _reservoir(known: Knowledge, now: datetime) -> Iterator[Due | None]:
    by = known.refill_by
    if by is not None:
        why = f" ({known.refill_reason} decides)" if known.refill_reason else ""
        what = f"refill by {show_date(by)}{why}{_dates(known)}"
        yield due_item(REFILL, by, now, what, check="K12", escalation=escalation(by, now))
    alarms = [one for one in (known.low_reservoir_all_boluses, known.low_reservoir) if one]
    if alarms and (by is None or min(alarms) <= now):
        first = min(alarms)
        what = f"low-reservoir alarm {show_date(first)}{_dates(known)}"
        yield due_item(ALARM_DATE, first, now, what, check="K12")
    if known.empty is not None:
        verb = "has been empty since" if known.empty <= now else "runs empty on"
        what = (
            f"the reservoir {verb} {show_time(known.empty)}: refill, and restart by the rule of the"
            " drug"
        )
        yield due_item(EMPTY, known.empty, now, what, check="K12")


def _dates(known: Knowledge) -> str:
    dates = (
        ("alarm with every bolus", known.low_reservoir_all_boluses),
        ("alarm without boluses", known.low_reservoir),
        ("empty", known.empty),
    )
    told = [f"{name} {show_date(day)}" for name, day in dates if day is not None]
    return f"; {', '.join(told)}" if told else ""


def _visit(known: Knowledge, now: datetime) -> Iterator[Due | None]:
    visit, by, fill = known.next_visit, known.refill_by, known.last_fill
    missed = visit is not None and visit < now.date()
    if visit is not None and missed and (fill is None or fill.date() < visit):
        what = f"the visit of {show_date(visit)} is over and nothing was filled: call"
        yield day_item("missed-visit", visit, now, what, check="K12")
    elif by is None:
        return
    elif visit is None or missed:
        what = f"no visit is planned; refill by {show_date(by)}"
        yield due_item("no-visit", by, now, what, check="K12")
    elif visit > by.date() or (known.visit_at is not None and known.visit_at > by):
        until = show_date(by) if visit > by.date() else show_time(by)
        what = f"the visit of {show_date(visit)} is after refill-by, {until}: move it"
        yield due_item("late-visit", by, now, what, check="K12")
    elif visit == by.date() and known.visit_at is None:
        what = (
            f"the visit of {show_date(visit)} has no time, and refill-by is {show_time(by)}: name a"
            " time before it, or move it"
        )
        yield due_item("late-visit", by, now, what, check="K12")


def _call(known: Knowledge, now: datetime) -> Due | None:
    call, by = call_due(known, now), known.refill_by
    if call is None or by is None:
        return None
    tried = "" if not call.tries else f"; tried {call.tries} time{'' if call.tries == 1 else 's'}"
    what = f"{call.who}: {call.do}{tried} (no visit stands before refill-by, {show_date(by)})"
    return due_item(CONTACT, by, now, what, check="K12")


def _interval(known: Knowledge, now: datetime) -> Due | None:
    until = known.next_visit or (None if known.refill_by is None else known.refill_by.date())
    if known.last_fill is None or until is None:
        return None
    days = Duration.of((until - known.last_fill.date()).days, "d")
    drug = _BACLOFEN if _BACLOFEN in known.drugs else _ANY
    verdict, low, high = plausible(drug, days)
    if verdict == PLAUSIBLE or days < Duration.zero():
        return None
    what = (
        f"{show(days, 'd')} from fill to refill, {verdict.replace('-', ' ')}:"
        f" {show(low.value, 'd')} to {show(high.value, 'd')} are told; check strength and dose"
    )
    return day_item("interval", until, now, what)


def _solution(known: Knowledge, now: datetime) -> Iterator[Due | None]:
    if known.refill_by is None:
        return
    last, needed = known.refill_by.date(), solution_needed(known)
    day = order_day(known)
    if day is not None and needed is not None:
        what = (
            f"order the solution by {show_date(day)}: {_lead(known)} working days before the"
            f" refill on {show_date(needed)}"
        )
        yield day_item("order", day, now, what)
    elif known.order_arrives is not None and known.order_arrives > last:
        what = (
            f"the solution arrives on {show_date(known.order_arrives)}, after refill-by"
            f" {show_date(last)}: hurry it, or find another source"
        )
        yield due_item("late-order", known.refill_by, now, what, check="K12")
