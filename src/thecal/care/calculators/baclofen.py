"""The first daily dose of intrathecal baclofen after a positive screening bolus."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from thecal.care.derivation import Calculation, Derivation, Typed, Value, info, warn
from thecal.errors import DataError, UsageError
from thecal.pharmacy import Limit, limits
from thecal.safety.finding import Amount, Finding
from thecal.units import Duration, Mass, MassRate, show, show_number

Rule = Literal["us", "eu"]
RULES: tuple[Rule, ...] = ("us", "eu")
_DRUG = "baclofen"


def baclofen_start(
    *, screening_bolus: Typed[Mass], effect_duration: Typed[Duration], rule: str
) -> Calculation:
    """Return twice the effective bolus over 24 hours, or once where its effect lasted long.

    "Long" is more than 8 h by the US label, more than 12 h by the EU one (the latter only
    recalled); an effect of exactly that length is not long.

    Raises
    ------
    UsageError
        If `rule` is neither `us` nor `eu`.
    """
    chosen = next((known for known in RULES if known == rule), None)
    if chosen is None:
        raise UsageError(f'"{rule}" is no rule', remedy="use us or eu", place="--rule")
    bound, factor = bound_and_factor(chosen, effect_duration.quantity)
    dose = first_daily_dose(screening_bolus.quantity, factor.number)
    unit = f"{screening_bolus.unit}/d"
    long = effect_duration.quantity > bound.duration
    steps = (
        Derivation(
            "How often the bolus counts",
            f"the effect lasted more than {show(bound.duration, 'h')}: once, otherwise twice",
            f"{effect_duration.shown()} is {'more' if long else 'not more'}"
            f" than {show(bound.duration, 'h')}",
            f"{show_number(factor.number)} times",
            f"{bound.whose()}; factor: {factor.whose()}",
        ),
        Derivation(
            "First daily dose",
            "times x screening bolus, over 24 h",
            f"{show_number(factor.number)} x {screening_bolus.shown()} / day",
            show(dose, unit),
            factor.whose(),
        ),
    )
    results: dict[str, Value] = {"daily_dose": Amount(dose, unit)}
    rate_step, rate_result = _first_rate(dose, unit)
    findings = (
        *_rests_on_memory(chosen, bound, factor),
        *_other_rule(chosen, screening_bolus, effect_duration, dose),
        *_bolus_outside(screening_bolus),
        *_afterwards(),
    )
    return Calculation("baclofen-start", results | rate_result, (*steps, *rate_step), findings)


def _one(parameter: str, rule: Rule) -> Limit:
    for limit in limits(_DRUG, parameter, populations=()):
        if limit.edition == f"label-{rule}":
            return limit
    raise DataError(f"limits.csv has no {parameter} of {_DRUG} for label-{rule}")


def bound_and_factor(rule: Rule, effect: Duration) -> tuple[Limit, Limit]:
    """Return from when an effect is long by this label, and how often the bolus then counts."""
    bound = _one("start-long-effect", rule)
    name = "start-factor-long-effect" if effect > bound.duration else "start-factor"
    return bound, _one(name, rule)


def first_daily_dose(bolus: Mass, factor: Fraction) -> MassRate:
    """Return so many times the effective bolus over 24 hours."""
    return bolus.scaled(factor) / Duration.of(1, "d")


def _first_rate(dose: MassRate, unit: str) -> tuple[tuple[Derivation, ...], dict[str, Value]]:
    """Return the flow at the concentration advised for the start, if there is one on record."""
    for limit in limits(_DRUG, "start-concentration", populations=()):
        rate = dose / limit.concentration
        step = Derivation(
            "Flow at the concentration advised for the start",
            "daily dose / concentration",
            f"{show(dose, unit)} / {show(limit.concentration, 'ug/mL')}",
            show(rate, "mL/d"),
            limit.whose(),
        )
        return (step,), {
            "start_concentration": Amount(limit.concentration, "ug/mL"),
            "rate": Amount(rate, "mL/d"),
        }
    return (), {}


def _rests_on_memory(rule: Rule, *used: Limit) -> tuple[Finding, ...]:
    if not any(limit.fact.recalled for limit in used):
        return ()
    return (
        warn(
            "K27",
            f"the {rule.upper()} rule is only recalled, not read: compare it with the label",
            "; ".join(dict.fromkeys(limit.whose() for limit in used if limit.fact.recalled)),
        ),
    )


def _other_rule(
    rule: Rule, bolus: Typed[Mass], effect: Typed[Duration], dose: MassRate
) -> tuple[Finding, ...]:
    other: Rule = "eu" if rule == "us" else "us"
    bound, factor = bound_and_factor(other, effect.quantity)
    theirs = first_daily_dose(bolus.quantity, factor.number)
    if theirs == dose:
        return ()
    unit = f"{bolus.unit}/d"
    return (
        warn(
            "K27",
            f"the {other.upper()} rule (more than {show(bound.duration, 'h')}) would give"
            f" {show(theirs, unit)}: the labels disagree",
            bound.whose(),
            value=Amount(dose, unit),
            limit=Amount(theirs, unit),
        ),
    )


def _bolus_outside(bolus: Typed[Mass]) -> tuple[Finding, ...]:
    for limit in limits(_DRUG, "trial-high", populations=()):
        if bolus.quantity > limit.mass:
            return (
                warn(
                    "K27",
                    f"the screening bolus is above the largest of the label,"
                    f" {show(limit.mass, 'ug')}",
                    limit.whose(),
                    value=Amount(bolus.quantity, bolus.unit),
                    limit=Amount(limit.mass, bolus.unit),
                ),
            )
    return ()


def _afterwards() -> tuple[Finding, ...]:
    found = []
    for parameter, message in (
        ("no-increase-within", "no increase within the first"),
        ("observation-after-start", "watch after the start for at least"),
    ):
        for limit in limits(_DRUG, parameter, populations=()):
            found.append(
                info(
                    "K4",
                    f"{message} {show(limit.duration, 'h')}",
                    limit.whose(),
                    limit=Amount(limit.duration, "h"),
                )
            )
    found.append(
        info(
            "K27",
            "after a prolonged response or a side effect of the bolus: once the bolus, whatever"
            " the duration",
            "pharmacology.md B1, unverified (read)",
        )
    )
    return tuple(found)
