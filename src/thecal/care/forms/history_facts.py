"""The therapy facts of the forms that are told by the course of the record, not by its last state.

Each carries the day on which it was so: a form may be filled in before or after what it reports.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import final

from thecal.care.document import Grid, Text
from thecal.care.emergency.sheet import sheet_cards
from thecal.care.escalation.trend import PROJECTED, TABLE, trend
from thecal.care.forms.amounts import masses_text
from thecal.care.forms.print_form import Shown
from thecal.care.forms.refill_record import RecordedFill, recorded_fills
from thecal.care.names import drug_name
from thecal.care.papers.log_words import event_words, log_rows
from thecal.care.papers.parts import battery, bolus, dose_words, implanted
from thecal.care.papers.record import PaperRecord, state_before
from thecal.care.papers.scan_status import scan_status
from thecal.care.papers.session import setting_rows
from thecal.care.papers.summary import FIGURES
from thecal.care.papers.surroundings import surroundings
from thecal.care.papers.words import day, joined, minute, say, solution
from thecal.care.titration.history import DoseChange, DoseHistory
from thecal.care.titration.log import LoggedChange, titration_log
from thecal.pharmacy import Mixture, drug
from thecal.pump.state import Activity
from thecal.therapy.events import (
    Empty,
    Event,
    Explant,
    Fault,
    Interrogate,
    Mri,
    Observe,
    Program,
    Replace,
    Revise,
    Stop,
)
from thecal.units import Duration, MassRate, Quantity, Volume, show, show_number, show_percent
from thecal.units.display import SIGNIFICANT_DIGITS

_LEAD = "; "
WASTED, DESTROYED = "wasted-masses", "destroyed-masses"
"""Facts that are reckoned from a volume of the form itself."""
NONE_TYPED: Mapping[str, Volume] = MappingProxyType({})


@final
@dataclass(frozen=True, slots=True)
class History:
    """A record with what was walked through once for all facts."""

    record: PaperRecord
    fills: tuple[RecordedFill, ...]
    changes: tuple[LoggedChange, ...]
    volumes: Mapping[str, Volume]

    @property
    def now(self) -> datetime:
        """The time of the form on the pump's clock."""
        return self.record.status.at

    def last(self, kind: type[Event]) -> Event | None:
        """Return the last event of a kind."""
        found = [one for _, one in self.record.events() if isinstance(one, kind)]
        return found[-1] if found else None


def history_facts(
    record: PaperRecord, wanted: Collection[str], volumes: Mapping[str, Volume] = NONE_TYPED
) -> dict[str, Shown]:
    """Return those of the wanted facts that the course of the record tells.

    Parameters
    ----------
    record
        The therapy replayed to the time of the form.
    wanted
        Names of facts, as `Form.facts` gives them; others are not computed.
    volumes
        `WASTED` and `DESTROYED` to the volume that was typed, whose drug is told.
    """
    asked = [name for name in TOLD if name.partition(".")[0] in wanted]
    if not asked:
        return {}
    history = History(
        record,
        recorded_fills(record.therapy, record.done.end),
        tuple(one for one in titration_log(record.therapy) if one.time <= record.status.at),
        volumes,
    )
    told = {name: TOLD[name](history) for name in asked}
    return {name: one for name, one in told.items() if one is not None}


# -- the last fill ---------------------------------------------------------------------------------


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
    since = history.now - _span(FIGURES.get("transfer", "span", Duration).value)
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


# -- doses and scores ------------------------------------------------------------------------------


def _doses(span: timedelta) -> Callable[[History], Grid | None]:
    def told(history: History) -> Grid | None:
        rows = []
        for number, one in enumerate(history.changes):
            later = history.changes[number + 1 :]
            if later and later[0].time < history.now - span:
                continue
            rows.append((minute(one.time), _dose_cell(one)))
        return Grid((say("log-time"), say("daily-dose")), tuple(rows)) if rows else None

    return told


def _dose_cell(one: LoggedChange) -> Text:
    given = [(name, mass) for name, mass in one.after.items() if mass]
    if not given:
        return say("dose-nothing")
    return joined(
        (joined((drug_name(name), dose_words(name, mass)), " ") for name, mass in given), _LEAD
    )


def _scores(history: History) -> Grid | None:
    since = history.now - _span(FIGURES.get("transfer", "span", Duration).value)
    rows = []
    for _, one in history.record.events():
        time = history.record.clock(one)
        if isinstance(one, Observe) and time >= since:
            told = say("event-observe", scale=one.scale, value=str(one.value))
            rows.append((minute(time), told))
    return Grid((say("log-time"), say("log-what")), tuple(rows)) if rows else None


def _session(history: History) -> Text | None:
    """Return the program that was written last, where no report of its session is told."""
    last = history.last(Program)
    if last is None:
        return None
    time = minute(history.record.clock(last))
    return say("fact-no-report", what=event_words(history.record, last), time=time)


