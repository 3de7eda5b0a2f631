"""An advice as a page shows it: every figure with whose it is, and whether anybody verified it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from thecal.care.advice import Advice, Cited
from thecal.care.derivation import Value
from thecal.care.document import Text
from thecal.care.forms.amounts import quantity_text
from thecal.report.documents.localised import localised
from thecal.safety.finding import Amount
from thecal.units import Quantity, show, show_number, show_unit
from thecal.units.display import SIGNIFICANT_DIGITS


def advice_rows(advice: Advice) -> dict[str, Any]:
    """Return what the template `advice.html` shows."""
    return {
        "verdict": advice.verdict,
        "summary": spelled(advice.summary),
        "findings": advice.findings,
        "reasons": [
            {
                "weight": one.weight.value,
                "text": spelled(one.text),
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
        "not_checked": [spelled(one) for one in advice.not_checked],
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
        return quantity_text(value.quantity, value.unit, SIGNIFICANT_DIGITS)
    if isinstance(value, Fraction):
        return show_number(value)
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {shown(one)}" for key, one in value.items())
    if isinstance(value, tuple):
        return ", ".join(shown(one) for one in value)
    return spelled(str(value))


def spelled(text: str) -> str:
    """Return a text with the dates that a rule wrote as machines read them as people do."""
    return localised(Text.same(text), "en")


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
