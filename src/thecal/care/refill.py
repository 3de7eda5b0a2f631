"""Planning the next refill: the latest date, what decides it, and every other candidate.

Works on plain values. The replay knows the dates; what is joined here is the label, the pump and
the clinic's window (facts/workflow.md 5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.derivation import read_in
from thecal.device import PumpModel
from thecal.errors import CannotComputeError
from thecal.pharmacy import Mixture, Stability, stability_in_pump
from thecal.program.clock import Instant
from thecal.program.refill_dates import alarm_name, refill_by
from thecal.safety.residual_bands import ResidualAssessment
from thecal.safety.rules import window_before_alarm
from thecal.therapy.simulation import Simulation
from thecal.units import Duration, Volume, show

STABILITY, INTERVAL = "stability", "maximum interval"
_ALARM_RULE = read_in("workflow.md 5, devices.md S44")
_SAFE_ALARM_RULE = "facts devices.md 3.2, computed"


@final
@dataclass(frozen=True, slots=True)
class RefillCandidate:
    """One limit on the date of the next refill.

    Attributes
    ----------
    name
        `alarm date` (without an alarm: `date it runs empty`), `stability` or `maximum interval`.
    instant
        The latest time that this limit allows.
    reason
        For people, with the figures.
    source
        Where the figure comes from, and whether it is verified.
    """

    name: str
    instant: Instant
    reason: str
    source: str


@final
@dataclass(frozen=True, slots=True)
class RefillPlan:
    """When the next refill is due at the latest, and why.

    Attributes
    ----------
    refill_by
        The earliest of the candidates; None where nothing limits (a stopped pump, no figures).
    decided_by
        Name of the candidate that decides; empty where there is none.
    candidates
        Every limit that is known, earliest first.
    low_reservoir, low_reservoir_all_boluses, empty
        As given.
    stability
        The answer in use, the shortest on record; None where there is none.
    other_stability
        Every other answer on record for this mixture in this pump.
    window
        Time wanted between refill and alarm.
    reasons
        What decides, what disagrees and what the last aspirate says, for people.
    not_checked
        Limits for which no figure is on record: not checked, never passed.
    """

    refill_by: Instant | None
    decided_by: str
    candidates: tuple[RefillCandidate, ...]
    low_reservoir: Instant | None
    low_reservoir_all_boluses: Instant | None
    empty: Instant | None
    stability: Stability | None
    other_stability: tuple[Stability, ...]
    window: Duration
    reasons: tuple[str, ...]
    not_checked: tuple[str, ...]


def plan_refill(
    *,
    fill: Instant,
    mixture: Mixture,
    model: PumpModel,
    low_reservoir: Instant | None,
    low_reservoir_all_boluses: Instant | None,
    empty: Instant | None = None,
    first_fill: bool = False,
    diluted: bool | None = None,
    window: Duration | None = None,
    residual: ResidualAssessment | None = None,
) -> RefillPlan:
    """Return the plan for the refill after `fill`.

    Parameters
    ----------
    fill
        Time of the last fill.
    mixture
        What was filled.
    model
        For its longest interval, and for stability stated for one family of pumps.
    low_reservoir, low_reservoir_all_boluses, empty
        From the replay: the alarm without boluses and with every allowed one, and running dry;
        None where never. The alarm with every bolus decides.
    first_fill
        Whether this was the first fill of a new pump.
    diluted
        Whether the solution was diluted; None where not known, then the shorter answer holds.
    window
        How long before the alarm the refill is wanted; None for the shipped default.
    residual
        What the aspirate of the last fill said, if it was assessed.
    """
    window_fact = window_before_alarm(model)
    ahead = window_fact.value if window is None else window
    window_source = window_fact.provenance() if window is None else "the clinic's own window"
    answers = stability_in_pump(mixture, first_fill=first_fill, diluted=diluted, pump=model.id)
    shortest = answers[0] if answers else None
    interval = model.maximum_refill_interval
    candidates: list[RefillCandidate] = []
    if low_reservoir_all_boluses is not None:
        candidates.append(
            RefillCandidate(
                alarm_name(model.programmable),
                low_reservoir_all_boluses - ahead.base,
                f"{show(ahead, 'd')} before "
                + (
                    "the low-reservoir alarm with every allowed bolus taken"
                    if model.programmable
                    else "it runs empty at its constant flow; it has no alarm"
                ),
                f"{_ALARM_RULE}; window: {window_source}",
            )
        )
    if shortest is not None:
        candidates.append(
            RefillCandidate(
                STABILITY,
                fill + shortest.fact.value.base,
                _told(shortest, model),
                shortest.fact.provenance(),
            )
        )
    if interval is not None:
        candidates.append(
            RefillCandidate(
                INTERVAL,
                fill + interval.value.base,
                f"{model.name}: {show(interval.value, 'd')} between refills at most",
                interval.provenance(),
            )
        )
    decided = refill_by(
        low_reservoir=low_reservoir_all_boluses,
        window_before_alarm=ahead,
        fill=fill,
        stability=None if shortest is None else shortest.fact.value,
        maximum_interval=None if interval is None else interval.value,
        has_alarm=model.programmable,
    )
    candidates.sort(key=lambda one: one.instant)
    return RefillPlan(
        refill_by=None if decided is None else decided.instant,
        decided_by="" if decided is None else decided.decided_by,
        candidates=tuple(candidates),
        low_reservoir=low_reservoir,
        low_reservoir_all_boluses=low_reservoir_all_boluses,
        empty=empty,
        stability=shortest,
        other_stability=answers[1:],
        window=ahead,
        reasons=tuple(
            _reasons(candidates, decided and decided.decided_by, answers, residual, model)
        ),
        not_checked=tuple(_not_checked(mixture, shortest, model)),
    )


def plan_after(result: Simulation) -> RefillPlan | None:
    """Return the plan for the refill after a replay; None where nothing is in the pump."""
    if result.last_fill is None or result.emptied:
        return None
    outlook = result.outlook
    return plan_refill(
        fill=result.last_fill,
        mixture=result.reservoir_written,
        model=result.model,
        low_reservoir=outlook.low_reservoir,
        low_reservoir_all_boluses=outlook.low_reservoir_all_boluses,
        empty=outlook.empty,
        first_fill=result.first_fill,
    )


def safe_alarm_volume(filled: Volume, model: PumpModel) -> Volume:
    """Return the alarm volume that warns in time although the pump over-delivers to its band.

    (band x filled + unusable residual) / (1 + band), facts/devices.md 3.2.

    Raises
    ------
    CannotComputeError
        If accuracy or residual of the model is not known.
    """
    if model.accuracy is None or model.residual_volume is None:
        raise CannotComputeError(
            f"no safe alarm volume for {model.name}", why="accuracy or residual is not on record"
        )
    band: Fraction = model.accuracy.value
    return (filled.scaled(band) + model.residual_volume.value).scaled(1 / (1 + band))


def _told(answer: Stability, model: PumpModel) -> str:
    drugs = ", ".join(sorted(answer.drugs))
    other = "" if model.id.startswith(answer.pump) else f", another pump than {model.name}"
    pump = "" if answer.pump == "any" else f", stated for {answer.pump}{other}"
    condition = "" if answer.condition == "any" else f", {answer.condition}"
    return (
        f"{drugs} in the pump{condition}{pump}: {show(answer.fact.value, 'd')} ({answer.endpoint})"
    )


def _reasons(
    candidates: list[RefillCandidate],
    decided_by: str | None,
    answers: tuple[Stability, ...],
    residual: ResidualAssessment | None,
    model: PumpModel,
) -> Iterator[str]:
    for one in candidates:
        if one.name == decided_by:
            yield f"decided by the {one.name}: {one.reason}; {one.source}"
    used = answers[0].fact.value if answers else None
    for other in answers[1:]:
        if other.fact.value != used:
            yield f"another answer: {_told(other, model)}; {other.fact.provenance()}"
    if residual is not None and residual.band != "green":
        yield (
            f"the last aspirate was {residual.band}: {'; '.join(residual.reasons)};"
            " the dates assume that the pump delivers what is programmed"
        )


def _not_checked(mixture: Mixture, shortest: Stability | None, model: PumpModel) -> Iterator[str]:
    if shortest is None:
        names = ", ".join(mixture) or "a drug-free fluid"
        yield f"stability in the pump: no figure on record for {names}"
    if model.maximum_refill_interval is None:
        yield f"longest interval between refills: no figure on record for {model.name}"
