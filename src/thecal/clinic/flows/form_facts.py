"""The facts that a form prints, from the whole log of a patient: nobody types what stands there.

The replay and its course tell most of them (`care.forms`); the rest are other forms, orders,
readings of the pump and papers, which only the log has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import final
from zoneinfo import ZoneInfo

from thecal.care.document import Text
from thecal.care.forms import Filled, Form, Shown, history_facts, record_facts
from thecal.care.forms.history_facts import DESTROYED, TOLD, WASTED
from thecal.care.medicine_list.paper import medicine_fields
from thecal.care.papers.log_words import event_words
from thecal.care.papers.record import PaperRecord, record_at
from thecal.care.papers.words import day, joined, minute, say, solution
from thecal.clinic.flows.form_log import FiledForm, filed_forms, status_of
from thecal.clinic.flows.program_proof import proofs
from thecal.clinic.flows.trial_log import last_dose_time
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.patient.medicines import medicines_of
from thecal.clinic.programs.drafts import standing
from thecal.clinic.pumps.pump_reading import program_read
from thecal.clinic.pumps.telemetry import COMMAND, DONE, MANUAL
from thecal.clinic.web.documents import PRINTED
from thecal.pharmacy import Mixture
from thecal.record.entry import Entry
from thecal.record.second_person import open_requests
from thecal.therapy.events import Program, Therapy
from thecal.units import Concentration, Volume

_TYPED: Mapping[str, str] = MappingProxyType({WASTED: "wasted", DESTROYED: "destroyed_volume"})
"""Fact to the field of the form that it is reckoned from."""
_F4, _F5, _F6, _F7, _F10 = "F4", "F5", "F6", "F7", "F10"
_NONE = Text("none", "keine")


@final
@dataclass(frozen=True, slots=True)
class _Log:
    """What the facts of the log are read from."""

    chart: Chart
    entries: Sequence[Entry]
    filed: tuple[FiledForm, ...]
    therapy: Therapy | None
    now: datetime
    zone: ZoneInfo

    def latest(self, name: str) -> FiledForm | None:
        """Return the latest version of a form."""
        return next((one for one in self.filed if one.form.id == name and one.latest), None)


def facts_of(
    chart: Chart, known: Form, now: datetime, zone: ZoneInfo, filled: Filled | None = None
) -> dict[str, Shown]:
    """Return what the record knows for a form; of a person without a pump who it is.

    Parameters
    ----------
    filled
        What was typed: the drug in a volume of the form is reckoned from it.
    """
    facts: dict[str, Shown] = {
        "patient": Text.same(chart.content["number"]),
        "birth-date": Text.same(chart.content["birth_date"]),
    }
    wanted = frozenset(known.facts())
    status = status_of(chart, now)
    if status is not None:
        if wanted & {name.partition(".")[0] for name in TOLD}:
            at = status.simulation.end
            record = record_at(status.simulation.therapy, at)
            facts |= history_facts(record, wanted, _volumes(filled))
        facts |= record_facts(status)
    log = _Log(chart, chart.entries, filed_forms(chart.entries), chart.therapy, now, zone)
    told = {name: _OF_LOG[name](log) for name in _OF_LOG if name in wanted}
    return facts | {name: one for name, one in told.items() if one is not None}


def _volumes(filled: Filled | None) -> dict[str, Volume]:
    if filled is None:
        return {}
    typed = {fact: filled.get(field, Volume) for fact, field in _TYPED.items()}
    return {fact: one for fact, one in typed.items() if one is not None}


def _previous_dose(log: _Log) -> Text:
    time = last_dose_time(log.entries, log.zone)
    return say("fact-no-trial-dose") if time is None else minute(time)


def _filed(log: _Log, name: str) -> Text | None:
    one = log.latest(name)
    if one is None:
        return None
    state = say("fact-form-signed" if one.signed else "fact-form-open")
    on = day(one.entry.written.astimezone(log.zone).date())
    return say("fact-form", form=one.form.id, day=on, state=state)


def _implant_record(log: _Log) -> Text | None:
    return _filed(log, _F4)


def _refill_record(log: _Log) -> Text | None:
    """Return the form of the last refill; without one the record of the fill itself is told."""
    return _filed(log, _F5)


def _session_report(log: _Log) -> Text | None:
    """Return the report of the last session: the form, or the program that proves itself."""
    proved = proofs(log.entries)
    form = log.latest(_F6)
    if proved and (form is None or form.entry.seq < proved[-1].told.seq):
        last = proved[-1]
        time = minute(last.told.written.astimezone(log.zone))
        return say("fact-proved", time=time, who=", ".join(last.signed_by))
    return _filed(log, _F6)


def _summary(log: _Log) -> Text | None:
    printed = [
        one for one in log.entries if one.kind == PRINTED and one.body["kind"] == "patient-summary"
    ]
    if not printed:
        return _filed(log, _F7)
    return say("fact-printed", day=day(printed[-1].written.astimezone(log.zone).date()))


def _udi(log: _Log) -> Text | None:
    """Return both parts of the identifier, where F4 is that of the pump on record."""
    form = log.latest(_F4)
    if form is None or log.therapy is None:
        return None
    serial = log.chart.content.get("therapy", {}).get("serial")
    parts = [form.filled.get(one, str) for one in ("udi_di", "udi_pi")]
    if None in parts or form.filled.get("serial", str) != serial:
        return None
    return Text.same(" ".join(str(one) for one in parts))


def _open_orders(log: _Log) -> Text:
    """Return what is signed or asked for and not done: a program, a check, an order to mix."""
    told = []
    waiting = standing(log.entries, log.now).order
    if waiting is not None:
        told.append(say("fact-order-waits", time=_minute(log, waiting)))
    by_seq = {one.seq: one for one in log.entries}
    told += [
        say("fact-check-waits", time=_minute(log, by_seq[one.seq]))
        for one in open_requests(log.entries)
    ]
    mixed = log.latest(_F10)
    if mixed is not None and not mixed.signed:
        on = day(mixed.entry.written.astimezone(log.zone).date())
        told.append(say("fact-order-waits-form", form=_F10, day=on))
    return joined(told, "; ") if told else _NONE


def _ordered_mixture(log: _Log) -> Text | None:
    """Return the solution of the last order to the pharmacy; without one the fill's own is told."""
    form, filed = log.latest(_F10), _filed(log, _F10)
    if form is None or filed is None:
        return None
    found = {}
    for row in form.filled.rows("drugs"):
        name, strength = row["drug"], row["concentration"]
        assert isinstance(strength, Concentration)
        found[str(name)] = strength
    return joined((solution(Mixture.of(found)), filed), "; ")


