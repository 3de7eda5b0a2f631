"""The facts of a form about doses and scores over the years that a form looks back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from types import MappingProxyType

from thecal.care.document import Grid, Text
from thecal.care.escalation.trend import PROJECTED, TABLE, trend
from thecal.care.forms.history import LEAD, History, Told
from thecal.care.names import drug_name
from thecal.care.papers.parts import dose_words
from thecal.care.papers.summary import FIGURES
from thecal.care.papers.words import joined, minute, say
from thecal.care.spans import span
from thecal.care.titration.history import DoseChange, DoseHistory
from thecal.care.titration.log import LoggedChange
from thecal.therapy.events import Observe
from thecal.units import Duration, MassRate, show_percent


def _doses(kept: timedelta) -> Callable[[History], Grid | None]:
    def told(history: History) -> Grid | None:
        rows = []
        for number, one in enumerate(history.changes):
            later = history.changes[number + 1 :]
            if later and later[0].time < history.now - kept:
                continue
            rows.append((minute(one.time), _dose_cell(one)))
        return Grid((say("log-time"), say("daily-dose")), tuple(rows)) if rows else None

    return told


def _dose_cell(one: LoggedChange) -> Text:
    given = [(name, mass) for name, mass in one.after.items() if mass]
    if not given:
        return say("dose-nothing")
    return joined(
        (joined((drug_name(name), dose_words(name, mass)), " ") for name, mass in given), LEAD
    )


def _scores(history: History) -> Grid | None:
    since = history.now - span(FIGURES.get("transfer", "span", Duration).value)
    rows = []
    for _, one in history.record.events():
        time = history.record.clock(one)
        if isinstance(one, Observe) and time >= since:
            told = say("event-observe", scale=one.scale, value=str(one.value))
            rows.append((minute(time), told))
    return Grid((say("log-time"), say("log-what")), tuple(rows)) if rows else None


def _yearly(history: History) -> Text | None:
    told = [one for name in history.record.drugs for one in _yearly_of(history, name)]
    return joined(told, LEAD) if told else None


def _yearly_of(history: History, name: str) -> Iterator[Text]:
    changes: list[DoseChange] = []
    for one in history.changes:
        mass = one.after.get(name)
        if not mass:
            continue
        time = one.time.replace(tzinfo=None)
        dose = MassRate.of(mass.in_unit("mg"), "mg/d")
        if changes and changes[-1].time == time:
            changes.pop()
        changes.append(DoseChange(time, dose))
    if not changes:
        return
    found = trend(DoseHistory(tuple(changes)), history.now.replace(tzinfo=None))
    if found.yearly is None:
        yield joined((drug_name(name), say("fact-too-short")), " ")
        return
    word = "fact-projected" if found.basis == PROJECTED else "fact-rolling"
    told = say(word, percent=show_percent(found.yearly))
    yield joined((drug_name(name), told), " ")


def _year(history: History) -> Grid | None:
    return _doses(span(FIGURES.get("transfer", "span", Duration).value))(history)


def _two_years(history: History) -> Grid | None:
    return _doses(span(TABLE.get("any", "history-kept", Duration).value))(history)


DOSE_FACTS: Told = MappingProxyType(
    {
        "doses-12-months": _year,
        "doses-24-months": _two_years,
        "scores-12-months": _scores,
        "yearly-change": _yearly,
    }
)
