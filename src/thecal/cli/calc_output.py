"""A calculation as JSON by the contract, or for people: results, derivation, findings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction

from thecal.care.derivation import Calculation, Derivation, Value
from thecal.cli.finding_output import finding_details, finding_json
from thecal.cli.jsonable import Json, number, quantity
from thecal.safety.finding import Amount, Finding
from thecal.units import Duration, Mass, MassRate, show, show_number

_INDENT = "  "
_OTHER_MASS_UNIT = {"mg": "ug", "ug": "mg"}


def as_json(calculation: Calculation) -> str:
    """Return the answer of a calculator, its findings and its derivation as JSON."""
    answer: dict[str, Json] = {key: value_json(value) for key, value in calculation.results.items()}
    answer["findings"] = [finding_json(one) for one in calculation.findings]
    answer["derivation"] = [step_json(step) for step in calculation.steps]
    return json.dumps(answer, indent=2, allow_nan=False)


def as_text(calculation: Calculation) -> str:
    """Return the answer for people."""
    lines = [f"{calculation.name} - for research and training, not for patient care", ""]
    lines.extend(result_lines(calculation.results))
    lines.extend(step_lines(calculation.steps))
    lines.extend(finding_lines(calculation.findings))
    return "\n".join(lines)


def step_lines(steps: tuple[Derivation, ...]) -> Iterator[str]:
    """Yield the derivation for people, under its heading; nothing where there is none."""
    if steps:
        yield from ("", "How it was computed")
    for step in steps:
        yield f"{_INDENT}{step.what}"
        yield f"{_INDENT * 2}= {step.formula}"
        yield f"{_INDENT * 2}= {step.numbers}"
        yield f"{_INDENT * 2}= {step.result}"
        yield f"{_INDENT * 2}source: {step.source}"


def finding_lines(findings: tuple[Finding, ...]) -> Iterator[str]:
    """Yield the findings for people, under their heading; nothing where there is none."""
    if findings:
        yield from ("", "Findings")
    for one in findings:
        yield f"{_INDENT}{one.severity.value} {one.check}: {one.message}"
        yield from (f"{_INDENT * 2}{line}" for line in finding_details(one))


def step_json(step: Derivation) -> Json:
    """Return one step of a derivation."""
    return {
        "what": step.what,
        "formula": step.formula,
        "numbers": step.numbers,
        "result": step.result,
        "source": step.source,
    }


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


def result_lines(results: Mapping[str, Value], indent: str = "") -> Iterator[str]:
    """Yield results for people, one a line, nested ones indented."""
    for key, value in results.items():
        label = key.replace("_", " ")
        label = f"{indent}{label[:1].upper()}{label[1:]}"
        if isinstance(value, Mapping):
            yield label
            yield from result_lines(value, indent + _INDENT)
        elif isinstance(value, tuple):
            yield from _list_lines(label, value, indent)
        else:
            yield f"{label}: {value_text(value)}"


def _list_lines(label: str, values: tuple[Value, ...], indent: str) -> Iterator[str]:
    if all(isinstance(one, Amount) for one in values):
        yield f"{label}: {' to '.join(value_text(one) for one in values)}"
        return
    yield label
    for one in values:
        if isinstance(one, Mapping):
            parts = [value_text(part) for part in one.values()]
            yield f"{indent}{_INDENT}{'; '.join(parts)}"
        else:
            yield f"{indent}{_INDENT}{value_text(one)}"


def value_text(value: Value) -> str:
    """Return one value for people."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Amount):
        return told(value)
    if isinstance(value, Fraction):
        return show_number(value)
    return str(value)


def value_json(value: Value) -> Json:
    """Return one value by the contract."""
    if isinstance(value, Amount):
        return quantity(value.quantity, value.unit)
    if isinstance(value, Fraction):
        return number(value)
    if isinstance(value, Mapping):
        return {key: value_json(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [value_json(one) for one in value]
    return value
