"""Symptoms of a record, and the hours before one as a page shows them: a model, no measurement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, final

from thecal.care.look_back import LookBack, explain, look_back, window_span
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.entry_words import body_words, sort_of, sort_words
from thecal.clinic.models import SealedText
from thecal.errors import ThecalError
from thecal.pharmacy import both_units
from thecal.program.clock import Instant
from thecal.program.line import Parcel
from thecal.record.entry import Entry
from thecal.record.fold import EVENT, Effective, effective
from thecal.report.events_table import event_words
from thecal.report.figure_look_back import draw_look_back
from thecal.report.words import ACTIVITIES, PURPOSES, day_rate, duration, solution, when
from thecal.therapy.bedside import finding_kinds
from thecal.therapy.events import Therapy
from thecal.units import Duration, Volume, show, show_number, show_percent

DIARY = "diary."
"""How the kinds of entries begin that a patient's diary writes."""
_EVENTS = ("note", "observe")
_KINDS = ("trouble.opened", "emergency.recorded")
_STEP, _COMPLAINTS = "visit.step", "complaints"
_SAID_AT = ("when", "at", "time")
"""Under which name an entry says when it was, where that is not when it was written."""


@final
@dataclass(frozen=True, slots=True)
class Symptom:
    """An entry from which one can look back."""

    entry: Entry
    at: datetime
    title: str
    said: tuple[str, ...]


def is_symptom(kind: str, body: Mapping[str, Any]) -> bool:
    """Return whether somebody says in an entry how the patient is."""
    if kind == EVENT:
        return body.get("type") in _EVENTS
    if kind == _STEP:
        return body.get("step") == _COMPLAINTS
    return kind in _KINDS or kind.startswith(DIARY)


def symptoms(chart: Chart) -> tuple[Symptom, ...]:
    """Return what can be looked back from, the latest first.

    What was withdrawn, and what a later entry of the diary replaces, is left out.
    """
    standing = [one for one in effective(chart.entries) if one.body is not None]
    replaced = {
        int(body["replaces"])
        for one in standing
        if one.entry.kind.startswith(DIARY) and (body := one.body or {}).get("replaces")
    }
    texts = SealedText.objects.filter(stream=chart.stream)
    personal = dict(texts.values_list("hash", "text"))
    found = [
        _symptom(one, personal)
        for one in standing
        if one.entry.seq not in replaced and is_symptom(one.entry.kind, one.body or {})
    ]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def symptom_of(chart: Chart, seq: int) -> Symptom | None:
    """Return one of the symptoms by the number of its entry; None where it is none."""
    return next((one for one in symptoms(chart) if one.entry.seq == seq), None)


def _symptom(one: Effective, personal: Mapping[str, str]) -> Symptom:
    body, entry = one.body or {}, one.entry
    title = sort_words(sort_of(entry.kind, body))
    return Symptom(entry, _moment(entry, body), title, body_words(entry.kind, body, personal))


def _moment(entry: Entry, body: Mapping[str, Any]) -> datetime:
    if entry.kind == EVENT:
        return datetime.fromisoformat(str(body.get("time") or entry.pump_time))
    for name in _SAID_AT:
        try:
            said = datetime.fromisoformat(str(body[name]))
        except (KeyError, ValueError):
            continue
        if said.tzinfo is not None:
            return said
    return entry.written


def page_of(chart: Chart, at: datetime, noted: Mapping[str, str], patient: str) -> dict[str, Any]:
    """Return what the page of a look back shows.

    Parameters
    ----------
    noted
        Findings of the case of troubleshooting that is open.
    patient
        How the patient was, as somebody says who looks back; empty: nobody does.
    """
    therapy = chart.therapy
    states = [(one, one.replace("-", " ")) for one in finding_kinds()["patient"].outcomes]
    given: dict[str, Any] = {
        "hours": f"{show_number(window_span().in_unit('h'))} hours",
        "states": states,
        "patient": patient,
    }
    found = None if therapy is None else look_back(therapy, therapy.instant(at))
    if therapy is None or found is None:
        return given | {"nothing": True}
    marks = _marks(therapy, found)
    figure = draw_look_back(therapy, found, [(instant, letter) for instant, letter, _, _ in marks])
    return given | {
        "found": found,
        "model": found.simulation.model.name,
        "since": when(therapy, found.start),
        "until": when(therapy, found.at),
        "how_it_stood": ACTIVITIES[found.simulation.activity],
        "kind": found.simulation.model.kind,
        "totals": _totals(found),
        "rows": _rows(therapy, found),
        "happened": [
            {"letter": letter, "at": when(therapy, instant), "what": what, "words": words}
            for instant, letter, what, words in marks
        ],
        "presses": [
            (when(therapy, one.at), "granted" if one.denial is None else f"denied: {one.denial}")
            for one in found.presses
        ],
        "line": _line(found),
        "figure": {
            "title": figure.title,
            "caption": figure.caption,
            "svg": figure.canvas.inline(),
            "tables": figure.tables,
        },
        **_explained(therapy, found, noted, patient),
    }


