"""K4: how far and how often a dose may rise, by label and practice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from thecal.pharmacy import Limit, limits
from thecal.program.clock import SECONDS_PER_WEEK
from thecal.safety.doses import amount, scheduled, shown, step_comparator
from thecal.safety.finding import Finding, Severity
from thecal.safety.rules import threshold
from thecal.safety.situation import ProgramOrder, Situation
from thecal.units import Duration, Mass, show_number, show_percent


def check_steps(situation: Situation) -> Iterator[Finding]:
    """Ask about a rise that is larger, earlier or more frequent than the advised step."""
    old = step_comparator(situation)
    in_force = situation.therapy_before or {}
    for drug_id, new in scheduled(situation.order).items():
        before = old.get(drug_id)
        if situation.gap is not None and new <= in_force.get(drug_id, Mass.zero()):
            continue  # no step: the restart rule decides
        if before and new > before:
            yield from _check_size(situation, drug_id, new, before)
            yield from _check_interval(situation, drug_id, new, before)
            yield from _check_frequency(situation, drug_id, new, before)


def check_bridge_step(situation: Situation) -> Iterator[Finding]:
    """Ask about a bridge at a dose that is itself a larger step than advised."""
    order = situation.order
    if not isinstance(order, ProgramOrder):
        return
    old = step_comparator(situation)
    for drug_id, dose in order.bridge_doses.items():
        before = old.get(drug_id)
        if before:
            for finding in _check_size(situation, drug_id, dose, before):
                yield replace(finding, message=f"the bridge: {finding.message}")


def _advised(situation: Situation, drug_id: str, parameter: str) -> tuple[Limit, ...]:
    found = limits(drug_id, parameter, populations=situation.patient.populations)
    return tuple(limit for limit in found if limit.rank == 1)


def _severity(limit: Limit, all_limits: tuple[Limit, ...]) -> Severity:
    """Return `soft` for the label, and for practice where there is no label; else `warn`."""
    labelled = any(other.edition.startswith("label") for other in all_limits)
    if limit.edition.startswith("label"):
        return Severity.SOFT
    return Severity.WARN if labelled or limit.fact.recalled else Severity.SOFT


def _strictest(found: tuple[Limit, ...]) -> list[Limit]:
    """Return the strictest limit of each edition."""
    best: dict[str, Limit] = {}
    for limit in sorted(found, key=lambda one: one.number):
        best.setdefault(limit.edition, limit)
    return list(best.values())


def _check_size(situation: Situation, drug_id: str, new: Mass, old: Mass) -> Iterator[Finding]:
    rise = new.ratio(old) - 1
    fractions = _largest_steps(situation, drug_id)
    for limit in _strictest(fractions):
        if rise > limit.number:
            yield Finding(
                check="K4",
                severity=_severity(limit, fractions),
                message=(
                    f"{shown(drug_id, new)} is {show_percent(rise)} against {shown(drug_id, old)};"
                    f" a step of at most {show_percent(limit.number)} is advised"
                ),
                source=limit.whose(),
                value=amount(drug_id, new),
                limit=amount(drug_id, old.scaled(1 + limit.number)),
            )
    rates = _advised(situation, drug_id, "step-up-rate")
    for limit in rates:
        step = limit.rate.per_day()
        if new - old > step:
            yield Finding(
                check="K4",
                severity=_severity(limit, rates),
                message=(
                    f"{shown(drug_id, new)} is {shown(drug_id, new - old)} more than before;"
                    f" a step of at most {shown(drug_id, step)} is advised"
                ),
                source=limit.whose(),
                value=amount(drug_id, new),
                limit=amount(drug_id, old + step),
            )


def _largest_steps(situation: Situation, drug_id: str) -> tuple[Limit, ...]:
    """Return the largest step of each edition and population; a refill visit can have its own."""
    steps = _advised(situation, drug_id, "step-up")
    visit = threshold("K12", "visit", Duration).value.base
    last = situation.last_fill
    if situation.fills < 2 or last is None or situation.now - last > visit:
        return steps
    at_refill = {
        (limit.edition, limit.population): limit
        for limit in _advised(situation, drug_id, "step-up-at-refill")
    }
    return tuple(at_refill.get((limit.edition, limit.population), limit) for limit in steps)


def _check_interval(situation: Situation, drug_id: str, new: Mass, old: Mass) -> Iterator[Finding]:
    last = situation.increases[-1] if situation.increases else None
    for parameter, since, what in (
        ("step-interval", last, "the last rise"),
        ("no-increase-within", situation.first_dose, "the start"),
    ):
        advised = _advised(situation, drug_id, parameter)
        for limit in advised:
            if since is None or situation.now - since >= limit.duration.base:
                continue
            elapsed = Duration(situation.now - since)
            yield Finding(
                check="K4",
                severity=_severity(limit, advised),
                message=(
                    f"{shown(drug_id, new)} comes {show_number(elapsed.in_unit('h'))} h after"
                    f" {what}; {show_number(limit.duration.in_unit('h'))} h are advised"
                ),
                source=limit.whose(),
                value=amount(drug_id, new),
                limit=amount(drug_id, old),
            )


def _check_frequency(situation: Situation, drug_id: str, new: Mass, old: Mass) -> Iterator[Finding]:
    since = situation.now - SECONDS_PER_WEEK
    rises = 1 + sum(1 for instant in situation.increases if instant > since)
    advised = _advised(situation, drug_id, "steps-per-week")
    for limit in advised:
        if rises > limit.number:
            yield Finding(
                check="K4",
                severity=_severity(limit, advised),
                message=(
                    f"this is rise number {rises} of {drug_id} within 7 days;"
                    f" at most {show_number(limit.number)} are advised"
                ),
                source=limit.whose(),
                value=amount(drug_id, new),
                limit=amount(drug_id, old),
            )
