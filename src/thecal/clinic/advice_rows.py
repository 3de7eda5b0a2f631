"""An advice as a page shows it: every figure with whose it is, and whether anybody verified it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from thecal.care.advice import Advice, Cited
from thecal.care.derivation import Value
from thecal.safety.finding import Amount
from thecal.units import Quantity, show, show_number, show_unit


def advice_rows(advice: Advice) -> dict[str, Any]:
    """Return what the template `advice.html` shows."""
    return {
        "verdict": advice.verdict,
        "summary": advice.summary,
        "findings": advice.findings,
        "reasons": [
            {
                "weight": one.weight.value,
                "text": one.text,
                "figures": [_cited(each) for each in one.figures],
            }
            for one in advice.reasons
        ],
        "results": [(key.replace("_", " "), shown(one)) for key, one in advice.results.items()],
        "listings": [
            {
                "title": one.title,
                "columns": one.columns,
                "rows": [[shown(cell) for cell in row] for row in one.rows],
            }
            for one in advice.listings
        ],
        "disagreements": [
            {
                "question": one.question,
                "used": one.used,
                "answers": [_cited(each) for each in one.answers],
            }
            for one in advice.disagreements
        ],
        "steps": advice.steps,
        "not_checked": advice.not_checked,
        "unverified": len(advice.unverified()),
        "figures": len(advice.figures()),
    }


def shown(value: Value) -> str:
    """Return one value of an advice for people."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Amount):
        return show(value.quantity, value.unit)
    if isinstance(value, Fraction):
        return show_number(value)
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {shown(one)}" for key, one in value.items())
    if isinstance(value, tuple):
        return ", ".join(shown(one) for one in value)
    return str(value)


def _cited(one: Cited) -> dict[str, Any]:
    fact = one.fact
    if isinstance(fact.value, Quantity):
        value = show(fact.value, fact.unit)
    elif isinstance(fact.value, str):
        value = fact.value
    else:
        unit = "" if fact.unit == "1" else f" {show_unit(fact.unit)}"
        value = f"{show_number(fact.value)}{unit}"
    return {
        "what": one.what,
        "value": value,
        "source": fact.provenance(),
        "verified": fact.verified,
    }
