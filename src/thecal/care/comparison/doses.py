"""Dose beside dose: what is taken by mouth, and what the published ratios make of it.

A view for understanding, no order: ratios differ threefold and are never read backwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.advice import Cited, Disagreement, Listing
from thecal.care.calculators.conversion import convert_opioid
from thecal.care.derivation import Typed, Value
from thecal.data import Fact
from thecal.pharmacy import conversion_facts, limits
from thecal.safety.finding import Amount, Finding
from thecal.units import MassRate, show, show_number

_SUBJECT = "oral-to-intrathecal-morphine"
_UNIT = "mg/d"
_OTHER_UNIT = "ug/d"
_DRUG = "morphine"
_MEANINGS = (("maximum-daily", "refused: above"), ("start-high", "above a start:"))


@final
@dataclass(frozen=True, slots=True)
class DoseView:
    """An oral dose of morphine beside intrathecal ones.

    Attributes
    ----------
    rows
        Ratio and the intrathecal daily dose that it makes of the oral one.
    findings
        What the calculator of conversions says of each, once.
    """

    oral: MassRate
    rows: tuple[tuple[Fact[Fraction], MassRate], ...]
    findings: tuple[Finding, ...]

    def listing(self) -> Listing:
        """Return the view as a table."""
        oral = Amount(self.oral, _UNIT)
        first: tuple[Value, ...] = ("by mouth", oral, "", "", "the entry", "the entry")
        rest: tuple[tuple[Value, ...], ...] = tuple(
            (
                "intrathecal",
                Amount(dose, _UNIT),
                f"{show_number(ratio.value)} to 1",
                ratio.note,
                _as_a_dose(dose),
                ratio.provenance(),
            )
            for ratio, dose in self.rows
        )
        columns = ("route", "morphine a day", "ratio", "for", "as a dose", "source")
        return Listing("Dose beside dose (no order, never read backwards)", columns, (first, *rest))

    def disagreement(self) -> Disagreement:
        """Return the ratios; none is used."""
        answers = tuple(Cited(ratio.note or "ratio", ratio) for ratio, _ in self.rows)
        question = "How much morphine by mouth is as much as 1 intrathecally?"
        return Disagreement(question, answers, used=False)


def dose_view(oral: MassRate) -> DoseView:
    """Return an oral daily dose of morphine beside the intrathecal doses of every ratio."""
    ratios = [one.of_kind(Fraction) for one in conversion_facts(_SUBJECT, "ratio")]
    rows = tuple((ratio, oral.scaled(1 / ratio.value)) for ratio in ratios)
    said = {finding.message: finding for finding in _findings(oral, ratios)}
    return DoseView(oral, rows, tuple(said.values()))


def _as_a_dose(dose: MassRate) -> str:
    """Return what the limits say of a figure that somebody might take for a dose."""
    for parameter, meaning in (
        ("maximum-daily", "refused: above"),
        ("start-high", "above a start:"),
    ):
        exceeded = [
            one
            for one in limits(_DRUG, parameter, populations=("tolerant",))
            if one.rank == 1 and dose > one.rate
        ]
        if exceeded:
            lowest = min(exceeded, key=lambda one: one.rate)
            both = f"{show(lowest.rate, _UNIT)} ({show(lowest.rate, _OTHER_UNIT)})"
            return f"{meaning} {both}, {lowest.whose()}"
    return "within the limits on record"


def _findings(oral: MassRate, ratios: list[Fact[Fraction]]) -> Iterator[Finding]:
    for ratio in ratios:
        yield from convert_opioid(
            drug_id=_DRUG,
            route="oral",
            daily_dose=Typed(oral, _UNIT),
            ratio=ratio.value,
        ).findings
