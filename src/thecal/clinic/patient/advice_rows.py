"""An advice as a page shows it: every figure with whose it is, and whether anybody verified it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from thecal.care.advice import Advice, Cited
from thecal.care.derivation import Value
from thecal.care.forms.amounts import quantity_text
from thecal.safety.finding import Amount
from thecal.units import Quantity, show, show_date, show_number, show_time, show_unit
from thecal.units.display import SIGNIFICANT_DIGITS

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?", re.ASCII)


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
        return quantity_text(value.quantity, value.unit, SIGNIFICANT_DIGITS)
    if isinstance(value, Fraction):
        return show_number(value)
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {shown(one)}" for key, one in value.items())
    if isinstance(value, tuple):
        return ", ".join(shown(one) for one in value)
    return _day_and_time(str(value))


def _day_and_time(text: str) -> str:
    """Return a text with the month spelled out where it is a date or a time and nothing else."""
    if not _ISO.fullmatch(text):
        return text
    moment = datetime.fromisoformat(text)
    return show_time(moment) if "T" in text else show_date(moment.date())


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
