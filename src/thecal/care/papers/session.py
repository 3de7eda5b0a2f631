"""The printout of a session: old beside new, and the log since the one before (F6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from thecal.care.document import Document, Grid, Section, Text
from thecal.care.emergency.status import SystemStatus
from thecal.care.papers.log_words import log_rows
from thecal.care.papers.parts import (
    bolus,
    catheter_volume,
    date_fields,
    dose_words,
    footnotes,
    patient_fields,
    pump_fields,
    state,
    steps,
    when,
)
from thecal.care.papers.record import PaperRecord, daily_doses
from thecal.care.papers.words import concentration, drug_name, minute, say
from thecal.units import show, show_percent

_NONE = Text.same("")
_Row = tuple[Text, Text, Text, Text]


def session_printout(record: PaperRecord) -> Document:
    """Return the printout of the last session at the time of the record."""
    start = record.done.end if record.visit is None else record.visit.start
    asked = record.done.presses
    earlier = None if record.before is None else record.before.simulation.presses
    presses = say(
        "log-presses",
        asked=str(asked.requested - (0 if earlier is None else earlier.requested)),
        given=str(asked.granted - (0 if earlier is None else earlier.granted)),
        denied=str(asked.denied - (0 if earlier is None else earlier.denied)),
    )
    rows = log_rows(record, record.since) or ((_NONE, say("log-nothing")),)
    since = record.since
    heading = (
        say("session-log-all")
        if since is None
        else say("session-log", since=minute(record.therapy.moment(since)))
    )
    return Document(
        kind="session-printout",
        title=say("session-title", day=when(record, start)),
        sections=(
            Section(
                say("pump"),
                fields=(
                    *patient_fields(record),
                    *pump_fields(record, catheter=True),
                    state(record),
                ),
            ),
            Section(
                say("session-settings"),
                grid=Grid(
                    (say("setting"), say("before"), say("after"), say("change")),
                    tuple(setting_rows(record.before, record)),
                ),
            ),
            Section(say("dates"), fields=date_fields(record, exact=True)),
            Section(
                heading,
                paragraphs=(presses,),
                grid=Grid((say("log-time"), say("log-what")), rows),
                signatures=(say("sign-operator"), say("sign-checker")),
            ),
        ),
        footnotes=footnotes(record),
        names_patient=True,
        whose=record.whose(),
    )


def setting_rows(before: SystemStatus | None, record: PaperRecord) -> Iterator[_Row]:
    """Return each setting as it was before a session, as it is, and what changed of a dose."""
    now = record.status

    def row(name: Text, tell: Callable[[SystemStatus], Text], change: Text = _NONE) -> _Row:
        return name, say("new-pump") if before is None else tell(before), tell(now), change

    yield row(say("mode"), _mode)
    drugs = {*now.simulation.reservoir_written}
    drugs |= set() if before is None else {*before.simulation.reservoir_written}
    for one in sorted(drugs):
        yield row(_of(one, "concentration"), lambda status, one=one: _concentration(status, one))
        percent = dose_change(before, now, one)
        told = _NONE if percent is None else Text.same(show_percent(percent))
        yield row(_of(one, "daily-dose"), lambda status, one=one: _dose(status, one), told)
    yield row(say("rate-day"), lambda status: _rate(status, "mL/d"))
    yield row(say("rate-hour"), lambda status: _rate(status, "mL/h"))
    yield row(say("steps"), lambda status: steps(status.simulation.program))
    yield row(say("bolus"), lambda status: bolus(status.simulation.program))
    yield row(
        say("reservoir-now"),
        lambda status: Text.same(show(status.simulation.reservoir_volume, "mL")),
    )
    yield row(
        say("alarm-volume"),
        lambda status: Text.same(show(status.simulation.hardware.setup.low_reservoir_alarm, "mL")),
    )
    yield row(say("catheter-volume"), catheter_volume)


def dose_change(before: SystemStatus | None, now: SystemStatus, drug: str) -> Fraction | None:
    """Return the change of a drug's dose of 24 hours as a fraction; None where there was none."""
    old = None if before is None else daily_doses(before).get(drug)
    new = daily_doses(now).get(drug)
    if not old:
        return None
    return Fraction(-1) if new is None else new.ratio(old) - 1


def _of(drug: str, what: str) -> Text:
    return say("of-drug", drug=drug_name(drug), what=say(what))


def _mode(status: SystemStatus) -> Text:
    done = status.simulation
    if done.model.kind == "constant-flow":
        return say("mode-constant")
    return say("mode-none" if done.program is None else f"mode-{done.program.program.mode}")


def _concentration(status: SystemStatus, drug: str) -> Text:
    written = status.simulation.reservoir_written
    return Text.same(concentration(written, drug)) if drug in written else say("none")


def _dose(status: SystemStatus, drug: str) -> Text:
    mass = daily_doses(status).get(drug)
    return say("none") if mass is None else dose_words(drug, mass)


def _rate(status: SystemStatus, unit: str) -> Text:
    written = status.simulation.program
    rate = status.simulation.background if written is None else written.background_rate
    return Text.same(show(rate, unit))
