"""The body as JSON and as text for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from thecal.cli.jsonable import Json
from thecal.errors import ThecalError

if TYPE_CHECKING:
    from thecal.body.course import BodyCourse, DrugCourse, MassBalance, StandIn, UsedFact

PARTS = ("csf", "cord", "epidural", "fat", "cranial", "plasma")
MODEL = (
    "model, not measurement: one dimension, no figure verified, the dispersion along the canal"
    " a plausibility fit with a wide prior"
)


def micrograms(value: float) -> Json:
    """Return a mass of the body as JSON."""
    return {"value": value, "unit": "ug"}


def concentration(value: float) -> Json:
    """Return a concentration of the body, held in micrograms per mL, as JSON in ng/mL."""
    return {"value": value * 1000.0, "unit": "ng/mL"}


def balance_json(balance: MassBalance) -> Json:
    """Return where the mass is."""
    return {
        "dose": micrograms(balance.dose),
        "body": micrograms(balance.body),
        "eliminated": micrograms(balance.eliminated),
        "parts": {part: micrograms(getattr(balance, part)) for part in PARTS},
        "relative_error": balance.relative_error,
    }


def stand_ins_json(stand_ins: tuple[StandIn, ...]) -> Json:
    """Return whose figures stand in for those that a drug lacks in humans."""
    return [
        {"drug": one.drug, "parameter": one.parameter, "value_of": one.source_drug}
        for one in stand_ins
    ]


def unverified(facts: Iterable[UsedFact]) -> list[str]:
    """Return owner and parameter of every figure that nobody has verified."""
    return sorted({f"{one.owner}: {one.parameter}" for one in facts if not one.fact.verified})


def body_json(body: BodyCourse | ThecalError) -> Json:
    """Return the `body` part of `simulate`: where each drug is at the end, and what it does."""
    if isinstance(body, ThecalError):
        return {"computed": False, "reason": str(body)}
    last = body.windows[-1]
    return {
        "computed": True,
        "model": MODEL,
        "time": {"value": float(last.times[-1]), "unit": "h"},
        "tip": body.tips[-1][1],
        "drugs": {
            drug: {
                **_levels_json(body, course),
                "mass_balance": balance_json(body.balance[drug]),
            }
            for drug, course in last.drugs.items()
        },
        "effects": [
            {
                "effect": effect.name,
                "title": effect.title,
                "value": float(effect.course.value[-1]),
                "unit": effect.unit,
                "hypothesis": effect.hypothesis,
                "note": effect.note,
            }
            for effect in last.effects
        ],
        "stand_ins": stand_ins_json(body.stand_ins),
        "unverified": unverified(body.facts),
        "notes": list(body.notes),
    }


def _levels_json(body: BodyCourse, course: DrugCourse) -> Json:
    return {
        "csf": {
            level: concentration(float(value))
            for level, value in zip(body.levels, course.csf[-1], strict=True)
        },
        "cord": {
            level: concentration(float(value))
            for level, value in zip(body.levels, course.cord[-1], strict=True)
        },
        "cisterna": concentration(float(course.cisterna.value[-1])),
        "plasma": concentration(float(course.plasma.value[-1])),
    }


def body_lines(body: BodyCourse | ThecalError) -> list[str]:
    """Return the body at the end for people."""
    if isinstance(body, ThecalError):
        return [f"the body is not computed: {body}"]
    last, tip = body.windows[-1], body.tips[-1][1]
    lines = [f"the body at the end, {MODEL}:"]
    for drug, course in last.drugs.items():
        at_tip = course.csf[-1][body.levels.index(tip)]
        lines.append(
            f"    {drug}: CSF at {tip} {at_tip * 1000:.4g} ng/mL,"
            f" cisterna {course.cisterna.value[-1] * 1000:.4g} ng/mL,"
            f" plasma {course.plasma.value[-1] * 1000:.4g} ng/mL"
        )
    for effect in last.effects:
        doubt = " (hypothesis)" if effect.hypothesis else ""
        lines.append(f"    {effect.title}: {effect.course.value[-1]:.3g} {effect.unit}{doubt}")
    return lines + [f"    {line}" for line in stand_in_lines(body.stand_ins)]


def stand_in_lines(stand_ins: tuple[StandIn, ...]) -> list[str]:
    """Return one line for each drug that borrows figures, for people."""
    by_pair: dict[tuple[str, str], list[str]] = {}
    for one in stand_ins:
        by_pair.setdefault((one.drug, one.source_drug), []).append(one.parameter)
    return [
        f"{drug} has no human intrathecal figure for {', '.join(parameters)}:"
        f" that of {other} stands in"
        for (drug, other), parameters in by_pair.items()
    ]
