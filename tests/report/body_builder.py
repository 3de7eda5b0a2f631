"""A body of plain formulas for tests of the report: every figure can be worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from thecal.body.course import (
    Band,
    BodyCourse,
    DrugCourse,
    EffectCourse,
    FloatArray,
    MassBalance,
    StandIn,
    UsedFact,
    Window,
)
from thecal.data import Fact
from thecal.program.clock import Instant

LEVELS = (
    *(f"C{n}" for n in range(1, 8)),
    *(f"T{n}" for n in range(1, 13)),
    *(f"L{n}" for n in range(1, 6)),
    *("S1", "S2"),
)
HEIGHTS = (*([1.6] * 7), *([2.3] * 12), *([3.1] * 5), *([2.0] * 2))
TOPS = tuple(float(sum(HEIGHTS[:place])) for place in range(len(HEIGHTS)))
LENGTH = float(sum(HEIGHTS))
HYPOTHESIS = "no human figure links cord concentration to this score <in numbers>"
OF_PAIN = StandIn("hydromorphone", "EC50 of pain", "morphine")
OF_ALL = StandIn("any", "Hill of pain", "any, spasticity-legs")
STAND_IN = StandIn("hydromorphone", "csf-clearance", "morphine")


def make_body(
    start: Instant,
    hours: float,
    doses: Mapping[str, float],
    *,
    tip: str = "T10",
    moves: tuple[tuple[float, str], ...] = (),
    bolus_every: float = 0.0,
    draws: int = 300,
    steps: int = 400,
    stand_ins: tuple[StandIn, ...] = (),
) -> BodyCourse:
    """Return a course; `doses` are micrograms per mL that each drug nears at the tip."""
    chosen = tuple(dict.fromkeys((tip, "C5", "T6", "L2")))
    grids = [("whole", np.linspace(0.0, hours, steps + 1 if hours else 1))]
    if hours > 48:
        grids.append(("last", np.linspace(hours - 48, hours, 193)))
    windows = tuple(
        Window(
            name,
            times,
            {
                drug: _drug(drug, times, dose, tip, bolus_every, chosen)
                for drug, dose in doses.items()
            },
            _effects(times, sum(doses.values())),
        )
        for name, times in grids
    )
    return BodyCourse(
        start=start,
        levels=LEVELS,
        level_tops=TOPS,
        length=LENGTH,
        tips=((0.0, tip), *moves),
        chosen_levels=chosen,
        windows=windows,
        balance={
            drug: MassBalance(1000.0, 40.0, 30.0, 20.0, 0.0, 10.0, 1e-8, 900.0 - 1e-8)
            for drug in doses
        },
        stand_ins=stand_ins,
        facts=(
            UsedFact(
                "morphine",
                "csf-clearance",
                Fact(Fraction(13), "1", "pkpd.md 2.2", "read", note="<derived>"),
            ),
        ),
        notes=("The canal is a line: <front> and back are not told apart.",),
        draws=draws,
        seed=7,
    )


def _drug(
    drug: str, times: FloatArray, dose: float, tip: str, bolus_every: float, chosen: tuple[str, ...]
) -> DrugCourse:
    middle = np.array(TOPS) + np.array(HEIGHTS) / 2
    spread = np.exp(-np.abs(middle - middle[LEVELS.index(tip)]) / 8.0)
    rise = dose * (1 - np.exp(-times / 20.0))
    wave = np.zeros_like(times)
    if bolus_every:
        wave = 2.0 * np.exp(-(times % bolus_every) / (bolus_every / 4)) - 0.5
        wave = np.maximum(wave, -0.9)
    csf = rise[:, None] * spread[None, :] * (1 + wave[:, None] * spread[None, :])
    return DrugCourse(
        drug=drug,
        csf=csf,
        csf_peak=np.maximum(csf, np.vstack([csf[:1], csf[:-1]])),
        cord=csf * 0.5,
        csf_at={level: _band(csf[:, LEVELS.index(level)]) for level in chosen},
        cisterna=_band(csf[:, 0] * 0.3),
        plasma=_band(rise * 1e-4),
    )


def _band(value: FloatArray, spread: float = 2.0) -> Band:
    return Band(value, value / spread, value * spread)


def _effects(times: FloatArray, dose: float) -> tuple[EffectCourse, ...]:
    pain = 8.0 - 5.0 * (1 - np.exp(-times * max(dose, 0.1) / 60))
    breath = 40.0 + 6.0 * (1 - np.exp(-times / 100))
    return (
        EffectCourse(
            "pain",
            "Pain, NRS",
            "0-10",
            Band(pain, np.maximum(pain - 1.5, 0), np.minimum(pain + 1.5, 10)),
            HYPOTHESIS,
            "Held against the level L2.",
        ),
        EffectCourse(
            "ventilation", "Arterial carbon dioxide", "mmHg", _band(breath, 1.05), "", "By C1."
        ),
    )
