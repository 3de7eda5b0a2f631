"""The clinic's calendar: the next months, one week, and what the clinic offers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods

from thecal.care.appointments.capacity import capacity
from thecal.care.appointments.figures import TABLE, number
from thecal.care.appointments.opening import WEEK, Opening, read_opening, rule_window
from thecal.care.appointments.risk import total
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, page
from thecal.clinic.appointments.listed import HOME, Listed, listed, monday_of, on_day
from thecal.clinic.appointments.pictures import DayPlaces, Week, draw_week, draw_weeks
from thecal.clinic.appointments.settings_log import change_opening, opening_for
from thecal.clinic.web.flow import table, zone_of
from thecal.clinic.web.sheet import Sheet, SheetField
from thecal.data import Fact, FactValue
from thecal.errors import EntryError
from thecal.units import Duration, show, show_date, show_number

_DAY, _A_WEEK = timedelta(days=1), timedelta(weeks=1)
_YEARS = range(2000, 2200)
_FIELDS = (
    *(
        SheetField(name, name.capitalize(), required=False, hint="as 09:00-16:00; empty: closed")
        for name in WEEK
    ),
    SheetField("slot", "Length of an appointment, in minutes", "count"),
    SheetField("rooms", "Appointments at the same time", "count"),
    SheetField("tours", "Home-visit tours on one day", "count"),
    SheetField("tour_visits", "Home visits of one tour", "count"),
    SheetField(
        "window",
        "Days before the low-reservoir alarm within which no visit is planned",
        "count",
        hint=f"at least {rule_window()}: so many days the refill-by of every page leaves",
    ),
    SheetField(
        "country",
        "Law on the delivery of controlled drugs",
        "choice",
        choices=(("us", "United States"), ("other", "another country: ask the local law")),
        required=False,
    ),
    SheetField(
        "closed",
        "Closed days",
        "long",
        required=False,
        hint="one day or span on a line, as 2026-12-24 to 2027-01-01",
    ),
    SheetField("reason", "Why it is changed", hint="written into the clinic's log"),
)


@page("read patients")
def months(request: ClinicRequest) -> HttpResponse:
    """Show the next months, week by week."""
    people, opening = listed(request.clinic), opening_for(request.clinic)
    now = clock.now().astimezone(zone_of(request))
    monday = monday_of(now.date())
    count = int(number("plan", "weeks"))
    late = [one for one in people if not booked_in_time(one, now)]
    weeks = [_week(people, late, opening, monday + _A_WEEK * ahead) for ahead in range(count)]
    here = [one.interval for one in people if one.interval is not None and not one.at_home]
    found = capacity(here, opening)
    rows = sorted(
        ((one.refill_by, -total(one.risk(now)), one.name, one) for one in late if one.refill_by),
        key=lambda row: row[:3],
    )
    content = {
        "weeks": weeks,
        "picture": draw_weeks(weeks),
        "this_week": monday.isocalendar()[:2],
        "needed": show_number(found.needed, digits=2),
        "held": show_number(found.held, digits=3),
        "suffices": found.suffices,
        "source": found.source,
        "counted": len(here),
        "unbooked": [{"one": one, "risk": -points} for _, points, _, one in rows],
    }
    return render(request, "clinic/calendar.html", content)


@page("read patients")
def this_week(request: ClinicRequest) -> HttpResponse:
    """Lead to the week of today."""
    year, number, _ = clock.now().astimezone(zone_of(request)).isocalendar()
    return redirect("calendar week", year, number)


@page("read patients")
def week(request: ClinicRequest, year: int, number: int) -> HttpResponse:
    """Show one week, day by day."""
    if year not in _YEARS:
        raise Http404("no calendar has this week")
    try:
        monday = date.fromisocalendar(year, number, 1)
    except ValueError:
        raise Http404("no year has this week") from None
    people, opening = listed(request.clinic), opening_for(request.clinic)
    days = [_day(people, opening, monday + _DAY * ahead) for ahead in range(len(WEEK))]
    pictured = [
        DayPlaces(
            f"{one['day']:%a %d %b}",
            opening.starts(one["day"]),
            opening.rooms,
            _taken(one["visits"], opening.starts(one["day"]), opening.rooms),
        )
        for one in days
    ]
    content = {
        "monday": monday,
        "before": (monday - _A_WEEK).isocalendar()[:2],
        "after": (monday + _A_WEEK).isocalendar()[:2],
        "days": days,
        "picture": draw_week(pictured),
    }
    return render(request, "clinic/calendar_week.html", content)


@require_http_methods(["GET", "POST"])
@page("set the calendar")
def opening(request: ClinicRequest) -> HttpResponse:
    """Show and change what the clinic offers."""
    sheet = Sheet.of(_FIELDS, request)
    if request.method == "POST" and not sheet.missing():
        try:
            found = read_opening({name: str(text) for name, text in sheet.typed.items()})
        except EntryError as error:
            words = "; ".join(one for one in (error.what, error.why, error.remedy) if one)
            sheet.refuse(error.place or "reason", words)
        else:
            change_opening(request.clinic, request.author, found, sheet.typed["reason"])
            messages.success(request, "The calendar of the clinic is changed.")
            _tell_displaced(request, found)
            return redirect("calendar settings")
    elif request.method == "GET":
        sheet.typed = _typed(opening_for(request.clinic))
    content = {"sheet": sheet, "conflict": _conflict()}
    status = 422 if sheet.errors else 200
    return render(request, "clinic/calendar_settings.html", content, status=status)


def _tell_displaced(request: ClinicRequest, opening: Opening) -> None:
    """Say who is booked ahead on a day that is closed by now: nobody else would."""
    today = clock.now().astimezone(zone_of(request)).date()
    booked = [
        (one.booked, one.name)
        for one in listed(request.clinic)
        if one.booked is not None and one.booked >= today and one.place != HOME
    ]
    closed = sorted((day, name) for day, name in booked if not opening.is_open(day))
    if closed:
        who = "; ".join(f"{show_date(day)}: {name}" for day, name in closed)
        messages.warning(request, f"Booked on days that are closed now, to be moved: {who}.")


def booked_in_time(one: Listed, now: datetime) -> bool:
    """Return whether somebody is booked before refill-by, from today on."""
    if one.refill_by is None:
        return True
    if one.booked is None or one.booked < now.date():
        return False
    return one.at <= one.refill_by if one.at else one.booked <= one.refill_by.date()


def _week(people: Sequence[Listed], late: Sequence[Listed], opening: Opening, at: date) -> Week:
    days = [at + _DAY * ahead for ahead in range(len(WEEK))]
    booked = [one for one in people if one.booked in days]
    home = sum(one.place == HOME for one in booked)
    return Week(
        monday=at,
        places=sum(opening.capacity(day) for day in days),
        booked=len(booked) - home,
        home=home,
        unbooked=sum(one.refill_by is not None and one.refill_by.date() in days for one in late),
    )


def _day(people: Sequence[Listed], opening: Opening, at: date) -> dict[str, Any]:
    visits = on_day(people, at)
    here = sum(one.place != HOME for one in visits)
    return {
        "day": at,
        "name": WEEK[at.weekday()].capitalize(),
        "open": opening.is_open(at),
        "places": opening.capacity(at),
        "free": max(opening.capacity(at) - here, 0),
        "visits": visits,
    }


def _taken(visits: Sequence[Listed], starts: Sequence[time], rooms: int) -> tuple[time, ...]:
    """Return the times that are taken; a visit without a time takes the last that is free."""
    here = [one for one in visits if one.place != HOME]
    taken = [one.at.time() for one in here if one.at is not None and one.at.time() in starts]
    for _ in range(len(here) - len(taken)):
        free = [one for one in starts if taken.count(one) < rooms]
        if free:
            taken.append(free[-1])
    return tuple(taken)


def _typed(found: Opening) -> dict[str, Any]:
    told = found.to_json()
    hours = {name: "" if told["hours"][name] == "closed" else told["hours"][name] for name in WEEK}
    counts = {name: str(told[name]) for name in ("slot", "rooms", "tours", "tour_visits", "window")}
    return {**hours, **counts, "country": found.country, "closed": "\n".join(told["closed"])}


def _conflict() -> dict[str, Any]:
    """Return what the sources say of the window before the alarm, which do not agree."""
    lows, highs = (TABLE.every("window", one) for one in ("low", "high"))

    def told(one: Fact[FactValue]) -> str:
        return show(one.of_kind(Duration).value, "d")

    rows = [
        (
            f"{told(low)} to {told(high)}",
            low.note,
            low.provenance(),
        )
        for low, high in zip(lows, highs, strict=True)
    ]
    caption = "How long before the alarm a refill is wanted: two pages of one hospital disagree"
    return table(caption, ("Days", "Who says so", "Source"), rows)


urlpatterns = [
    path("", months, name="calendar"),
    path("week/", this_week, name="this week of the calendar"),
    path("week/<int:year>/<int:number>/", week, name="calendar week"),
    path("opening/", opening, name="calendar settings"),
]
