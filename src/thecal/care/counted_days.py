"""Therapies whose days are counted from a day that is chosen later: invented patients.

`day = -84` is twelve weeks before that day, `"day -84"` stands where a date is wanted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from thecal.therapy.events import Therapy
from thecal.therapy.file_reader import SCHEMA, read_therapy_table

_DAY = re.compile(r"day (-?[0-9]+)")


def dated(value: Any, today: date) -> Any:
    """Return the date that `"day -84"` means; every other value as it stands."""
    match = _DAY.fullmatch(value) if isinstance(value, str) else None
    return value if match is None else today + timedelta(int(match.group(1)))


def event_values(event: Mapping[str, Any], today: date, offset: timezone) -> dict[str, Any]:
    """Return the values of an event with `day` and `at` as a therapy file has them."""
    rest = {key: value for key, value in event.items() if key not in ("day", "at")}
    at = time.fromisoformat(event["at"])
    return {"time": datetime.combine(today + timedelta(event["day"]), at, offset), **rest}


def therapy_counted(
    number: str,
    birth_date: date,
    sex: str,
    setup: Mapping[str, Any],
    events: Sequence[Mapping[str, Any]],
    *,
    today: date,
    offset: timezone,
    next_visit: int | None = None,
) -> Therapy:
    """Return the therapy of an invented patient as it stands on a day.

    Parameters
    ----------
    setup
        Tables `patient`, `pump` and `catheter` of a therapy file; number, birth date and sex of the
        patient stand beside them.
    events
        Those of a therapy file with `day` and `at` in place of `time`.
    next_visit
        In how many days; None: it is not planned.

    Raises
    ------
    BadFileError
        If they cannot be a therapy; the message names event and key.
    """
    tables = {key: value for key, value in setup.items() if key != "utc_offset"}
    tables["patient"] = {"id": number, "birth_date": birth_date, "sex": sex, **setup["patient"]}
    tables["pump"] = {key: dated(value, today) for key, value in setup["pump"].items()}
    root: dict[str, Any] = {"schema": SCHEMA, "utc_offset": _offset_text(offset), **tables}
    if next_visit is not None:
        root["plan"] = {"next_visit": today + timedelta(next_visit)}
    in_time = sorted(events, key=lambda event: (event["day"], event["at"]))
    root["events"] = [event_values(event, today, offset) for event in in_time]
    return read_therapy_table(root, number)


def _offset_text(offset: timezone) -> str:
    minutes = int(offset.utcoffset(None).total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
