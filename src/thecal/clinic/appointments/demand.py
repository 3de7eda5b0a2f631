"""From the patients of a clinic to what a plan needs: who has to come when, and who cannot be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from thecal.care.appointments.figures import days, number
from thecal.care.appointments.needs import DAY, Need, Needs, shortest_interval
from thecal.care.appointments.opening import Opening
from thecal.care.appointments.risk import total
from thecal.clinic.appointments.listed import Listed
from thecal.clinic.web.days import full_day

Unplanned = tuple[Listed, str]


def needs_of(
    people: Sequence[Listed], opening: Opening, now: datetime
) -> tuple[Needs, tuple[Unplanned, ...]]:
    """Return what a plan from tomorrow on needs, and who is not in it with why.

    Parameters
    ----------
    now
        On the clinic's clock.
    """
    start = now.date() + DAY
    end = start + timedelta(weeks=int(number("plan", "weeks")))
    planned, left_out = [], []
    for one in people:
        why = _not_planned(one, opening, start)
        if why:
            left_out.append((one, why))
        else:
            planned.append(_need(one, opening, now, start))
    within = {one.id for one in planned}
    taken = Counter(
        one.booked
        for one in people
        if one.booked is not None and one.patient not in within and not one.at_home
    )
    needs = Needs(start, end, tuple(planned), opening, {day: taken[day] for day in sorted(taken)})
    return needs, tuple(left_out)


def last_day(one: Listed, opening: Opening) -> date | None:
    """Return the last day on which every slot lies before refill-by and the clinic's window."""
    if one.refill_by is None:
        return None
    bound = one.refill_by
    if one.alarm is not None:
        bound = min(bound, one.alarm - DAY * opening.window)
    starts = opening.starts(bound.date())
    whole = not starts or starts[-1] <= bound.time()
    return bound.date() if whole and not one.at_home else bound.date() - DAY


def _not_planned(one: Listed, opening: Opening, start: date) -> str:
    """Return why somebody is not in the plan; empty where nothing keeps them out of it."""
    latest = last_day(one, opening)
    if one.visit_open:
        return "a refill visit is open"
    if latest is None or one.interval is None or one.refill_by is None:
        return "no date to refill by is known"
    if one.booked == start - DAY:
        return "comes today"
    if latest >= start or _stands(one, start):
        return ""
    if one.refill_by.date() >= start:
        return f"no whole day is left before refill-by, {full_day(one.refill_by)}: book by hand"
    return f"refill-by was {full_day(one.refill_by)}: see the patient today"


def _stands(one: Listed, start: date) -> bool:
    """Whether an appointment lies ahead and before refill-by."""
    if one.booked is None or one.refill_by is None or one.booked < start:
        return False
    return one.at <= one.refill_by if one.at is not None else one.booked < one.refill_by.date()


def _need(one: Listed, opening: Opening, now: datetime, start: date) -> Need:
    latest, filled = last_day(one, opening), one.last_fill
    assert latest is not None
    assert filled is not None
    interval = max((latest - filled.date()).days, 1)
    shortest = shortest_interval(interval)
    booked = one.booked if _stands(one, start) else None
    if booked is not None:
        latest = max(latest, booked)
    earliest = min(max(start, filled.date() + DAY * shortest), latest)
    return Need(
        id=one.patient,
        earliest=earliest if booked is None else min(earliest, booked),
        latest=latest,
        interval=interval,
        shortest=shortest,
        mixture=one.solution,
        at_home=one.at_home,
        district=one.district,
        blocked=one.blocked,
        risk=total(one.risk(now)),
        booked=booked,
        frozen=booked is not None and booked < start + DAY * days("plan", "frozen"),
        since=filled.date(),
    )