def _yearly(history: History) -> Text | None:
    told = [one for name in history.record.drugs for one in _yearly_of(history, name)]
    return joined(told, _LEAD) if told else None


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


# -- the program and the pump ----------------------------------------------------------------------


def _compared(history: History) -> Grid | None:
    record = history.record
    if record.visit is None:
        return None
    seen = day(record.therapy.moment(record.visit.start))
    setting = say("fact-visit", what=say("setting"), day=seen)
    head = (setting, *(say(one) for one in ("before", "after", "change")))
    return Grid(head, tuple(setting_rows(record.before, record)))


def _events(history: History) -> Shown:
    rows = log_rows(history.record, history.record.since)
    if not rows:
        return say("log-nothing")
    return Grid((say("log-time"), say("log-what")), rows)


def _boluses(history: History) -> Text:
    now, then = history.record.done.presses, history.record.presses_before
    return say(
        "log-presses",
        asked=str(now.requested - then.requested),
        given=str(now.granted - then.granted),
        denied=str(now.denied - then.denied),
    )


def _bridge(history: History) -> Text | None:
    last = history.last(Program)
    if not isinstance(last, Program):
        return None
    time = minute(history.record.clock(last))
    order, primary = last.program.bridge, last.program.primary
    if order is None or primary is None:
        return say("fact-program", what=say("none"), time=time)
    name = order.drug or primary
    dose = dose_words(name, order.daily_dose.per_day())
    return say("fact-program", what=joined((drug_name(name), dose), " "), time=time)


def _bolus_settings(history: History) -> Text:
    return bolus(history.record.done.program)


def _clock(name: str) -> Callable[[History], Text | None]:
    def told(history: History) -> Text | None:
        read = [
            one
            for _, one in history.record.events()
            if isinstance(one, Interrogate) and getattr(one, name) is not None
        ]
        if not read:
            return None
        shown = minute(getattr(read[-1], name))
        return say("fact-read", what=shown, time=minute(history.record.clock(read[-1])))

    return told


def _implanted(history: History) -> Text:
    return implanted(history.record)


def _daily_use(history: History) -> Text | None:
    done = history.record.done
    if not done.reservoir_written:
        return None
    rate: Quantity = done.background if done.program is None else done.program.background_rate
    return Text.same(show(rate, "mL/d"))


def _segment_volume(history: History) -> Text | None:
    hardware = history.record.done.hardware
    if not hardware.catheter_length_known:
        return None
    volume = hardware.catheter.volume()
    return None if volume is None else Text.same(show(volume, "mL"))


def _scan(history: History) -> Text:
    return scan_status(history.record.model)


def _battery(history: History) -> Text | None:
    outlook = history.record.done.battery
    return None if outlook.end is None else battery(history.record)


def _surroundings(history: History) -> Text:
    said = surroundings(history.record.model)
    return joined((joined((one.label, one.value), ": ") for one in said), _LEAD)


def _cards(history: History) -> Text | None:
    found = sheet_cards(history.record.status)
    return joined((one.title for one in found), _LEAD) if found else None


def _label(history: History) -> Text | None:
    names = history.record.drugs
    if not names:
        return None
    if len(names) == 1 and drug(names[0]).approved_for_pump:
        return say("fact-label-approved", drug=drug_name(names[0]))
    told = [
        say(
            "fact-label-approved" if drug(one).approved_for_pump else "fact-label-none",
            drug=drug_name(one),
        )
        for one in names
    ]
    return joined((*told, say("fact-label-mixture")) if len(names) > 1 else told, _LEAD)


def _span(length: Duration) -> timedelta:
    return timedelta(seconds=int(length.base))


def _year(history: History) -> Grid | None:
    return _doses(_span(FIGURES.get("transfer", "span", Duration).value))(history)


def _two_years(history: History) -> Grid | None:
    return _doses(_span(TABLE.get("any", "history-kept", Duration).value))(history)


TOLD: Mapping[str, Callable[[History], Shown | None]] = MappingProxyType(
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
        "doses-12-months": _year,
        "doses-24-months": _two_years,
        "scores-12-months": _scores,
        "yearly-change": _yearly,
        "program-compared": _compared,
        "events-since-last": _events,
        "session-report": _session,
        "boluses-used": _boluses,
        "bridge": _bridge,
        "bolus-settings": _bolus_settings,
        "pump-clock": _clock("pump_clock"),
        "programmer-clock": _clock("programmer_clock"),
        "implant-date": _implanted,
        "daily-use": _daily_use,
        "segment-volume.1": _segment_volume,
        "mri-status": _scan,
        "service-left": _battery,
        "surroundings-advice": _surroundings,
        "emergency-cards": _cards,
        "label-status": _label,
    }
)
"""Name of a fact to how the course of the record tells it; None: it does not."""
