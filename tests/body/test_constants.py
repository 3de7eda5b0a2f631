"""Figures of the tables in the units of the body: cm, mL, hours and micrograms."""

from __future__ import annotations

import pytest

from thecal.body.constants import number_of
from thecal.data import fact_of
from thecal.errors import DataError


def figure(value: str, unit: str) -> float:
    row = {"value": value, "unit": unit, "source": "a book", "status": "read"}
    return number_of(fact_of({**row, "checked_by": "", "date": "", "note": ""}))


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("150", "mm2", 1.5),
        ("0.089", "cm2/s", 320.4),
        ("770", "um2/s", 0.02772),
        ("0.32", "cm/h", 0.32),
        ("2", "1/min", 120.0),
        ("12", "1/d", 0.5),
        ("1.3", "L/min", 78_000.0),
        ("17", "L/h", 17_000.0),
        ("270", "mL/min", 16_200.0),
        ("243", "L", 243_000.0),
        ("0.0126", "m2/kg", 0.0126),
        ("50", "y", 50.0),
        ("3", "1", 3.0),
        ("1.4", "cm", 1.4),
        ("32", "mL", 32.0),
        ("500", "uL", 0.5),
        ("0.8", "mL/cm", 0.8),
        ("20", "min", 1 / 3),
        ("0.5", "mg", 500.0),
        ("70", "kg", 7e10),
        ("10", "ng/mL", 0.01),
        ("2", "mg/mL", 2000.0),
    ],
)
def test_each_unit_becomes_that_of_the_body(value: str, unit: str, expected: float) -> None:
    assert figure(value, unit) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("value", "unit"), [("morphine", "text"), ("3", "mmHg"), ("3", "mL/d"), ("3", "g/mol")]
)
def test_a_text_or_another_unit_is_refused(value: str, unit: str) -> None:
    with pytest.raises(DataError, match="a book"):
        figure(value, unit)
