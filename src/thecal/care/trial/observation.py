"""When to look and what to score after a dose, with clock times, from `trial_observation.csv`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import final

from thecal.care.advice import Cited, Listing, Reason, Weight
from thecal.care.derivation import Value
from thecal.care.trial.case import TrialCase
from thecal.care.trial.series import Course
from thecal.data import Fact, FactValue, cached, fact_of, rows
from thecal.pharmacy import drug
from thecal.safety.finding import Finding, Severity
from thecal.units import HOUR, Duration, show, show_time

_SCORES, _VITALS, _WATCH = "scores", "vitals", "watch"
_SURVEY = "scored-by"
_ANY = "any"
_CONTINUOUS = "continuous-opioid"


@final
@dataclass(frozen=True, slots=True)
class Look:
    """One moment of the schedule; `facts` say where it comes from."""

    after: Duration
    what: str
    facts: tuple[Fact[FactValue], ...]


def group_of(drug_id: str, *, infusion: bool) -> str | None:
    """Return the group of the schedule; None where no source gives one for this drug."""
    one = drug(drug_id)
    if one.drug_class == "opioid":
        if infusion:
            return _CONTINUOUS
        return "lipophilic-opioid" if one.lipophilic else "hydrophilic-opioid"
    return drug_id if _facts(drug_id, _WATCH) else None


def watch_limits(group: str) -> tuple[Fact[Duration], ...]:
    """Return the least time under observation, then the longest where a span is given."""
    found = _facts(group, _WATCH)
    return tuple(
        found[key].of_kind(Duration) for key in ((0, "least"), (0, "most")) if key in found
    )


@cached
def schedule(group: str | None) -> tuple[Look, ...]:
    """Return every moment of a group, in order: when to score, and when to look.

    Without a group only the moments of scoring are known.
    """
    looks = [*_scores(), *(() if group is None else _vitals(group))]
    merged: dict[Fraction, Look] = {}
    for one in looks:
        known = merged.get(one.after.base)
        if known is None:
            merged[one.after.base] = one
        else:
            what = f"{known.what}; {one.what}"
            merged[one.after.base] = Look(one.after, what, (*known.facts, *one.facts))
    return tuple(merged[base] for base in sorted(merged))


def watched_until(group: str | None, start: datetime) -> datetime | None:
    """Return until when the person is watched at least; None where no source says it."""
    found = () if group is None else watch_limits(group)
    return start + _elapsed(found[0].value) if found else None


def check_spacing(case: TrialCase) -> Iterator[Finding]:
    """Ask about a bolus that is planned while the last one still has to be watched."""
    if case.planned is None or not case.boluses or case.drug is None:
        return
    group = group_of(case.drug, infusion=False)
    end = watched_until(group, case.boluses[-1].time)
    if group is not None and end is not None and case.planned.time < end:
        yield Finding(
            "K29",
            Severity.SOFT,
            f"the last bolus is watched until {show_time(end)}; the next one is planned before",
            watch_limits(group)[0].provenance(),
        )


def early_scores(course: Course) -> Reason | None:
    """Return a caution where the first hours after the dose were scored too seldom."""
    found = _facts("baclofen", _SCORES)
    least = found[0, "least-in-first-hours"].of_kind(Fraction)
    hours = found[0, "first-hours"].of_kind(Duration)
    end = course.start + _elapsed(hours.value)
    early = sum(1 for one in course.after if one.time <= end)
    if early >= least.value:
        return None
    text = f"scores in the first {show(hours.value, 'h')}: {early}, at least {least.value}"
    return Reason(
        "few-scores", Weight.CAUTION, text, (Cited("scores", least), Cited("hours", hours))
    )


def _elapsed(duration: Duration) -> timedelta:
    return timedelta(seconds=float(duration.in_unit("s")))


def observation_listing(group: str | None, start: datetime) -> Listing:
    """Return the schedule from a start, with clock times."""
    table: list[tuple[Value, ...]] = []
    for one in schedule(group):
        standing = dict.fromkeys(fact.provenance() for fact in one.facts)
        unit = "min" if Duration.zero() < one.after < HOUR else "h"
        table.append(
            (
                show_time(start + _elapsed(one.after)),
                show(one.after, unit),
                one.what,
                "; ".join(standing),
            )
        )
    return Listing(
        f"Observation from {show_time(start)}", ("clock", "after", "what", "source"), tuple(table)
    )


def schedule_figures(group: str | None) -> tuple[Cited, ...]:
    """Return every figure on which the schedule rests."""
    found = [("score", fact) for _, fact in sorted(_facts(_ANY, _SCORES).items())]
    if group is not None:
        for item in (_WATCH, _VITALS, _SURVEY):
            for (phase, parameter), fact in sorted(_facts(group, item).items()):
                name = f"{item} {parameter}" + (f", phase {phase}" if phase else "")
                found.append((name, fact))
    return tuple(Cited(name, fact) for name, fact in found)


def _scores() -> Iterator[Look]:
    found = _facts(_ANY, _SCORES)
    what = found[0, "what"].of_kind(str).value
    for (phase, _), fact in sorted(found.items()):
        if phase:
            yield Look(fact.of_kind(Duration).value, what, (fact,))


def _vitals(group: str) -> Iterator[Look]:
    found = _facts(group, _VITALS)
    what = found[0, "what"].of_kind(str).value
    begin = Duration.zero()
    for phase in sorted({phase for phase, _ in found if phase}):
        every = found[phase, "every"].of_kind(Duration)
        until = found[phase, "until"].of_kind(Duration)
        if not every.value:
            name = f"continuously until {show(until.value, until.unit)}: {what}"
            yield Look(begin, name, (every, until))
        else:
            step = every.value
            moment = step
            while moment <= until.value:
                if moment > begin:
                    yield Look(moment, what, (every, until))
                moment = moment + step
        begin = until.value


@cached
def _facts(group: str, item: str) -> dict[tuple[int, str], Fact[FactValue]]:
    return {
        (int(row["phase"]), row["parameter"]): fact_of(row)
        for row in rows("trial_observation")
        if row["group"] == group and row["item"] == item
    }
