"""The facts of a form about the program, the pump and what is known of both."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from thecal.care.document import Grid, Text
from thecal.care.emergency.sheet import sheet_cards
from thecal.care.forms.history import LEAD, History, Told
from thecal.care.forms.print_form import Shown
from thecal.care.names import drug_name
from thecal.care.papers.log_words import event_words, log_rows
from thecal.care.papers.parts import battery, bolus, dose_words, implanted
from thecal.care.papers.scan_status import scan_status
from thecal.care.papers.session import setting_rows
from thecal.care.papers.surroundings import surroundings
from thecal.care.papers.words import day, joined, minute, say
from thecal.pharmacy import drug
from thecal.therapy.events import Interrogate, Program
from thecal.units import Quantity, show


def _session(history: History) -> Text | None:
    """Return the program that was written last, where no report of its session is told."""
    last = history.last(Program)
    if last is None:
        return None
    time = minute(history.record.clock(last))
    return say("fact-no-report", what=event_words(history.record, last), time=time)


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
    return joined((joined((one.label, one.value), ": ") for one in said), LEAD)


def _cards(history: History) -> Text | None:
    found = sheet_cards(history.record.status)
    return joined((one.title for one in found), LEAD) if found else None


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
    return joined((*told, say("fact-label-mixture")) if len(names) > 1 else told, LEAD)


PUMP_FACTS: Told = MappingProxyType(
    {
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
