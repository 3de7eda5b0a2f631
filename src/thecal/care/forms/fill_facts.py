"""The facts of a form about fills: the last one, what was drawn before it, and those of a year."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType

from thecal.care.document import Grid, Text
from thecal.care.forms.amounts import masses_text
from thecal.care.forms.history import History, Told
from thecal.care.forms.print_form import Shown
from thecal.care.forms.refill_record import RecordedFill
from thecal.care.papers.log_words import log_rows
from thecal.care.papers.record import state_before
from thecal.care.papers.summary import FIGURES
from thecal.care.papers.words import joined, minute, say, solution
from thecal.care.spans import span
from thecal.pharmacy import Mixture
from thecal.pump.state import Activity
from thecal.therapy.events import Empty, Explant, Fault, Mri, Replace, Revise, Stop
from thecal.units import Duration, Volume, show, show_number
from thecal.units.display import SIGNIFICANT_DIGITS

WASTED, DESTROYED = "wasted-masses", "destroyed-masses"
"""Facts that are reckoned from a volume of the form itself."""


def _at(text: Text, time: datetime) -> Text:
    return say("fact-at-fill", what=text, time=minute(time))


def _last_fill_volume(history: History) -> Text | None:
    one = history.fills[-1] if history.fills else None
    return None if one is None else _at(Text.same(show(one.event.volume, "mL")), one.time)


def _volume_programmed(history: History) -> Text | None:
    one = history.fills[-1] if history.fills else None
    if one is None:
        return None
    typed = one.event.programmed_volume or one.event.volume
    return _at(Text.same(show(typed, "mL")), one.time)


def _last_refill(history: History) -> Text | None:
    one = history.fills[-1] if history.fills else None
    if one is None:
        return None
    volume = show(one.event.volume, "mL")
    aspirated = Text.same("")
    if one.event.aspirated is not None:
        aspirated = say("event-aspirated", volume=show(one.event.aspirated, "mL"))
    told = say(
        "event-fill", volume=volume, mixture=solution(one.event.mixture), aspirated=aspirated
    )
    return joined((minute(one.time), told), ": ")


def _expected(history: History) -> Text | None:
    one = history.fills[-1] if history.fills else None
    if one is not None and one.expected is not None and one.time.date() == history.now.date():
        return _at(Text.same(show(one.expected, "mL")), one.time)
    if one is None:
        return None
    volume = Text.same(show(history.record.done.reservoir_volume, "mL"))
    return say("fact-now", what=volume, time=minute(history.now))


def _assessed(history: History) -> RecordedFill | None:
    found = [one for one in history.fills if one.assessed is not None]
    return found[-1] if found else None


def _ratio(history: History) -> Text | None:
    one = _assessed(history)
    if one is None or one.assessed is None:
        return None
    ratio = one.assessed.delivered_ratio
    told = say("fact-too-little") if ratio is None else Text.same(show_number(ratio))
    return _at(told, one.time)


def _difference(history: History) -> Text | None:
    one = _assessed(history)
    if one is None or one.assessed is None:
        return None
    return _at(Text.same(show(one.assessed.difference, "mL")), one.time)


def _band(history: History) -> Text | None:
    one = _assessed(history)
    if one is None or one.assessed is None:
        return None
    return _at(say(f"fact-band-{one.assessed.band}"), one.time)


def _wasted(history: History) -> Text | None:
    """Return the drug in the volume that was typed, of what the pump held before today's fill."""
    one = history.fills[-1] if history.fills else None
    filled_today = one is not None and one.time.date() == history.now.date()
    held = history.record.done.reservoir_mixture
    solution = one.solution if one is not None and filled_today else held
    return _masses(solution, history.volumes.get(WASTED))


def _masses(held: Mixture, volume: Volume | None) -> Text | None:
    if volume is None or not held:
        return None
    return masses_text({one: held.mass_of(one, volume) for one in held}, SIGNIFICANT_DIGITS)


def _ratios(history: History) -> Grid | None:
    """Return the refills of the transfer's span with volume, solution, aspirate and its ratio."""
    since = history.now - span(FIGURES.get("transfer", "span", Duration).value)
    rows = tuple(_refill_row(one) for one in history.fills if one.time >= since)
    head = ("log-time", "fill-volume", "fill-mixture", "fill-aspirated", "fact-ratio")
    return Grid(tuple(say(one) for one in head), rows) if rows else None


def _refill_row(one: RecordedFill) -> tuple[Text, ...]:
    ratio = None if one.assessed is None else one.assessed.delivered_ratio
    band = Text.same("–") if one.assessed is None else say(f"fact-band-{one.assessed.band}")
    shown = band if ratio is None else joined((Text.same(show_number(ratio)), band), ", ")
    drawn = one.event.aspirated
    return (
        minute(one.time),
        Text.same(show(one.event.volume, "mL")),
        solution(one.event.mixture),
        Text.same("–" if drawn is None else show(drawn, "mL")),
        shown,
    )


def _issues(history: History) -> Shown:
    """Return what went wrong or stood in the way in the transfer's span, with the alarms."""
    since = history.record.done.end - FIGURES.get("transfer", "span", Duration).value.base
    rows = log_rows(history.record, since, (Empty, Explant, Fault, Mri, Replace, Revise, Stop))
    return Grid((say("log-time"), say("log-what")), rows) if rows else say("none")


def _order(history: History) -> Text | None:
    one = history.fills[-1] if history.fills else None
    if one is None or one.event.order is None:
        return None
    return _at(solution(one.event.order), one.time)


def _destroyed(history: History) -> Text | None:
    """Return the drug in the volume that was typed, of what the pump held at the end."""
    record, status = history.record, history.record.status
    if record.done.activity is Activity.REMOVED:
        gone = [number for number, one in record.events() if isinstance(one, Explant)]
        status = state_before(record.therapy, gone[-1]) or status
    return _masses(status.simulation.reservoir_mixture, history.volumes.get(DESTROYED))


FILL_FACTS: Told = MappingProxyType(
    {
        "last-fill-volume": _last_fill_volume,
        "volume-programmed": _volume_programmed,
        "last-refill-record": _last_refill,
        "expected-residual": _expected,
        "residual-ratio": _ratio,
        "residual-difference": _difference,
        "residual-band": _band,
        WASTED: _wasted,
        DESTROYED: _destroyed,
        "refills-12-months": _ratios,
        "issues-12-months": _issues,
        "order-mixture": _order,
    }
)
