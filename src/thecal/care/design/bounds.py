"""Between which rates every hour of a schedule has to stay, how many steps it may have, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.advice import Cited, Reason, Weight
from thecal.care.design.case import DesignCase, Running
from thecal.pharmacy import Limit, ceiling, limits
from thecal.safety.finding import Amount, Finding, Severity
from thecal.safety.rules import hard_unless_recalled
from thecal.units import MassRate, show, show_number, show_percent

LIMITS = "hour-limits"


@final
@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of a schedule; rates are the primary drug's.

    Attributes
    ----------
    total
        Of a day; every proposal gives it, less what the pump's grid cannot hold, and never more.
    lowest, highest
        Of every hour.
    steps
        Most steps a day; None where the model's number is not known, and no step is proposed.
    reasons
        Whose limits these are.
    """

    total: MassRate
    lowest: MassRate
    highest: MassRate
    steps: int | None
    reasons: tuple[Reason, ...]


def largest_step(running: Running) -> tuple[Fraction, Limit] | None:
    """Return the smallest of the advised largest rises as a fraction, and whose; None: none known.

    A rise given as a rate counts as its part of the running dose.
    """
    populations = running.patient.populations
    found = [
        (one.number, one)
        for one in limits(running.primary, "step-up", populations=populations)
        if one.rank == 1
    ]
    found += [
        (one.rate.base / running.daily_dose.base, one)
        for one in limits(running.primary, "step-up-rate", populations=populations)
        if one.rank == 1
    ]
    return min(found, key=lambda one: one[0], default=None)


def total_wanted(case: DesignCase) -> tuple[MassRate, tuple[Finding, ...], tuple[Reason, ...]]:
    """Return the day's total that may be proposed, what refuses the wish, and why.

    A wish above the advised step or a ceiling is refused and shown; the running dose stays then.
    """
    running, wish = case.running, case.daily_dose
    now = running.daily_dose
    if wish is None or wish == now:
        text = f"the daily dose stays {show(now, running.unit + '/d')}"
        return now, (), (Reason("daily-dose", Weight.NOTE, text),)
    refusals = tuple(_refusals(running, wish))
    words = f"{show(wish, running.unit + '/d')} is {show_percent(wish.base / now.base - 1)}"
    if refusals:
        return now, refusals, (Reason("daily-dose", Weight.AGAINST, f"{words}: not proposed"),)
    return wish, (), (Reason("daily-dose", Weight.FOR, f"{words}, within the advised step"),)


def _refusals(running: Running, wish: MassRate) -> Iterator[Finding]:
    now, unit = running.daily_dose, f"{running.unit}/d"
    if wish <= now:
        return
    step = largest_step(running)
    if step is None:
        yield Finding(
            check="K4",
            severity=Severity.HARD,
            message=f"no step is known for {running.primary}: no rise is proposed",
            source="limits.csv",
        )
    elif wish.base > now.base * (1 + step[0]):
        most = MassRate(now.base * (1 + step[0]))
        yield Finding(
            check="K4",
            severity=hard_unless_recalled(step[1].fact),
            message=(
                f"{show(wish, unit)} is above one advised step, {show(most, unit)}:"
                " the proposals stay at the running dose"
            ),
            source=step[1].whose(),
            value=Amount(wish, unit),
            limit=Amount(most, unit),
        )
    yield from beyond_daily_limits(running, wish)


def beyond_daily_limits(running: Running, dose: MassRate) -> Iterator[Finding]:
    """Yield a refusal for each limit of a day's dose that lies below a dose, running or wished.

    The review lets a dose that runs already go on; here it would be proposed, and is not.
    """
    unit = f"{running.unit}/d"
    for limit in daily_limits(running):
        if dose > limit.rate:
            yield Finding(
                check="K27",
                severity=hard_unless_recalled(limit.fact),
                message=(
                    f"{show(dose, unit)} is above the limit of {show(limit.rate, unit)}: it is not"
                    " proposed"
                ),
                source=limit.whose(),
                value=Amount(dose, unit),
                limit=Amount(limit.rate, unit),
            )


def daily_limits(running: Running) -> tuple[Limit, ...]:
    """Return every limit of a day's dose that holds here: of each edition, and the ceiling."""
    populations = running.patient.populations
    found = limits(running.primary, "maximum-daily", populations=populations)
    top = ceiling(running.primary, populations=populations)
    return (*(one for one in found if one.rank == 1), *(() if top is None else (top,)))


def bounds_of(case: DesignCase, total: MassRate) -> Bounds | None:
    """Return the limits of every hour; None where neither case nor tables name any.

    Without limits of the clinician's own no hour leaves the even rate by more than one advised
    titration step, and none leaves what the pump can run.
    """
    running = case.running
    step = largest_step(running)
    if step is None and (case.lowest is None or case.highest is None):
        return None
    part = Fraction(0) if step is None else min(step[0], Fraction(1))
    lowest = case.lowest or total.scaled(1 - part)
    highest = case.highest or total.scaled(1 + part)
    reasons = list(_whose(case, step))
    for fact, is_low in ((running.model.minimum_rate, True), (running.model.maximum_rate, False)):
        if fact is None:
            continue
        rate = running.mass_rate(fact.value)
        if (rate > lowest) if is_low else (rate < highest):
            lowest, highest = (rate, highest) if is_low else (lowest, rate)
            reasons.append(
                Reason(
                    LIMITS,
                    Weight.CAUTION,
                    f"{running.model.name} can run {'no less' if is_low else 'no more'} than"
                    f" {show(rate, running.unit + '/h')}: that is the limit of an hour here",
                    (Cited("rate of the pump", fact),),
                )
            )
    changes = running.model.changes_per_day
    steps = None if changes is None else int(changes.value)
    if changes is not None:
        text = f"{running.model.name} holds {show_number(changes.value)} steps a day"
        reasons.append(Reason("steps", Weight.NOTE, text, (Cited("steps a day", changes),)))
    return Bounds(total, lowest, highest, steps, tuple(reasons))


def _whose(case: DesignCase, step: tuple[Fraction, Limit] | None) -> Iterator[Reason]:
    unit = f"{case.running.unit}/h"
    for name, rate in (("lowest", case.lowest), ("highest", case.highest)):
        if rate is not None:
            text = f"{name} rate of an hour, named in the case: {show(rate, unit)}"
            yield Reason(LIMITS, Weight.NOTE, text)
    if step is None:
        return
    cited = (Cited("largest advised step", step[1].fact),)
    if case.lowest is None or case.highest is None:
        yield Reason(
            LIMITS,
            Weight.NOTE,
            f"no hour leaves the even rate by more than {show_percent(step[0], signed=False)}, one"
            " advised step, where the case names no limit of its own",
            cited,
        )
    elif case.highest.base > case.running.daily_dose.base * (1 + step[0]):
        yield Reason(
            LIMITS,
            Weight.CAUTION,
            f"the highest rate named is more than one advised step,"
            f" {show_percent(step[0], signed=False)}, above the even rate",
            cited,
        )
