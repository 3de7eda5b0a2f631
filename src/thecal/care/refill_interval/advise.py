"""The topic `refill-interval` of `thecal advise`: how often to refill, when to replace the pump."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import final

from thecal.care.advice import Advice, Cited, Disagreement, Listing, Reason, Weight
from thecal.care.derivation import Derivation, Value, read_in
from thecal.care.dose_words import dose_amount, dose_text
from thecal.care.refill_interval.interval import (
    DUE,
    PLAN,
    PLAUSIBLE,
    TABLE,
    TOO_LONG,
    Interval,
    Replacement,
    interval,
    plausible,
    replacement,
)
from thecal.care.titration.reader import take_drug
from thecal.device import PumpModel, pump_model, pump_models
from thecal.errors import EntryError
from thecal.safety.finding import Amount, Finding, Severity
from thecal.therapy.table import Table
from thecal.units import Concentration, Duration, MassRate, Volume, VolumeRate, show, show_number

TOPIC = "refill-interval"
FLAGGED = "flagged"


@final
@dataclass(frozen=True, slots=True)
class IntervalCase:
    """One pump with what is in it.

    Attributes
    ----------
    alarm
        Alarm volume; None: the model's own.
    window
        Time before the alarm; None: the clinic's default.
    planned
        An interval that somebody has in mind.
    implanted, today
        For the replacement; None where left out.
    """

    drug: str
    dose: MassRate
    concentration: Concentration
    filled: Volume
    pump: str
    alarm: Volume | None = None
    window: Duration | None = None
    planned: Duration | None = None
    implanted: date | None = None
    today: date | None = None

    @property
    def model(self) -> PumpModel:
        """The pump's model."""
        return pump_model(self.pump)


def advise(case: Table) -> Advice:
    """Return what the table `[refill-interval]` comes to.

    Raises
    ------
    BadFileError
        If the table cannot be read.
    """
    return advice_on(read_interval(case))


def read_interval(case: Table) -> IntervalCase:
    """Return the case; raises `BadFileError` naming the key that cannot be read."""
    found = IntervalCase(
        drug=take_drug(case),
        dose=case.take_quantity("dose", MassRate),
        concentration=case.take_quantity("concentration", Concentration),
        filled=case.take_quantity("filled", Volume),
        pump=case.take_choice("pump", [one.id for one in pump_models()]),
        alarm=case.optional("alarm_volume", lambda key: case.take_quantity(key, Volume)),
        window=case.optional("window", lambda key: case.take_quantity(key, Duration)),
        planned=case.optional("planned", lambda key: case.take_quantity(key, Duration)),
        implanted=case.optional("implanted", case.take_date),
        today=case.optional("today", case.take_date),
    )
    case.finish()
    if (found.implanted is None) != (found.today is None):
        raise case.error("implanted and today belong together", "give both or neither")
    return found


def advice_on(case: IntervalCase) -> Advice:
    """Return the advice on one pump.

    Raises
    ------
    EntryError
        If no alarm volume is known.
    """
    found = intervals(case)
    judged = found.wanted if case.planned is None else case.planned
    verdict, low, high = plausible(case.drug, judged)
    ends = _replacement(case)
    results: dict[str, Value] = {
        "dose": dose_amount(case.drug, case.dose),
        "flow": Amount(daily_volume(case), "mL/d"),
        "to_alarm": Amount(found.to_alarm, "d"),
        "refill_after": Amount(found.wanted, "d"),
        "plausible": verdict == PLAUSIBLE,
    }
    if ends is not None:
        results["pump_age_years"] = ends.age
        results["pump_ends_on"] = ends.ends_on.isoformat()
        results["plan_replacement_from"] = ends.plan_from.isoformat()
        results["replacement"] = ends.state
    told = f"{show(judged, 'd')}; refills are told as {show(low.value, 'd')} to " + show(
        high.value, "d"
    )
    inside = verdict == PLAUSIBLE
    cited = (Cited("shortest told", low), Cited("longest told", high))
    weight = Weight.FOR if inside else Weight.AGAINST
    return Advice(
        topic=TOPIC,
        verdict=verdict if inside else f"{FLAGGED}-{verdict}",
        summary=told,
        reasons=(
            Reason("interval", weight, f"{told}: {verdict.replace('-', ' ')}", cited),
            *_reasons(case, found, ends),
        ),
        results=results,
        listings=(told_listing(),),
        disagreements=tuple(_disagreements(case, ends)),
        steps=tuple(_steps(case, found)),
        findings=tuple(_findings(case, found, verdict, ends)),
        not_checked=tuple(_not_checked(case)),
    )


def intervals(case: IntervalCase) -> Interval:
    """Return the interval of a case; raises `EntryError` if no alarm volume is known."""
    longest = case.model.maximum_refill_interval
    return interval(
        case.filled,
        _alarm(case),
        daily_volume(case),
        _window(case),
        None if longest is None else longest.value,
    )