def _medicines(log: _Log) -> Text | None:
    """Return the list of what is taken beside the pump; None where nobody stated anything."""
    fields = medicine_fields(medicines_of(log.entries), log.now.astimezone(log.zone))
    if not fields:
        return None
    return joined((joined((one.label, one.value), ": ") for one in fields), "; ")


def _minute(log: _Log, entry: Entry) -> Text:
    return minute(entry.written.astimezone(log.zone))


def _echo(log: _Log) -> Text | None:
    """Return the program that the pump showed last, or that it was typed from the programmer."""
    if log.therapy is None:
        return None
    for entry in reversed(log.entries):
        if entry.kind == MANUAL:
            return say("fact-by-hand", time=_minute(log, entry))
        if entry.kind == COMMAND and entry.body["outcome"] == DONE and entry.body["read_back"]:
            return _read(log, entry, log.therapy)
    return None


def _read(log: _Log, entry: Entry, therapy: Therapy) -> Text:
    program = program_read(entry.body["read_back"], therapy)
    if program is None:
        return say("fact-read", what=say("mode-none"), time=_minute(log, entry))
    record: PaperRecord = record_at(therapy)
    event = Program(time=therapy.events[-1].time, program=program)
    return say("fact-read", what=event_words(record, event), time=_minute(log, entry))


def _clock(name: str) -> Callable[[_Log], Text | None]:
    def told(log: _Log) -> Text | None:
        for entry in reversed(log.entries):
            if entry.kind == COMMAND and entry.body["read_back"]:
                shown = minute(datetime.fromisoformat(entry.body["read_back"][name]))
                return say("fact-read", what=shown, time=_minute(log, entry))
        return None

    return told


_OF_LOG: Mapping[str, Callable[[_Log], Shown | None]] = MappingProxyType(
    {
        "previous-trial-dose": _previous_dose,
        "implant-record": _implant_record,
        "last-refill-record": _refill_record,
        "session-report": _session_report,
        "patient-summary": _summary,
        "order-mixture": _ordered_mixture,
        "pump-udi": _udi,
        "pump-udi-barcode": _udi,
        "open-orders": _open_orders,
        "medicines-beside": _medicines,
        "program-echo": _echo,
        "pump-clock": _clock("clock"),
        "programmer-clock": _clock("time"),
    }
)
"""Facts of the log; one that it does not tell is left to the replay."""
