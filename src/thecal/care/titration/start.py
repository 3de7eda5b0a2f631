"""The first dose where nothing runs yet: what each edition says, and baclofen after its bolus."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.care.advice import Advice, Cited, Listing, Reason, Weight
from thecal.care.derivation import Value
from thecal.care.dose_words import dose_amount, dose_text
from thecal.care.titration.bounds import Bounds
from thecal.care.titration.case import BACLOFEN, TitrationCase
from thecal.care.titration.monitoring import monitoring_listing, watch_figures
from thecal.care.titration.request import maximum_findings
from thecal.care.titration.schemes import TABLE
from thecal.pharmacy import Limit, limits
from thecal.units import DAY, MassRate

_HARMED = ("negative", "prolonged")


def start_dose_after_harm(case: TitrationCase) -> MassRate | None:
    """Return one time the bolus over a day after a negative or prolonged reaction (baclofen)."""
    if case.drug != BACLOFEN or case.screening_bolus is None:
        return None
    if case.bolus_response not in _HARMED:
        return None
    times = TABLE.get(BACLOFEN, "negative-bolus", Fraction).value
    return (case.screening_bolus / DAY).scaled(times)


def start_advice(topic: str, case: TitrationCase, bounds: Bounds) -> Advice:
    """Return what is known of the first dose; nothing is chosen for the prescriber."""
    harmed = start_dose_after_harm(case)
    ranges = tuple(_start_limits(case))
    results: dict[str, Value] = {"drug": case.drug}
    if harmed is not None:
        results["start_dose"] = dose_amount(case.drug, harmed)
    return Advice(
        topic=topic,
        verdict="start",
        summary="nothing runs yet: the ways to start by each edition stand below",
        reasons=tuple(_reasons(case, harmed, ranges)),
        results=results,
        listings=(_listing(case, ranges), monitoring_listing(case.drug)),
        findings=()
        if case.requested is None
        else maximum_findings(case.drug, bounds, case.requested),
        not_checked=("steps: there is no dose yet",),
    )


def _start_limits(case: TitrationCase) -> Iterator[Limit]:
    populations = {*case.populations, "naive", "tolerant"}
    for parameter in ("start-low", "start-high"):
        yield from limits(case.drug, parameter, populations=populations)


def _listing(case: TitrationCase, ranges: tuple[Limit, ...]) -> Listing:
    rows = tuple(
        (one.edition, one.population, one.parameter, dose_amount(case.drug, one.rate))
        for one in sorted(ranges, key=lambda one: (one.edition, one.population, one.rate))
    )
    return Listing("Start doses", ("edition", "for", "bound", "a day"), rows)


def _reasons(
    case: TitrationCase, harmed: MassRate | None, ranges: tuple[Limit, ...]
) -> Iterator[Reason]:
    if harmed is not None:
        yield Reason(
            "start-after-bolus",
            Weight.CAUTION,
            f"after a {case.bolus_response} reaction the start is"
            f" {dose_text(case.drug, harmed)}, one time the bolus",
            TABLE.cited(BACLOFEN, "negative-bolus"),
        )
    elif case.drug == BACLOFEN:
        yield Reason(
            "start-after-bolus",
            Weight.MISSING,
            "the start follows from the screening bolus (thecal calc baclofen-start)",
            TABLE.cited(BACLOFEN, "initial-stay-low", "initial-stay-high"),
        )
    if ranges:
        figures = tuple(Cited(f"{one.parameter}, {one.edition}", one.fact) for one in ranges)
        yield Reason("start", Weight.NOTE, "sources give these start doses", figures)
    yield Reason("watch", Weight.NOTE, "watch after the start", watch_figures(case.drug, "start"))