def daily_volume(case: IntervalCase) -> VolumeRate:
    """Return the volume a day: of the pump where its flow is fixed, else of dose and strength."""
    fixed = case.model.nominal_flow
    if not case.model.programmable and fixed is not None:
        return fixed.value
    return case.dose / case.concentration


def told_listing() -> Listing:
    """Return what sources tell patients about the interval."""
    rows = tuple((str(one.value), one.source) for one in TABLE.every("any", "interval-told"))
    return Listing("What patients are told", ("interval", "source"), rows)


def _alarm(case: IntervalCase) -> Volume:
    known = case.model.low_reservoir_alarm
    if case.alarm is not None:
        return case.alarm
    if known is None:
        raise EntryError(f"{case.pump} has no alarm volume on record", remedy="give alarm_volume")
    return known.value


def _window(case: IntervalCase) -> Duration:
    return case.window or TABLE.get("any", "window", Duration).value


def _replacement(case: IntervalCase) -> Replacement | None:
    if case.implanted is None or case.today is None:
        return None
    return replacement(case.model, case.implanted, case.today)


def _reasons(case: IntervalCase, found: Interval, ends: Replacement | None) -> Iterator[Reason]:
    window = TABLE.cited("any", "window")
    text = f"refilled {show(_window(case), 'd')} before the alarm"
    yield Reason("window", Weight.NOTE, text, window)
    longest = case.model.maximum_refill_interval
    if found.capped_by_pump and longest is not None:
        text = f"the pump's longest interval of {show(longest.value, 'd')} decides"
        yield Reason("pump", Weight.CAUTION, text, (Cited("longest interval", longest),))
    if ends is not None:
        text = (
            f"the pump is {show_number(ends.age)} years old; it ends at"
            f" {show_number(ends.latest.value)} years, on {ends.ends_on.isoformat()}; plan from"
            f" {ends.plan_from.isoformat()}"
        )
        life = (Cited("life, from", ends.earliest), Cited("life, to", ends.latest))
        weight = Weight.AGAINST if ends.state == DUE else Weight.CAUTION
        if ends.state not in (DUE, PLAN):
            weight = Weight.NOTE
        cited = (*life, *TABLE.cited("any", "planning-lead", "life-median"))
        yield Reason("replacement", weight, text, cited)


def _disagreements(case: IntervalCase, ends: Replacement | None) -> Iterator[Disagreement]:
    question = "How long before the alarm?"
    yield TABLE.disagreement(question, "any", "window", used=case.window is None)
    if ends is not None:
        told = [
            one
            for parameter in ("life-high", "life-low")
            for one in TABLE.disagreement("", "any", parameter).answers
            if one.fact != ends.latest
        ]
        used = Cited(f"end of life taken for {case.pump}", ends.latest)
        yield Disagreement("After how many years is a pump replaced?", (used, *told))


def _steps(case: IntervalCase, found: Interval) -> Iterator[Derivation]:
    daily = daily_volume(case)
    yield Derivation(
        "days to the alarm",
        "(filled - alarm volume) / flow",
        f"({show(case.filled, 'mL')} - {show(_alarm(case), 'mL')}) / {show(daily, 'mL/d')}",
        show(found.to_alarm, "d"),
        read_in("workflow.md 5"),
    )


def _findings(
    case: IntervalCase, found: Interval, verdict: str, ends: Replacement | None
) -> Iterator[Finding]:
    if case.planned is not None and case.planned > found.wanted:
        yield Finding(
            check="refill-interval",
            severity=Severity.SOFT,
            message=f"{show(case.planned, 'd')} are longer than {show(found.wanted, 'd')}",
            source=read_in("workflow.md 5"),
            value=Amount(case.planned, "d"),
            limit=Amount(found.wanted, "d"),
        )
    elif verdict != PLAUSIBLE:
        word = "longer" if verdict == TOO_LONG else "shorter"
        yield Finding(
            check="refill-interval",
            severity=Severity.WARN,
            message=f"the interval is {word} than is told; check concentration, dose and volume",
            source=read_in("workflow.md 1c S2.12"),
        )
    flow, fixed = daily_volume(case), case.model.nominal_flow
    if flow != case.dose / case.concentration and fixed is not None:
        given = dose_text(case.drug, case.concentration * flow)
        yield Finding(
            check="fixed-flow",
            severity=Severity.WARN,
            message=(
                f"the flow is fixed at {show(flow, 'mL/d')}: this strength gives {given}, not"
                f" {dose_text(case.drug, case.dose)}"
            ),
            source=fixed.provenance(),
        )
    if ends is not None and ends.state in (DUE, PLAN):
        yield Finding(
            check="replacement",
            severity=Severity.WARN,
            message=f"{ends.state.replace('-', ' ')}: life ends on {ends.ends_on.isoformat()}",
            source=ends.latest.provenance(),
            follow_up="plan the replacement",
        )


def _not_checked(case: IntervalCase) -> Iterator[str]:
    yield "stability of the mixture: see thecal simulate and its refill date"
    yield "patient boluses: they shorten the interval (thecal calc refill-date)"
    if case.implanted is None:
        yield "replacement of the pump: no date of the implant"