def _totals(found: LookBack) -> list[dict[str, Any]]:
    rows = []
    for name, purposes in found.totals.items():
        total = found.total(name)
        before = None if found.before is None else found.before[name]
        change = ""
        if before:
            change = show_percent(total.ratio(before) - 1)
        rows.append(
            {
                "drug": name,
                "total": both_units(name, total),
                "parts": [
                    f"{PURPOSES[purpose]} {both_units(name, mass)}"
                    for purpose, mass in purposes.items()
                    if mass
                ],
                "before": "" if before is None else both_units(name, before),
                "change": change,
            }
        )
    return rows


def _rows(therapy: Therapy, found: LookBack) -> list[dict[str, Any]]:
    return [
        {
            "from": when(therapy, one.start),
            "to": when(therapy, one.end),
            "purpose": PURPOSES[one.purpose],
            "rate": "at once"
            if one.start == one.end
            else day_rate(one.volume / Duration(one.end - one.start)),
            "masses": [both_units(name, one.mass_of(name)) for name in found.totals],
        }
        for one in found.rows
    ]


def _marks(therapy: Therapy, found: LookBack) -> list[tuple[Instant, str, str, str]]:
    """Return what happened: when, a letter for the picture, the kind, and its words."""
    refused = {one.event: one.why for one in found.simulation.refused}
    happened = []
    for index in found.events:
        event = therapy.events[index]
        words = event_words(event)
        if index in refused:
            words += f"\nthe pump refused it: {refused[index]}"
        happened.append((therapy.instant(event.time), event.type.replace("-", " "), words))
    for alarm in found.simulation.alarms:
        if found.start <= alarm.time <= found.at:
            happened.append((alarm.time, "alarm", str(alarm.kind).replace("-", " ")))
    happened.sort(key=lambda one: one[0])
    return [
        (instant, _letter(place), what, words)
        for place, (instant, what, words) in enumerate(happened)
    ]


def _letter(place: int) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    more, own = divmod(place, len(letters))
    return letters[own] + (str(more) if more else "")


def _line(found: LookBack) -> list[dict[str, str]]:
    """Return what the catheter held, from the tip on, and when each stretch would have left it."""
    passed, rows = Fraction(0), []
    for one in found.simulation.catheter:
        passed += one.volume.base
        rows.append(
            {
                "volume": show(one.volume, "mL"),
                "holds": solution(one.solution.actual),
                "masses": _held(one),
                "gone": _gone(found, passed),
            }
        )
    return rows


def _held(one: Parcel) -> str:
    mixture = one.solution.actual
    masses = (both_units(name, mixture.mass_of(name, one.volume)) for name in mixture)
    return ", ".join(f"{name} {mass}" for name, mass in zip(mixture, masses, strict=True)) or "none"


def _gone(found: LookBack, passed: Fraction) -> str:
    rate = found.simulation.background
    if not rate:
        return "nothing flows"
    return duration(Volume(passed) / rate)


def _explained(
    therapy: Therapy, found: LookBack, noted: Mapping[str, str], patient: str
) -> dict[str, Any]:
    """Return what would explain it; where the record's own findings clash, only that they do."""
    try:
        known = explain(therapy, found, noted, patient)
    except ThecalError as error:
        return {"unexplained": str(error)}
    answer, kinds = known.answer, finding_kinds()
    onset = {
        "fill": "a fill",
        "bag-change": "a new bag",
        "mri": "a scan",
        "program": "a program",
    }.get(known.onset_from, "")
    return {
        "onset_from": onset,
        "first": [(one.what.value, one.what.provenance()) for one in answer.first],
        "beware": [(one.what.value, one.what.provenance()) for one in answer.beware],
        "causes": [
            {
                "name": one.cause.name,
                "for": ", ".join(
                    f"{kinds[each.finding].name}: {each.outcome.replace('-', ' ')}"
                    for each in one.evidence
                    if each.side == "for"
                ),
                "act": one.cause.act.value,
                "source": one.cause.act.provenance(),
            }
            for one in answer.ranking[: answer.listed]
        ],
        "tests": [(one.kind.name, one.kind.question) for one in answer.tests if one.open][
            : answer.listed
        ],
        "known": [
            (
                kinds[name].name,
                outcome.replace("-", " "),
                answer.case.origins[name].replace("[bedside]", "said here or noted in the case"),
            )
            for name, outcome in answer.case.findings.items()
        ],
    }
