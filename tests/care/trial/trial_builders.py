"""Trials for the tests of this folder."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

from thecal.care.trial.case import Bolus, Score, TrialCase
from thecal.units import Mass

START = datetime.fromisoformat("2026-03-02T09:00:00")
BOLUS = Bolus(START, Mass.of("0.3", "mg"))


def trial(
    before: Fraction | str | int, *after: Fraction | str | int, scale: str = "nrs"
) -> TrialCase:
    """A single bolus of morphine with scores before it and at 1, 2, ... h after it."""
    scores = [Score(START - timedelta(hours=1), {scale: Fraction(before)})]
    scores += [
        Score(START + timedelta(hours=hour), {scale: Fraction(score)})
        for hour, score in enumerate(after, start=1)
    ]
    return TrialCase(
        "single-bolus", "pain", drug="morphine", boluses=(BOLUS,), scores=tuple(scores)
    )


def screening(*doses: tuple[int, str, bool | None], **known: object) -> TrialCase:
    """Boluses of baclofen: hours after the first, dose, whether it worked."""
    boluses = tuple(
        Bolus(START + timedelta(hours=hour), Mass.of(dose, "ug"), responded)
        for hour, dose, responded in doses
    )
    case = TrialCase("repeated-bolus", "spasticity", drug="baclofen", boluses=boluses)
    return replace(case, **known)
