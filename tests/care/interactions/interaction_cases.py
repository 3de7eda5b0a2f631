"""A patient's list beside a pump, to be changed in one place by each test."""

from __future__ import annotations

from datetime import date

from thecal.care.advice import Advice
from thecal.care.interactions.advise import advise
from thecal.therapy.table import Table

TODAY = date(2026, 11, 20)


def case(pump: str, /, *home: object, **changes: object) -> Advice:
    values: dict[str, object] = {
        "on": TODAY,
        "occasion": "visit",
        "pump": pump.split(),
        "home": list(home) or ["none"],
        "alcohol": "no",
    }
    return advise(Table(values | changes, "case.toml"))
