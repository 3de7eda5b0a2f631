"""Calendars for tests: a few patients, a small clinic, and whatever hypothesis makes of them."""

from __future__ import annotations

from datetime import date, time, timedelta

from hypothesis import strategies as st

from thecal.care.appointments.needs import DAY, Need, Needs, shortest_interval
from thecal.care.appointments.opening import Opening

MONDAY = date(2026, 11, 23)


def opening(
    *, starts: int = 2, rooms: int = 1, tours: int = 1, tour_visits: int = 2, window: int = 7
) -> Opening:
    """A clinic that is open from Monday to Friday, with so many slots in the morning."""
    hours = (time(9), time(9 + starts))
    return Opening((*[hours] * 5, None, None), 60, rooms, frozenset(), tours, tour_visits, window)


def need(name: str, latest: int, *, interval: int = 60, **changes: object) -> Need:
    """Somebody whose next visit has its last day so many days after the Monday."""
    last = MONDAY + DAY * latest
    values: dict[str, object] = {
        "id": name,
        "earliest": max(MONDAY, last - DAY * (interval - shortest_interval(interval))),
        "latest": last,
        "interval": interval,
        "shortest": shortest_interval(interval),
        "mixture": "morphine",
        "at_home": False,
        "district": "",
        "blocked": (),
        "risk": 0,
        "booked": None,
        "frozen": False,
        "since": last - DAY * interval,
    }
    return Need(**(values | changes))


def needs(*people: Need, weeks: int = 8, **clinic: int) -> Needs:
    """What a small clinic needs from the Monday on."""
    return Needs(MONDAY, MONDAY + timedelta(weeks=weeks), people, opening(**clinic), {})


@st.composite
def calendars(draw: st.DrawFn) -> Needs:
    """Calendars in which places are scarce, with tours, blocked days and bookings."""
    people = []
    for number in range(draw(st.integers(1, 7))):
        latest = draw(st.integers(0, 16))
        at_home = draw(st.booleans())
        blocked = draw(st.sampled_from([(), ((MONDAY, MONDAY + DAY * 4),)]))
        one = need(
            f"p{number}",
            latest,
            interval=draw(st.sampled_from([10, 21, 60])),
            mixture=draw(st.sampled_from(["morphine", "baclofen"])),
            at_home=at_home,
            district=draw(st.sampled_from(["north", "south"])) if at_home else "",
            blocked=blocked,
            risk=draw(st.integers(0, 9)),
        )
        open_days = [
            one.earliest + DAY * ahead
            for ahead in range((one.latest - one.earliest).days + 1)
            if (one.earliest + DAY * ahead).weekday() < 5
        ]
        if open_days and draw(st.booleans()):
            frozen = draw(st.booleans())
            one = need(
                one.id,
                latest,
                interval=one.interval,
                mixture=one.mixture,
                at_home=one.at_home,
                district=one.district,
                blocked=blocked,
                risk=one.risk,
                booked=draw(st.sampled_from(open_days)),
                frozen=frozen,
            )
        people.append(one)
    return needs(*people, weeks=4, starts=draw(st.integers(1, 2)))
