"""The case of a clinical rule as the log keeps it: the values of a case file, times and days named.

JSON has no times: a time of day is `{"moment": "2026-03-02T10:00"}`, a day `{"day": "2026-03-02"}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from thecal.therapy.table import Table

_MOMENT, _DAY = "moment", "day"


def case_to_json(value: Any) -> Any:
    """Return the values of a case as JSON holds them."""
    if isinstance(value, datetime):
        return {_MOMENT: value.isoformat()}
    if isinstance(value, date):
        return {_DAY: value.isoformat()}
    if isinstance(value, Mapping):
        return {key: case_to_json(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [case_to_json(one) for one in value]
    return value


def case_from_json(value: Any) -> Any:
    """Return what `case_to_json` wrote."""
    if isinstance(value, Mapping):
        if set(value) == {_MOMENT}:
            return datetime.fromisoformat(value[_MOMENT])
        if set(value) == {_DAY}:
            return date.fromisoformat(value[_DAY])
        return {key: case_from_json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [case_from_json(one) for one in value]
    return value


def case_table(values: Any, topic: str) -> Table:
    """Return a case as the rules read it."""
    return Table(case_from_json(values), topic)
