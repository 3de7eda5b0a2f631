"""The printout of a session: old beside new, and the log since the one before (F6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import final

from thecal.care.document import Document, Field, Grid, Section, Text
from thecal.care.emergency.status import SystemStatus
from thecal.care.names import drug_name
from thecal.care.papers.log_words import log_rows
from thecal.care.papers.parts import (
    as_of,
    bolus,
    catheter_volume,
    date_fields,
    dose_words,
    footnotes,
    pump_fields,
    state,
    steps,
    when,
)
from thecal.care.papers.record import CONSTANT_FLOW, PaperRecord, daily_doses
from thecal.care.papers.words import by_hand, concentration, joined, minute, say
from thecal.units import Volume, show, show_percent

_Row = tuple[Text, Text, Text, Text]


@final
@dataclass(frozen=True, slots=True)
class SessionPeople:
    """Who was at a session, as the record names them.

    Attributes
    ----------
    operators
        Who did it.
    checkers
        Who checked as second person.
    alone
        Who went on without one, each with the reason.
    """

    operators: tuple[str, ...]
    checkers: tuple[str, ...] = ()
    alone: tuple[tuple[str, str], ...] = ()

    def fields(self) -> tuple[Field, ...]:
        """Return them as lines of a paper; one without a second person is marked."""
        seconds = [Text.same(one) for one in self.checkers]
        seconds += [say("session-alone", by=by, reason=reason) for by, reason in self.alone]
        told = joined(seconds, "; ") if seconds else say("session-no-second")
        return (
            Field(say("sign-operator"), by_hand(", ".join(self.operators) or None)),
            Field(say("sign-checker"), told, emphasis=bool(self.alone)),
        )


def session_printout(record: PaperRecord, people: SessionPeople | None = None) -> Document:
    """Return the printout of the last session; `people` None: they sign, nobody is named."""
    start = record.done.end if record.visit is None else record.visit.start
    now, then = record.done.presses, record.presses_before
    presses = say(
        "log-presses",
        asked=str(now.requested - then.requested),
        given=str(now.granted - then.granted),
        denied=str(now.denied - then.denied),
    )
    rows = log_rows(record, record.since) or ((say("nothing-to-say"), say("log-nothing")),)
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
                    as_of(record),
                    *pump_fields(record, catheter=True),
                    state(record),
                    *(() if people is None else people.fields()),
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
    """Return each setting as it was before a session, as it is, and what changed."""
    nothing = say("nothing-to-say")
    for one in _drugs(before, record.status):
        percent = dose_change(before, record.status, one)
        yield (
            say("of-drug", drug=drug_name(one), what=say("daily-dose")),
            say("new-pump") if before is None else _dose(before, one),
            _dose(record.status, one),
            nothing if percent is None else Text.same(show_percent(percent)),
        )
    for name, tell in _settings(before, record.status):
        new = tell(record.status)
        old = say("new-pump") if before is None else tell(before)
        yield name, old, new, nothing if before is None or old == new else say("changed")


def _settings(
    before: SystemStatus | None, now: SystemStatus
) -> Iterator[tuple[Text, Callable[[SystemStatus], Text]]]:
    yield say("mode"), _mode
    for one in _drugs(before, now):
        name = say("of-drug", drug=drug_name(one), what=say("concentration"))
        yield name, partial(_concentration, one)
    yield say("rate-day"), partial(_rate, "mL/d")
    yield say("rate-hour"), partial(_rate, "mL/h")
    yield say("steps"), lambda status: steps(status.simulation.program)
    yield say("bolus"), lambda status: bolus(status.simulation.program)
    fixed = now.simulation.model.kind == CONSTANT_FLOW
    yield (
        say("reservoir-flow" if fixed else "reservoir-now"),
        lambda status: _volume(status.simulation.reservoir_volume),
    )
    if not fixed:
        yield (
            say("alarm-volume"),
            lambda status: _volume(status.simulation.hardware.setup.low_reservoir_alarm),
        )
    yield say("catheter-volume"), catheter_volume


def _drugs(before: SystemStatus | None, now: SystemStatus) -> list[str]:
    drugs = {*now.simulation.reservoir_written}
    return sorted(drugs if before is None else drugs | {*before.simulation.reservoir_written})


def _volume(volume: Volume) -> Text:
    return Text.same(show(volume, "mL"))


def dose_change(before: SystemStatus | None, now: SystemStatus, drug: str) -> Fraction | None:
    """Return the change of a drug's dose of 24 hours as a fraction; None where there was none."""
    old = None if before is None else daily_doses(before).get(drug)
    new = daily_doses(now).get(drug)
    if not old:
        return None
    return Fraction(-1) if new is None else new.ratio(old) - 1


def _mode(status: SystemStatus) -> Text:
    done = status.simulation
    if done.model.kind == CONSTANT_FLOW:
        return say("mode-constant")
    return say("mode-none" if done.program is None else f"mode-{done.program.program.mode}")


def _concentration(drug: str, status: SystemStatus) -> Text:
    written = status.simulation.reservoir_written
    return Text.same(concentration(written, drug)) if drug in written else say("none")


def _dose(status: SystemStatus, drug: str) -> Text:
    mass = daily_doses(status).get(drug)
    return say("none") if mass is None else dose_words(drug, mass)


def _rate(unit: str, status: SystemStatus) -> Text:
    written = status.simulation.program
    rate = status.simulation.background if written is None else written.background_rate
    return Text.same(show(rate, unit))
