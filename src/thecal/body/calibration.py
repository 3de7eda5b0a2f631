"""What the model predicts for the published results that it was fitted to (pkpd.md section 5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import final

import numpy as np

from thecal.body.constants import number_of
from thecal.body.course import FloatArray
from thecal.body.effects.checks import (
    ashworth_at,
    dose_ratio_after,
    hypoxic_response,
    minimum_effective_clonidine,
)
from thecal.body.experiment import Dose, Experiment, ExperimentResult, Sample, run_experiment
from thecal.data import Fact, FactValue, cached, fact_of, rows

_STEADY = 1000.0
"""Hours of infusion after which nothing changes any more."""


@final
@dataclass(frozen=True, slots=True)
class CalibrationRow:
    """One published figure beside the model's.

    Attributes
    ----------
    row
        Number in the table of the facts.
    published, predicted
        In `unit`.
    """

    row: str
    what: str
    how: str
    published: float
    predicted: float
    unit: str
    fact: Fact[FactValue]

    @property
    def fold_error(self) -> float:
        """The larger over the smaller; 1 is perfect."""
        return exp(abs(log(self.predicted / self.published)))


def geometric_mean(table: Sequence[CalibrationRow]) -> float:
    """Return the geometric mean of the fold errors."""
    return exp(sum(log(row.fold_error) for row in table) / len(table))


def calibration() -> tuple[CalibrationRow, ...]:
    """Return every row of the table, predicted by the reference body."""
    return tuple(row for predict in _PREDICTIONS for row in predict())


@cached
def _published() -> dict[tuple[str, str], Fact[FactValue]]:
    return {(row["row"], row["parameter"]): fact_of(row) for row in rows("calibration")}


_SHOWN = {"ng/mL": 1e-3, "min": 1 / 60, "h": 1.0, "1": 1.0, "mL/min": 60.0, "mL": 1.0}
"""Unit of a row to what one of it is in the units of this room."""


def _row(row: str, parameter: str, how: str, predicted: float) -> CalibrationRow:
    fact = _published()[row, parameter]
    scale = _SHOWN[fact.unit]
    return CalibrationRow(
        row=row,
        what=parameter.replace("-", " "),
        how=how,
        published=number_of(fact) / scale,
        predicted=predicted / scale,
        unit=fact.unit,
        fact=fact,
    )


def _run(
    drug: str,
    site: str,
    mass: float,
    duration: float | None,
    sampled: Sequence[tuple[str, FloatArray]],
) -> ExperimentResult:
    samples = tuple(
        Sample(level, "plasma" if level == "plasma" else "csf", tuple(map(float, times)))
        for level, times in sampled
    )
    return run_experiment(Experiment(drug, (Dose(site, mass, 0.0, duration),), samples))


def _steady(drug: str, tip: str, per_day: float, levels: Sequence[str]) -> list[float]:
    at = np.array([_STEADY])
    mass = per_day / 24.0 * _STEADY
    result = _run(drug, tip, mass, _STEADY, [(level, at) for level in levels])
    return [float(values[0]) for values in result.concentrations]


def _half_life(times: FloatArray, values: FloatArray) -> float:
    """Return the half-life in hours of the straight line through the logarithms."""
    return -log(2.0) / float(np.polyfit(times, np.log(values), 1)[0])


def _morphine_bolus() -> list[CalibrationRow]:
    times = np.arange(1.0, 8.01, 0.5)
    (values,) = _run("morphine", "L3", 500.0, None, [("L3", times)]).concentrations
    late = times >= 2.0
    how = "0.5 mg at L3, sampled at L3"
    return [
        _row("2", "csf-1h", how, float(values[0])),
        _row("3", "csf-half-life", f"{how}, 2 to 8 h", _half_life(times[late], values[late])),
    ]


def _morphine_infusion() -> list[CalibrationRow]:
    table = []
    for row, tip in (("5", "L2"), ("6", "T10")):
        lumbar, cisterna = _steady("morphine", tip, 1000.0, ("L3", "cisterna"))
        how = f"steady infusion at {tip}, L3 over cisterna"
        table.append(_row(row, "lumbar-to-cisternal", how, lumbar / cisterna))
    return table


def _tracer() -> list[CalibrationRow]:
    at = np.array([72.0])
    result = _run("indium-dtpa", "L3", 720.0, 72.0, [("T2", at), ("T12", at)])
    upper, lower = (float(values[0]) for values in result.concentrations)
    return [_row("8", "t2-to-t12", "111In-DTPA for 72 h at L3", upper / lower)]


def _two_opioids() -> list[CalibrationRow]:
    times = np.arange(1, 241) / 60.0
    morphine, fentanyl = (
        _run(drug, "L4", 50.0, None, [("L2", times)]).concentrations[0]
        for drug in ("morphine", "fentanyl")
    )
    how = "50 ug each at L4, sampled at L2"
    return [
        _row("9", "tmax-morphine", how, float(times[morphine.argmax()])),
        _row("9", "tmax-fentanyl", how, float(times[fentanyl.argmax()])),
        _row("10", "ratio-36-min", how, float(morphine[35] / fentanyl[35])),
        _row("10", "ratio-103-min", how, float(morphine[102] / fentanyl[102])),
    ]


def _systemic() -> list[CalibrationRow]:
    times = np.arange(36.0, 60.1, 2.0)
    sampled = [("L3", times), ("plasma", times), ("plasma", np.array([_STEADY]))]
    result = _run("morphine", "L3", 500.0, None, sampled)
    csf, plasma = (_half_life(times, values) for values in result.concentrations[:2])
    fraction = (result.balance.eliminated + result.balance.plasma) / result.balance.dose
    how = "morphine 0.5 mg at L3"
    return [
        _row("12", "systemic-fraction", how, fraction),
        _row("12", "plasma-to-csf-terminal-half-life", f"{how}, 36 to 60 h", plasma / csf),
    ]


def _ziconotide() -> list[CalibrationRow]:
    times = np.arange(0.0, 72.01, 0.1)
    (values,) = _run("ziconotide", "L3", 5.0, 1.0, [("L1", times)]).concentrations
    late = (times >= 4.0) & (times <= 24.0)
    half_life = _half_life(times[late], values[late])
    clearance = 5.0 / float(np.trapezoid(values, times))
    how = "5 ug in 1 h at L3, sampled at L1"
    return [
        _row("13", "clearance", f"{how}, dose over area", clearance),
        _row("13", "volume", f"{how}, clearance by half-life", clearance * half_life / log(2.0)),
        _row("13", "half-life", f"{how}, 4 to 24 h", half_life),
    ]


def _baclofen_bolus() -> list[CalibrationRow]:
    times = np.arange(0.0, 72.01, 0.1)
    (values,) = _run("baclofen", "L3", 75.0, None, [("L2", times)]).concentrations
    early = (times >= 1.0) & (times <= 6.0)
    clearance = 75.0 / float(np.trapezoid(values, times))
    how = "75 ug at L3, sampled at L2"
    return [
        _row("15", "half-life", f"{how}, 1 to 6 h", _half_life(times[early], values[early])),
        _row("15", "clearance", f"{how}, dose over area", clearance),
    ]


def _baclofen_tip() -> list[CalibrationRow]:
    (tip,) = _steady("baclofen", "T10", 607.0, ("T10",))
    return [_row("16", "tip-concentration", "607 ug/d at T10, in the cell of the tip", tip)]


def _effects() -> list[CalibrationRow]:
    cord = _run_cord("baclofen", "T10", 263.0)
    times = np.arange(0.0, 12.01, 1 / 12)
    (cisterna,) = _run("morphine", "L3", 300.0, None, [("cisterna", times)]).concentrations
    months = 30.4375 * 24.0
    return [
        _row("18", "ashworth-after", "steady 263 ug/d at T10", ashworth_at(cord)),
        _row("19", "dose-ratio-12-months", "constant effect", dose_ratio_after(12 * months)),
        _row("19", "dose-ratio-36-months", "constant effect", dose_ratio_after(36 * months)),
        _row("24", "minimum-effective", "half of the effect", minimum_effective_clonidine()),
        _row(
            "29",
            "hypoxic-response",
            "0.3 mg at L3, mean of 12 h",
            hypoxic_response(times, cisterna),
        ),
    ]


def _run_cord(drug: str, tip: str, per_day: float) -> float:
    """Return the steady mean cord concentration where a drug acts on the legs."""
    from thecal.body.effects.course import sites_of

    (site, *_) = sites_of(drug)
    samples = tuple(Sample(level, "cord", (_STEADY,)) for level in site.levels)
    dose = Dose(tip, per_day / 24.0 * _STEADY, 0.0, _STEADY)
    result = run_experiment(Experiment(drug, (dose,), samples))
    return float(np.mean([values[0] for values in result.concentrations]))


_PREDICTIONS: tuple[Callable[[], list[CalibrationRow]], ...] = (
    _morphine_bolus,
    _morphine_infusion,
    _tracer,
    _two_opioids,
    _systemic,
    _ziconotide,
    _baclofen_bolus,
    _baclofen_tip,
    _effects,
)
