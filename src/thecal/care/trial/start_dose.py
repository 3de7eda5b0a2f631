"""The first daily dose of baclofen from the effective bolus, by each rule that is published."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.advice import Cited
from thecal.care.calculators.baclofen import bound_and_factor, first_daily_dose
from thecal.care.trial.case import START_RULES
from thecal.care.trial.facts import figure
from thecal.care.trial.ladder import BACLOFEN
from thecal.data import Fact
from thecal.pharmacy import both_units
from thecal.units import Duration, Mass, MassRate, show_number

_US, _EU, _HALF = START_RULES
_LONG, _FACTOR = "half-dose-long-effect", "half-dose-factor"


@final
@dataclass(frozen=True, slots=True)
class StartDose:
    """What one rule gives: the bound of a long effect, how often the bolus counts, the dose."""

    rule: str
    bound: Fact[Duration]
    factor: Fact[Fraction]
    dose: MassRate

    @property
    def recalled(self) -> bool:
        """Whether bound or factor is only recalled."""
        return self.bound.recalled or self.factor.recalled

    def cited(self) -> tuple[Cited, ...]:
        """Return its figures: what it gives, by which factor and from which bound on."""
        head = f"{self.rule} rule: {both_units(BACLOFEN, self.dose.per_day())} a day"
        return (
            Cited(f"{head}, an effect is long above", self.bound),
            Cited(f"{head}, times the bolus", self.factor),
        )

    def numbers(self, bolus: Mass) -> str:
        """Return the computation with its numbers."""
        return f"{show_number(self.factor.value)} x {both_units(BACLOFEN, bolus)} / day"


def start_doses(bolus: Mass, effect: Duration) -> tuple[StartDose, ...]:
    """Return the first daily dose by the US rule, the EU rule and one hospital's half dose.

    An effect of exactly the bound is not long. Without a long effect the hospital's slide says
    nothing else than the label.
    """
    return (
        _by_label(_US, bolus, effect),
        _by_label(_EU, bolus, effect),
        _half_dose(bolus, effect),
    )


def after_prolonged_reaction(bolus: Mass) -> StartDose:
    """Return once the bolus: after a bad or prolonged effect, whatever its duration."""
    factor = figure(BACLOFEN, "prolonged-reaction-factor", Fraction)
    bound, _ = bound_and_factor("us", Duration.zero())
    dose = first_daily_dose(bolus, factor.value)
    return StartDose("prolonged-reaction", bound.fact.of_kind(Duration), factor, dose)


def _by_label(rule: str, bolus: Mass, effect: Duration) -> StartDose:
    bound, factor = bound_and_factor("us" if rule == _US else "eu", effect)
    return StartDose(
        rule,
        bound.fact.of_kind(Duration),
        factor.fact.of_kind(Fraction),
        first_daily_dose(bolus, factor.number),
    )


def _half_dose(bolus: Mass, effect: Duration) -> StartDose:
    bound = figure(BACLOFEN, _LONG, Duration)
    if effect > bound.value:
        factor = figure(BACLOFEN, _FACTOR, Fraction)
    else:
        factor = bound_and_factor("us", effect)[1].fact.of_kind(Fraction)
    return StartDose(_HALF, bound, factor, first_daily_dose(bolus, factor.value))
