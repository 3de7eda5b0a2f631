"""A calculation as JSON by the contract, or for people: results, derivation, findings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction

from thecal.care.derivation import Calculation, Value
from thecal.cli.jsonable import Json, number, quantity
from thecal.safety.finding import Amount, Finding
from thecal.units import Duration, Mass, MassRate, show, show_number

_INDENT = "  "
_OTHER_MASS_UNIT = {"mg": "ug", "ug": "mg"}


def as_json(calculation: Calculation) -> str:
    """Return the answer of a calculator, its findings and its derivation as JSON."""
    answer: dict[str, Json] = {key: _json(value) for key, value in calculation.results.items()}
    answer["findings"] = [_finding(one) for one in calculation.findings]
    answer["derivation"] = [
        {
            "what": step.what,
            "formula": step.formula,
            "numbers": step.numbers,
            "result": step.result,
            "source": step.source,
        }
        for step in calculation.steps
    ]
    return json.dumps(answer, indent=2, allow_nan=False)


def as_text(calculation: Calculation) -> str:
    """Return the answer for people."""
    lines = [f"{calculation.name} - for research and training, not for patient care", ""]
    lines.extend(_result_lines(calculation.results, ""))
    lines.extend(("", "How it was computed"))
    for step in calculation.steps:
        lines.append(f"{_INDENT}{step.what}")
        lines.append(f"{_INDENT * 2}= {step.formula}")
        lines.append(f"{_INDENT * 2}= {step.numbers}")
        lines.append(f"{_INDENT * 2}= {step.result}")
        lines.append(f"{_INDENT * 2}source: {step.source}")
    if calculation.findings:
        lines.extend(("", "Findings"))
    for one in calculation.findings:
        lines.append(f"{_INDENT}{one.severity.value} {one.check}: {one.message}")
        lines.append(f"{_INDENT * 2}source: {one.source}")
    return "\n".join(lines)


def told(amount: Amount) -> str:
    """Return a quantity for people: a mass in mg and mcg, a time in a second unit."""
    value, unit = amount.quantity, amount.unit
    first = show(value, unit)
    if isinstance(value, Mass | MassRate):
        mass, slash, time = unit.partition("/")
        other = _OTHER_MASS_UNIT.get(mass)
        return first if other is None else f"{first} ({show(value, other + slash + time)})"
    if isinstance(value, Duration) and unit == "d":
        return show(value, "d")
    if isinstance(value, Duration) and unit == "h":
        if value < Duration.of(3, "h"):
            return f"{first} ({show(value, 'min')})"
        if value > Duration.of(48, "h"):
            return f"{first} ({show(value, 'd')})"
    return first


def _result_lines(results: Mapping[str, Value], indent: str) -> Iterator[str]:
    for key, value in results.items():
        label = key.replace("_", " ")
        label = f"{indent}{label[:1].upper()}{label[1:]}"
        if isinstance(value, Mapping):
            yield label
            yield from _result_lines(value, indent + _INDENT)
        elif isinstance(value, tuple):
            yield from _list_lines(label, value, indent)
        else:
            yield f"{label}: {_text(value)}"


def _list_lines(label: str, values: tuple[Value, ...], indent: str) -> Iterator[str]:
    if all(isinstance(one, Amount) for one in values):
        yield f"{label}: {' to '.join(_text(one) for one in values)}"
        return
    yield label
    for one in values:
        if isinstance(one, Mapping):
            parts = [_text(part) for part in one.values()]
            yield f"{indent}{_INDENT}{'; '.join(parts)}"
        else:
            yield f"{indent}{_INDENT}{_text(one)}"


def _text(value: Value) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Amount):
        return told(value)
    if isinstance(value, Fraction):
        return show_number(value)
    return str(value)


def _json(value: Value) -> Json:
    if isinstance(value, Amount):
        return quantity(value.quantity, value.unit)
    if isinstance(value, Fraction):
        return number(value)
    if isinstance(value, Mapping):
        return {key: _json(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [_json(one) for one in value]
    return value


def _finding(one: Finding) -> Json:
    return {
        "check": one.check,
        "severity": one.severity.value,
        "event": one.event,
        "message": one.message,
        "value": _json(one.value),
        "limit": _json(one.limit),
        "source": one.source,
    }
