"""The register of the clinic: complications counted, devices over time, outcomes, doses by age.

Everything is folded from the streams of the patients when it is asked for; nothing is stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from thecal.care.advice import Listing
from thecal.care.complications.person_time import Beside
from thecal.care.complications.register import complications
from thecal.care.complications.rules import (
    CATHETER,
    PUMP,
    failures,
    few,
    published_survival,
)
from thecal.care.complications.tally import Line, Tally, Wanted, tally
from thecal.care.escalation.by_age import by_age, month_by_month
from thecal.care.outcomes.four_figures import figures_listing, four_figures, opioid_change
from thecal.care.outcomes.over_time import over_time
from thecal.care.outcomes.wilson import confidence_shown
from thecal.care.survival.curve import Curve, survival
from thecal.care.survival.life import DeviceLife, End
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, page
from thecal.clinic.cohort.summary import Summary, summaries
from thecal.clinic.models import Projection
from thecal.clinic.pages.charts import drawn
from thecal.clinic.web.choices import complication_choices, drug_choices, pump_choices
from thecal.clinic.web.flow import table, zone_of
from thecal.clinic.web.sheet import Sheet, SheetField
from thecal.device import catheter_models, pump_model, pump_models
from thecal.report.figure_survival import draw_survival
from thecal.units import show_number, show_percent

_NAMES = {PUMP: "pumps", CATHETER: "catheters"}
_ENDS = {
    End.FAILURE: "failed",
    End.REMOVED: "taken out without a failure (competes)",
    End.DEATH: "the patient died (competes)",
    End.TRANSFERRED: "transferred to another clinic (censored)",
    End.CEASED: "therapy ended, device in place (censored)",
    End.RUNNING: "still running (censored)",
}
_PER = {
    "pump-year": "pump-years",
    "patient-year": "patient-years",
    "patient": "patients",
    "refill": "refills",
    "procedure": "operations",
}
_SHOWN, _DIGITS = 200, 3


@page("read patients")
def register(request: ClinicRequest) -> HttpResponse:
    """Count the complications, and list them."""
    people = summaries(request.clinic)
    sheet, wanted = _wanted(request, people)
    status = 422 if sheet.errors else 200
    counted = tally([one.observed for one in people], wanted)
    told = {
        "sheet": sheet,
        "wanted": wanted,
        "over": _over(counted),
        "rates": _rates(counted),
        "published": _published(counted),
        "rows": list(_rows(request, people, wanted))[:_SHOWN],
        "shown": _SHOWN,
        "events": sum(one.events for one in counted.lines),
        "unreadable": sum(one.noted.unreadable for one in people),
        "few": few("events"),
        "confidence": confidence_shown(),
    }
    return render(request, "clinic/clinic_register.html", told, status=status)


@page("read patients")
def devices(request: ClinicRequest) -> HttpResponse:
    """Show how long pumps and catheters hold."""
    lives = [life for one in summaries(request.clinic) for life in one.lives]
    sheet = _models(request, lives)
    parts = []
    for device in (PUMP, CATHETER):
        wished = sheet.typed[device]
        curve = survival(
            [one for one in lives if one.device == device and wished in ("", one.model)]
        )
        parts.append(
            {
                "device": _NAMES[device],
                "curve": curve,
                "figure": _figure(device, curve),
                "ends": _ends(device, curve),
                "few": curve.ends[End.FAILURE] < few("events"),
                "failures": [complications()[one].name.en for one in failures(device)],
                "published": published_survival(device),
            }
        )
    return render(
        request,
        "clinic/device_survival.html",
        {"parts": parts, "sheet": sheet, "least": few("events")},
        status=422 if sheet.errors else 200,
    )


@page("read patients")
def outcomes(request: ClinicRequest) -> HttpResponse:
    """Show the four figures, outcomes over time, and how doses rose by age."""
    people = summaries(request.clinic)
    cohort = [one.for_figures for one in people if one.began is not None]
    four = four_figures(cohort)
    less = opioid_change(cohort)
    courses = [course for one in people for course in one.dose_courses]
    told = {
        "four": four,
        "tables": [
            _table(figures_listing(four)),
            _table(over_time(one.visits for one in people)),
            _table(by_age(courses)),
            _table(month_by_month(courses)),
        ],
        "less": None if less is None else (show_percent(less[0], signed=False), less[1]),
        "people": len(cohort),
        "few": few("events"),
    }
    return render(request, "clinic/clinic_outcomes.html", told)


# -- what is asked for ---------------------------------------------------------------------------


def _wanted(request: ClinicRequest, people: Sequence[Summary]) -> tuple[Sheet, Wanted]:
    """Return the filter as it stands in the address, and what it means."""
    today = clock.now().astimezone(zone_of(request)).date()
    began = [day for one in people for day in _days(one)]
    first = min(began, default=today)
    fields = (
        SheetField("kind", "Kind", "choice", choices=complication_choices(), required=False),
        SheetField("first", "From", "date", required=False),
        SheetField("last", "To", "date", required=False),
        SheetField(
            "pump",
            "Pump then",
            "choice",
            choices=pump_choices(),
            required=False,
        ),
        SheetField(
            "drug",
            "Drug in it then",
            "choice",
            choices=drug_choices(),
            required=False,
        ),
    )
    sheet = Sheet(fields, {one.name: request.GET.get(one.name, "").strip() for one in fields})
    _listed_only(sheet)
    days = {"first": first, "last": today}
    for name in days:
        days[name] = _day(sheet, name, days[name])
    if days["last"] < days["first"]:
        sheet.refuse("last", "To: it ends before it begins; the whole time is counted")
        days = {"first": first, "last": today}
    typed = sheet.typed
    wanted = Wanted(
        days["first"], days["last"], kind=typed["kind"], pump=typed["pump"], drug=typed["drug"]
    )
    return sheet, wanted


def _models(request: ClinicRequest, lives: Sequence[DeviceLife]) -> Sheet:
    """Return which models are asked for: of those that are followed here."""
    names = {
        PUMP: {one.id: one.name for one in pump_models()},
        CATHETER: {one.id: one.name for one in catheter_models()},
    }
    fields = []
    for device, known in names.items():
        followed = sorted({one.model for one in lives if one.device == device})
        models = tuple((one, known[one]) for one in followed)
        label = f"Model of the {device}"
        fields.append(SheetField(device, label, "choice", choices=models, required=False))
    sheet = Sheet(fields, {one.name: request.GET.get(one.name, "").strip() for one in fields})
    _listed_only(sheet)
    return sheet


def _listed_only(sheet: Sheet) -> None:
    """Mark a choice that is in no list, and count without it."""
    for one in sheet.fields:
        if one.kind == "choice" and sheet.typed[one.name] not in ("", *dict(one.choices)):
            sheet.refuse(one.name, f"{one.label}: choose one of the list")
            sheet.typed[one.name] = ""


def _days(one: Summary) -> Iterator[date]:
    yield from (each.began for each in one.recorded)
    if one.began is not None:
        yield one.began


def _day(sheet: Sheet, name: str, otherwise: date) -> date:
    text = sheet.typed[name]
    if not text:
        return otherwise
    try:
        return date.fromisoformat(text)
    except ValueError:
        sheet.refuse(name, "this is no date; the whole time is counted")
        return otherwise


# -- what is shown -------------------------------------------------------------------------------


def _over(counted: Tally) -> list[tuple[str, str]]:
    words = {
        "pump-year": "years with an implanted pump (patient-years, pump-years)",
        "patient": "patients with a pump in that time",
        "refill": "refills through the skin",
        "procedure": "operations on pump or catheter",
    }
    return [(said, show_number(counted.over[per])) for per, said in words.items()]


def _rates(counted: Tally) -> dict[str, Any]:
    rows = [
        (
            line.complication.name.en,
            _events(line),
            str(line.people),
            str(line.open),
            *_rate(line),
        )
        for line in counted.lines
    ]
    head = (
        "Complication",
        "Events",
        "Patients",
        "Open",
        "A year",
        f"{confidence_shown()} interval",
    )
    return table("Events for each year with an implanted pump; exact Poisson intervals", head, rows)


def _events(line: Line) -> str:
    few_ones = " (few)" if line.rate is None or line.rate.small else ""
    before = f"; {line.before} before the pump was observed here, in no rate" if line.before else ""
    return f"{line.events}{few_ones}{before}"


def _rate(line: Line) -> tuple[str, str]:
    if line.rate is None:
        return "no year of observation", "none"
    rate = line.rate
    value, low, high = (
        show_number(one, digits=_DIGITS) for one in (rate.value, rate.low, rate.high)
    )
    return value, f"{low} to {high}"


def _published(counted: Tally) -> dict[str, Any]:
    rows = [
        (line.complication.name.en, *_beside(line, one))
        for line in counted.lines
        for one in line.beside
    ]
    head = ("Complication", "Here", "Published", "Lets expect here", "How the definitions stand")
    return table("Beside what was published", head, rows)


def _beside(line: Line, one: Beside) -> tuple[str, ...]:
    rate = one.rate
    value = show_percent(rate.value, signed=False)
    note = f"; {rate.fact.note}" if rate.fact.note else ""
    expected = one.expected
    if expected is None or expected.observed is None:
        here, lets = f"{line.events - line.before} events", "cannot be put beside it"
    else:
        here = f"{expected.observed} over {show_number(expected.number)} {_PER[rate.per]}"
        lets = (
            f"{show_number(expected.expected, digits=2)} ({expected.least} to {expected.most});"
            f" here {expected.place.value}"
        )
    published = f"{value}: {rate.shown}{note}; {rate.fact.provenance()}"
    return here, published, lets, one.differs or "not known"


def _rows(
    request: ClinicRequest, people: Sequence[Summary], wanted: Wanted
) -> Iterator[dict[str, Any]]:
    """Yield the complications asked for, the newest first, each with whose it is."""
    names = {
        row.patient_id: json.loads(row.content)
        for row in Projection.objects.filter(clinic=request.clinic)
    }
    found = [
        (one, person)
        for person in people
        for one in person.recorded
        if wanted.takes(one, person.exposure)
    ]
    for one, person in sorted(found, key=lambda pair: pair[0].began, reverse=True):
        segment = person.exposure.on(one.began)
        yield {
            "one": one,
            "patient": person.patient,
            "who": names[person.patient],
            "pump": "none" if segment is None else pump_model(segment.pump).name,
            "drugs": "" if segment is None else ", ".join(sorted(segment.drugs)),
        }


def _figure(device: str, curve: Curve) -> Mapping[str, Any] | None:
    if not curve.number:
        return None
    failed = ", ".join(complications()[one].name.en for one in failures(device))
    caption = (
        f"{_NAMES[device].capitalize()} seen from their implantation: {curve.number}. Failed:"
        f" {failed}. A curve that fewer than {few('at-risk')} are followed along is a sketch."
    )
    return drawn(draw_survival(f"survival-{device}", _NAMES[device], curve, caption))


def _ends(device: str, curve: Curve) -> dict[str, Any]:
    rows = [(said, str(curve.ends[end])) for end, said in _ENDS.items()]
    return table(f"How the observation of {_NAMES[device]} ended", ("End", "Devices"), rows)


def _table(listing: Listing) -> dict[str, Any]:
    return table(
        listing.title, listing.columns, [[str(cell) for cell in row] for row in listing.rows]
    )


urlpatterns = [
    path("", register, name="clinic register"),
    path("devices/", devices, name="device survival"),
    path("outcomes/", outcomes, name="clinic outcomes"),
]
