"""A valid therapy file and the many ways to spoil it: names, bytes, and what the message names.

`BASELINE` is a therapy as data; `write_toml` turns it into a file. `cases()` yields every spoilt
file once, by name.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

Tree = dict[str, Any]
Path = tuple[str | int, ...]


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """Return a time of 2026 on the pump clock."""
    return datetime(2026, month, day, hour, minute)  # noqa: DTZ001 - a file's times have no offset


@dataclass(frozen=True)
class Raw:
    """A value written into the file as it stands."""

    text: str


@dataclass(frozen=True)
class Case:
    """One spoilt file: its bytes, and texts of which each must be in the message."""

    name: str
    data: bytes
    named: tuple[str, ...]


BASELINE: Tree = {
    "schema": "thecal.therapy/1",
    "utc_offset": "+01:00",
    "patient": {
        "id": "HOSTILE-1",
        "birth_date": date(1961, 4, 12),
        "sex": "female",
        "weight": "82 kg",
        "therapy": "pain",
        "setting": "non-cancer",
        "opioid_tolerant": True,
        "indication": "failed-back-surgery-syndrome",
    },
    "pump": {"model": "synchromed-ii-40", "serial": "NGV1H", "low_reservoir_alarm": "4 mL"},
    "catheter": {
        "model": "ascenda-8780",
        "supplied_length": "114 cm",
        "trimmed_length": "38 cm",
        "tip": "T10",
    },
    "plan": {"next_visit": date(2026, 4, 20)},
    "events": [
        {
            "time": at(3, 2, 10),
            "type": "fill",
            "volume": "38 mL",
            "mixture": {"morphine": "5 mg/mL", "bupivacaine": "4 mg/mL"},
            "programmed_volume": "38 mL",
            "order": {"morphine": "5 mg/mL", "bupivacaine": "4 mg/mL"},
            "label": {"morphine": "5 mg/mL", "bupivacaine": "4 mg/mL"},
            "lot": "L-77",
            "beyond_use": date(2026, 5, 30),
            "confirmed_by": Raw('["template", "ultrasound"]'),
        },
        {
            "time": at(3, 2, 10, 5),
            "type": "prime",
            "kind": "full",
            "volume": "0.3072 mL",
        },
        {
            "time": at(3, 2, 10, 40),
            "type": "program",
            "primary": "morphine",
            "mode": "continuous",
            "daily_dose": "0.5 mg/d",
            "patient_bolus": {
                "dose": "0.05 mg",
                "duration": "5 min",
                "lockout": "4 h",
                "max_per_day": 3,
                "max_dose_per_day": "1 mg",
            },
            "override": [{"check": "K32", "reason": "as before", "by": "Dr. A"}],
        },
        {"time": at(3, 3, 10), "type": "press"},
        {
            "time": at(3, 4, 10),
            "type": "interrogate",
            "serial": "NGV1H",
            "pump_clock": at(3, 4, 10),
            "programmer_clock": at(3, 4, 10),
        },
        {
            "time": at(3, 5, 10),
            "type": "program",
            "primary": "morphine",
            "mode": "flex",
            "daily_dose": "0.5 mg/d",
            "steps": [
                {"days": "mon-fri", "start": "07:00", "duration": "1 h", "dose": "0.05 mg"},
                {"days": "daily", "start": "20:00", "duration": "4 h", "dose": "0.1 mg"},
            ],
        },
        {
            "time": at(3, 6, 10),
            "type": "bolus",
            "dose": "0.05 mg",
            "duration": "10 min",
        },
        {"time": at(3, 6, 11), "type": "stop", "reason": "a scan"},
        {
            "time": at(3, 6, 11, 5),
            "type": "mri",
            "field": "1.5 T",
            "duration": "20 min",
        },
        {"time": at(3, 6, 12), "type": "resume"},
        {
            "time": at(3, 7, 10),
            "type": "environment",
            "duration": "2 h",
            "temperature": "39 Cel",
            "altitude": "2400 m",
        },
        {"time": at(3, 8, 10), "type": "fault", "kind": "catheter-kink"},
        {"time": at(3, 9, 10), "type": "observe", "scale": "NRS", "value": 3},
        {"time": at(3, 10, 10), "type": "note", "text": "slept well"},
        {
            "time": at(4, 1, 10),
            "type": "fill",
            "volume": "38 mL",
            "mixture": {"morphine": "10 mg/mL", "bupivacaine": "4 mg/mL"},
            "aspirated": "32 mL",
        },
        {
            "time": at(4, 1, 10, 10),
            "type": "program",
            "primary": "morphine",
            "mode": "continuous",
            "daily_dose": "0.5 mg/d",
            "bridge": {"daily_dose": "0.5 mg/d", "drug": "morphine"},
        },
        {
            "time": at(4, 5, 10),
            "type": "access-port",
            "aspirated": "0.2 mL",
        },
        {
            "time": at(4, 6, 10),
            "type": "revise",
            "catheter": {
                "model": "ascenda-8781",
                "implanted_length_range": Raw('["40 cm", "90 cm"]'),
                "tip": "T9",
            },
            "line": {},
        },
        {
            "time": at(4, 7, 10),
            "type": "replace",
            "pump": {"model": "synchromed-ii-20", "serial": "NGP2H"},
            "line": {"morphine": "10 mg/mL"},
        },
        {
            "time": at(4, 8, 10),
            "type": "bag-change",
            "volume": "50 mL",
            "mixture": {"morphine": "1 mg/mL"},
        },
        {"time": at(4, 9, 10), "type": "explant", "reason": "a wish"},
    ],
}

FILL, PRIME, PROGRAM, PRESS, INTERROGATE, FLEX, BOLUS, STOP, MRI = range(9)
ENVIRONMENT, FAULT, OBSERVE, NOTE, REFILL, BRIDGE, PORT, REVISE, REPLACE, BAG, EXPLANT = range(
    10, 21
)

_BOLUS: Path = ("events", PROGRAM, "patient_bolus")
_STEP: Path = ("events", FLEX, "steps", 1)
_OVERRIDE: Path = ("events", PROGRAM, "override", 0)

QUANTITIES: dict[Path, tuple[str, str]] = {
    ("patient", "weight"): ("82 kg", "82 mL"),
    ("pump", "low_reservoir_alarm"): ("4 mL", "4 mg"),
    ("catheter", "supplied_length"): ("114 cm", "114 mL"),
    ("catheter", "trimmed_length"): ("38 cm", "38 mL/cm"),
    ("events", FILL, "volume"): ("38 mL", "38 mg"),
    ("events", FILL, "programmed_volume"): ("38 mL", "38 mL/d"),
    ("events", FILL, "mixture", "morphine"): ("5 mg/mL", "5 mg"),
    ("events", FILL, "label", "bupivacaine"): ("4 mg/mL", "4 mg/d"),
    ("events", PRIME, "volume"): ("0.3072 mL", "0.3072 mL/h"),
    ("events", PROGRAM, "daily_dose"): ("0.5 mg/d", "0.5 mL/d"),
    (*_BOLUS, "dose"): ("0.05 mg", "0.05 mg/d"),
    (*_BOLUS, "duration"): ("5 min", "5 mL"),
    (*_BOLUS, "lockout"): ("4 h", "4 mg/h"),
    (*_BOLUS, "max_dose_per_day"): ("1 mg", "1 mg/d"),
    (*_STEP, "duration"): ("4 h", "4 cm"),
    (*_STEP, "dose"): ("0.1 mg", "0.1 mg/d"),
    ("events", BOLUS, "dose"): ("0.05 mg", "0.05 mL"),
    ("events", BOLUS, "duration"): ("10 min", "10 kg"),
    ("events", ENVIRONMENT, "temperature"): ("39 Cel", "39 T"),
    ("events", ENVIRONMENT, "altitude"): ("2400 m", "2400 cm"),
    ("events", MRI, "field"): ("1.5 T", "1.5 Cel"),
    ("events", REFILL, "aspirated"): ("32 mL", "32 ug"),
    ("events", BRIDGE, "bridge", "daily_dose"): ("0.5 mg/d", "0.5 mg"),
    ("events", PORT, "aspirated"): ("0.2 mL", "0.2 mg/mL"),
    ("events", REPLACE, "line", "morphine"): ("10 mg/mL", "10 kg"),
    ("events", BAG, "volume"): ("50 mL", "50 s"),
}
ZERO_ALLOWED = {
    ("catheter", "trimmed_length"),
    ("events", REFILL, "aspirated"),
    ("events", PORT, "aspirated"),
}

TEXTS: tuple[Path, ...] = (
    ("patient", "id"),
    ("pump", "serial"),
    ("events", FILL, "lot"),
    ("events", STOP, "reason"),
    ("events", OBSERVE, "scale"),
    ("events", NOTE, "text"),
    ("events", INTERROGATE, "serial"),
    (*_OVERRIDE, "check"),
    (*_OVERRIDE, "reason"),
    (*_OVERRIDE, "by"),
)
CHOICES: tuple[Path, ...] = (
    ("schema",),
    ("patient", "sex"),
    ("patient", "therapy"),
    ("patient", "setting"),
    ("patient", "indication"),
    ("pump", "model"),
    ("catheter", "model"),
    ("catheter", "tip"),
    ("events", FILL, "type"),
    ("events", FILL, "confirmed_by"),
    ("events", PRIME, "kind"),
    ("events", PROGRAM, "mode"),
    ("events", PROGRAM, "primary"),
    ("events", BRIDGE, "bridge", "drug"),
    ("events", FAULT, "kind"),
    ("events", REPLACE, "pump", "model"),
    ("events", REVISE, "catheter", "model"),
    ("events", REVISE, "catheter", "tip"),
)
MOMENTS: tuple[Path, ...] = (
    ("events", FILL, "time"),
    ("events", PROGRAM, "time"),
    ("events", INTERROGATE, "pump_clock"),
)
DATES: tuple[Path, ...] = (
    ("patient", "birth_date"),
    ("plan", "next_visit"),
    ("events", FILL, "beyond_use"),
)
MIXTURES: tuple[Path, ...] = (
    ("events", FILL, "mixture"),
    ("events", FILL, "order"),
    ("events", REFILL, "mixture"),
    ("events", BAG, "mixture"),
)
TABLES: tuple[Path, ...] = (
    ("patient",),
    ("pump",),
    ("catheter",),
    ("plan",),
    _BOLUS,
    ("events", BRIDGE, "bridge"),
    ("events", REPLACE, "pump"),
    ("events", REVISE, "catheter"),
    ("events", FLEX, "steps", 0),
    _OVERRIDE,
)
REQUIRED: tuple[Path, ...] = (
    ("schema",),
    ("utc_offset",),
    ("patient",),
    ("pump",),
    ("catheter",),
    ("events",),
    ("patient", "id"),
    ("patient", "birth_date"),
    ("patient", "sex"),
    ("patient", "weight"),
    ("patient", "therapy"),
    ("patient", "setting"),
    ("pump", "model"),
    ("pump", "serial"),
    ("catheter", "model"),
    ("catheter", "tip"),
    ("events", FILL, "time"),
    ("events", FILL, "type"),
    ("events", FILL, "volume"),
    ("events", FILL, "mixture"),
    ("events", PROGRAM, "primary"),
    ("events", PROGRAM, "mode"),
    ("events", PROGRAM, "daily_dose"),
    (*_BOLUS, "dose"),
    (*_BOLUS, "duration"),
    (*_BOLUS, "lockout"),
    ("events", FLEX, "steps"),
    (*_STEP, "days"),
    (*_STEP, "start"),
    (*_STEP, "duration"),
    (*_STEP, "dose"),
    ("events", BOLUS, "dose"),
    ("events", BOLUS, "duration"),
    ("events", MRI, "field"),
    ("events", MRI, "duration"),
    ("events", ENVIRONMENT, "duration"),
    ("events", FAULT, "kind"),
    ("events", OBSERVE, "scale"),
    ("events", OBSERVE, "value"),
    ("events", NOTE, "text"),
    ("events", BRIDGE, "bridge", "daily_dose"),
    ("events", PORT, "aspirated"),
    ("events", REVISE, "catheter"),
    ("events", REPLACE, "pump"),
    ("events", REPLACE, "pump", "serial"),
    ("events", BAG, "volume"),
    ("events", BAG, "mixture"),
    (*_OVERRIDE, "check"),
    (*_OVERRIDE, "reason"),
)
WITH_KEYS: tuple[Path, ...] = (
    (),
    *TABLES,
    *(("events", index) for index in range(len(BASELINE["events"]))),
)

HUGE = "0x1" + "0" * 5000  # Python refuses to write this number out


def quantity_texts(good: str, other: str) -> Iterator[tuple[str, Any]]:
    """Yield every way to write a quantity that the grammar refuses."""
    number, unit = good.split(" ")
    yield from (
        ("no-unit", number),
        ("no-space", number + unit),
        ("two-spaces", f"{number}  {unit}"),
        ("space-before", f" {good}"),
        ("space-after", f"{good} "),
        ("tab", f"{number}\t{unit}"),
        ("no-break-space", f"{number}\N{NO-BREAK SPACE}{unit}"),
        ("line-end", f"{good}\n"),
        ("line-end-inside", f"{number}\n{unit}"),
        ("point-first", f".5 {unit}"),
        ("point-last", f"5. {unit}"),
        ("two-points", f"1.0.0 {unit}"),
        ("comma", f"1,5 {unit}"),
        ("grouped", f"1,000.5 {unit}"),
        ("underscore", f"1_000 {unit}"),
        ("power", f"1e-3 {unit}"),
        ("minus", f"-{good}"),
        ("minus-sign", f"\N{MINUS SIGN}{good}"),
        ("plus", f"+{good}"),
        ("nan", f"NaN {unit}"),
        ("inf", f"inf {unit}"),
        ("hex", f"0x5 {unit}"),
        ("fraction", f"1/2 {unit}"),
        ("full-width", f"\N{FULLWIDTH DIGIT FIVE} {unit}"),
        ("arabic-digit", f"\N{ARABIC-INDIC DIGIT FIVE} {unit}"),
        ("digits-before", f"12345678 {unit}"),
        ("digits-after", f"1.1234567 {unit}"),
        ("micro-sign", f"{number} \N{MICRO SIGN}{unit[1:]}"),
        ("greek-mu", f"{number} \N{GREEK SMALL LETTER MU}g"),
        ("cc", f"{number} cc"),
        ("unknown-unit", f"{number} furlong"),
        ("capital-unit", f"{number} {unit.upper()}X"),
        ("unit-only", unit),
        ("unit-first", f"{unit} {number}"),
        ("range", f"{number}-{number} {unit}"),
        ("words", "five " + unit),
        ("wrong-dimension", other),
        ("empty", ""),
        ("number", Raw("5")),
        ("float", Raw("5.5")),
        ("bool", Raw("true")),
        ("toml-nan", Raw("nan")),
        ("toml-inf", Raw("-inf")),
        ("list", Raw(f'["{good}"]')),
        ("table", Raw('{ value = 5, unit = "mL" }')),
        ("date", Raw("2026-03-02")),
        ("huge", Raw(HUGE)),
        ("long", "9" * 3000 + " " + unit),
    )


NOT_A_TEXT: tuple[tuple[str, Any], ...] = (
    ("number", Raw("5")),
    ("bool", Raw("false")),
    ("empty", ""),
    ("blank", "   "),
    ("line-end", "a\nb"),
    ("nul", "a\0b"),
    ("escape", "\x1b[31mred"),
    ("list", Raw('["a"]')),
    ("table", Raw('{ a = "b" }')),
    ("date", Raw("2026-03-02")),
    ("huge", Raw(HUGE)),
)
NOT_A_CHOICE: tuple[tuple[str, Any], ...] = (
    ("unknown", "no-such-thing"),
    ("empty", ""),
    ("number", Raw("1")),
    ("bool", Raw("true")),
    ("list", Raw("[[1]]")),
    ("table", Raw("{ a = 1 }")),
    ("line-end", "no\nsuch"),
    ("huge", Raw(HUGE)),
    ("long", "x" * 100_000),
)
NOT_A_MOMENT: tuple[tuple[str, Any], ...] = (
    ("text", "2026-03-02T10:00:00"),
    ("date", Raw("2026-03-02")),
    ("local-time", Raw("10:00:00")),
    ("number", Raw("1772445600")),
    ("bool", Raw("true")),
    ("year-1", Raw("0001-01-01T00:00:00")),
    ("year-1-offset", Raw("0001-01-01T00:00:00+14:00")),
    ("year-9999", Raw("9999-12-31T23:59:59")),
    ("year-9999-offset", Raw("9999-12-31T23:59:59-14:00")),
    ("list", Raw("[2026-03-02T10:00:00]")),
)
NOT_A_DATE: tuple[tuple[str, Any], ...] = (
    ("text", "1961-04-12"),
    ("moment", Raw("1961-04-12T00:00:00")),
    ("moment-offset", Raw("1961-04-12T00:00:00Z")),
    ("local-time", Raw("10:00:00")),
    ("number", Raw("1961")),
    ("bool", Raw("true")),
    ("year-1", Raw("0001-01-01")),
    ("year-9999", Raw("9999-12-31")),
)
NOT_A_MIXTURE: tuple[tuple[str, Any], ...] = (
    ("empty", Raw("{}")),
    ("text", "morphine"),
    ("number", Raw("10")),
    ("list", Raw('["morphine"]')),
    ("list-of-tables", Raw('[{ morphine = "10 mg/mL" }]')),
    ("unknown-drug", Raw('{ morfine = "10 mg/mL" }')),
    ("brand", Raw('{ Lioresal = "10 mg/mL" }')),
    ("capital", Raw('{ Morphine = "10 mg/mL" }')),
    ("empty-drug", Raw('{ "" = "10 mg/mL" }')),
    ("line-end-drug", Raw('{ "a\\nb" = "10 mg/mL" }')),
    ("plain-number", Raw("{ morphine = 10 }")),
    ("nested", Raw('{ morphine = { morphine = "10 mg/mL" } }')),
    ("dose", Raw('{ morphine = "10 mg/d" }')),
    ("one-unknown", Raw('{ morphine = "10 mg/mL", water = "1 mg/mL" }')),
)
NOT_A_TABLE: tuple[tuple[str, Any], ...] = (
    ("text", "table"),
    ("number", Raw("1")),
    ("bool", Raw("true")),
    ("list", Raw("[]")),
    ("list-of-tables", Raw("[{}]")),
    ("empty", Raw("{}")),
    ("date", Raw("2026-03-02")),
)
NOT_DAYS: tuple[tuple[str, Any], ...] = (
    *(
        (text or "empty", text)
        for text in (
            *("", "monday", "Mon", "MON", "mo", "mon;tue", "mon tue", "mon,", ",mon", "mon,,tue"),
            *(
                "mon-",
                "-fri",
                "mon-fri-sun",
                "fri-mon",
                "sat-tue",
                "mon-funday",
                "Daily",
                "every day",
            ),
            *("daily,mon", "weekdays", "0", "1-5", "mon\N{EN DASH}fri", "mon\nfri", "mon.tue"),
        )
    ),
    ("number", Raw("1")),
    ("list", Raw('["mon"]')),
    ("bool", Raw("true")),
    ("table", Raw("{}")),
    ("huge", Raw(HUGE)),
)
NOT_AN_HOUR: tuple[tuple[str, Any], ...] = (
    *(
        (text or "empty", text)
        for text in (
            *(
                "",
                "7:00",
                "24:00",
                "25:00",
                "07:60",
                "07",
                "0700",
                "07.00",
                "07:00 am",
                "7 am",
                "-1:00",
            ),
            *(" 07:00", "07:00\n", "07:0", "07:00:60", "07:00:00.5", "noon", "07:00+01:00"),
            "\N{ARABIC-INDIC DIGIT ZERO}7:00",
        )
    ),
    ("number", Raw("7")),
    ("local-time", Raw("07:00:00")),
    ("moment", Raw("2026-03-02T07:00:00")),
    ("list", Raw('["07:00"]')),
    ("huge", Raw(HUGE)),
)
NOT_A_COUNT: tuple[tuple[str, Any], ...] = (
    ("zero", Raw("0")),
    ("negative", Raw("-1")),
    ("float", Raw("4.0")),
    ("fraction", Raw("1.5")),
    ("power", Raw("1e3")),
    ("text", "4"),
    ("bool", Raw("true")),
    ("nan", Raw("nan")),
    ("inf", Raw("inf")),
    ("list", Raw("[4]")),
    ("huge-negative", Raw("-" + "9" * 4000)),
)
NOT_AN_OFFSET: tuple[tuple[str, Any], ...] = (
    *(
        (text or "empty", text)
        for text in (
            *(
                "",
                "Z",
                "UTC",
                "+1:00",
                "01:00",
                "+0100",
                "+01",
                "+01:60",
                "+15:00",
                "-14:01",
                "+99:99",
            ),
            *(
                "+01:00:00",
                " +01:00",
                "+01:00 ",
                "+01:00\n",
                "\N{MINUS SIGN}01:00",
                "Europe/Berlin",
            ),
        )
    ),
    ("number", Raw("1")),
    ("local-time", Raw("01:00:00")),
)


def steps_case(*steps: tuple[str, str, str]) -> Raw:
    """Return steps of 0.01 mg as `(days, start, duration)`."""
    rows = [
        f'{{ days = "{days}", start = "{start}", duration = "{duration}", dose = "0.01 mg" }}'
        for days, start, duration in steps
    ]
    return Raw("[" + ", ".join(rows) + "]")


OVERLAPS: dict[str, Raw] = {
    "same": steps_case(("daily", "07:00", "1 h"), ("daily", "07:00", "1 h")),
    "inside": steps_case(("daily", "07:00", "4 h"), ("mon", "08:00", "1 h")),
    "by-one-second": steps_case(("daily", "07:00", "3601 s"), ("daily", "08:00", "1 h")),
    "by-a-millionth": steps_case(("daily", "07:00", "3600.000001 s"), ("daily", "08:00", "1 h")),
    "midnight": steps_case(("mon", "23:00", "2 h"), ("tue", "00:30", "1 h")),
    "midnight-daily": steps_case(("daily", "23:00", "2 h"), ("daily", "00:59", "1 h")),
    "end-of-week": steps_case(("sun", "22:00", "3 h"), ("mon", "00:00", "1 h")),
    "weekend": steps_case(("fri", "12:00", "60 h"), ("sun", "23:00", "1 h")),
    "weekend-list": steps_case(("sat-sun", "10:00", "1 h"), ("mon,sun", "10:30", "1 h")),
    "itself-daily": steps_case(("daily", "07:00", "25 h")),
    "itself-mon-tue": steps_case(("mon-tue", "07:00", "24.1 h")),
    "itself-week": steps_case(("sun,mon", "07:00", "3 d")),
    "over-the-week": steps_case(("thu", "07:00", "7 d"), ("wed", "07:00", "1 h")),
    "longer-than-a-week": steps_case(("mon", "07:00", "8 d")),
}


def write_toml(tree: Tree) -> str:
    """Return a tree as TOML: plain keys first, then tables, then the events."""
    lines = [f"{key} = {_value(value)}" for key, value in tree.items() if not _own_table(value)]
    for key, value in tree.items():
        if isinstance(value, dict):
            lines += ["", f"[{key}]"]
            lines += [f"{name} = {_value(entry)}" for name, entry in value.items()]
        elif _own_table(value):
            for entry in value:
                lines += ["", f"[[{key}]]"]
                lines += [f"{name} = {_value(field)}" for name, field in entry.items()]
    return "\n".join(lines) + "\n"


def _own_table(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and all(isinstance(e, dict) for e in value)
    )


def _value(value: Any) -> str:
    match value:
        case Raw():
            return value.text
        case bool():
            return str(value).lower()
        case str():
            return '"' + "".join(_escaped(one) for one in value) + '"'
        case datetime() | date():
            return value.isoformat()
        case dict():
            inside = ", ".join(f"{key} = {_value(entry)}" for key, entry in value.items())
            return "{ " + inside + " }"
        case list():
            return "[" + ", ".join(_value(entry) for entry in value) + "]"
        case _:
            return str(value)


def _escaped(one: str) -> str:
    if one in '"\\':
        return "\\" + one
    return one if one.isprintable() else f"\\u{ord(one):04x}"


def changed(change: Callable[[Tree], object]) -> bytes:
    """Return the baseline with one change, as the bytes of a file."""
    tree = copy.deepcopy(BASELINE)
    change(tree)
    return write_toml(tree).encode()


def _parent(tree: Tree, path: Path) -> Any:
    for part in path[:-1]:
        tree = tree[part]
    return tree


def put(path: Path, value: Any) -> Callable[[Tree], None]:
    """Return the change that sets one key."""

    def change(tree: Tree) -> None:
        _parent(tree, path)[path[-1]] = value

    return change


def drop(path: Path) -> Callable[[Tree], None]:
    """Return the change that leaves one key out."""

    def change(tree: Tree) -> None:
        del _parent(tree, path)[path[-1]]

    return change


def rename(path: Path, name: str) -> Callable[[Tree], None]:
    """Return the change that gives a key another name."""

    def change(tree: Tree) -> None:
        parent = _parent(tree, path)
        parent[name] = parent.pop(path[-1])

    return change


def place_of(path: Path) -> tuple[str, ...]:
    """Return what a message about `path` has to name."""
    if len(path) > 1 and path[0] == "events":
        named = [f"event {path[1]}"]
        named += [str(part) for part in path[2:] if isinstance(part, str)]
        return tuple(named)
    return tuple(str(part) for part in path)


def _title(path: Path) -> str:
    return ".".join(str(part) for part in path) or "root"


def cases() -> Iterator[Case]:
    """Yield every spoilt file."""
    yield from _values()
    yield from _keys()
    yield from _order_and_references()
    yield from _forms()


def _values() -> Iterator[Case]:
    for path, (good, other) in QUANTITIES.items():
        for name, bad in quantity_texts(good, other):
            yield _spoilt(path, name, bad)
        if path not in ZERO_ALLOWED:
            unit = good.split(" ")[1]
            yield _spoilt(path, "zero", f"0 {unit}")
            yield _spoilt(path, "long-zero", f"0000000.000000 {unit}")
    for paths, wrong in (
        (TEXTS, NOT_A_TEXT),
        (CHOICES, NOT_A_CHOICE),
        (MOMENTS, NOT_A_MOMENT),
        (DATES, NOT_A_DATE),
        (MIXTURES, NOT_A_MIXTURE),
        (TABLES, NOT_A_TABLE),
        (((*_STEP, "days"),), NOT_DAYS),
        (((*_STEP, "start"),), NOT_AN_HOUR),
        (((*_BOLUS, "max_per_day"),), NOT_A_COUNT),
        ((("utc_offset",),), NOT_AN_OFFSET),
    ):
        for path in paths:
            for name, bad in wrong:
                if path == ("plan",) and name == "empty":
                    continue  # a plan without a visit is a plan
                yield _spoilt(path, name, bad)
    for name, bad in (("text", "true"), ("number", Raw("1")), ("list", Raw("[true]"))):
        yield _spoilt(("patient", "opioid_tolerant"), name, bad)
    for name, text in (
        ("bool", "true"),
        ("list", "[1]"),
        ("table", "{}"),
        ("date", "2026-03-02"),
        ("nan", "nan"),
        ("inf", "inf"),
    ):
        yield _spoilt(("events", OBSERVE, "value"), name, Raw(text))
    for name, text in (
        ("text", '"40 cm"'),
        ("one", '["40 cm"]'),
        ("three", '["40 cm", "60 cm", "90 cm"]'),
        ("numbers", "[40, 90]"),
        ("backwards", '["90 cm", "40 cm"]'),
        ("equal", '["40 cm", "40 cm"]'),
        ("zero", '["0 cm", "40 cm"]'),
        ("dimension", '["40 mL", "90 mL"]'),
        ("table", '{ shortest = "40 cm" }'),
        ("empty", "[]"),
    ):
        yield _spoilt(("events", REVISE, "catheter", "implanted_length_range"), name, Raw(text))
    for name, steps in OVERLAPS.items():
        yield _spoilt(("events", FLEX, "steps"), f"overlap-{name}", steps)
    for name, text in (("text", '"none"'), ("empty", "[]"), ("table", "{}"), ("numbers", "[1]")):
        yield _spoilt(("events", FLEX, "steps"), name, Raw(text))
        yield _spoilt(("events", PROGRAM, "override"), name, Raw(text))


def _spoilt(path: Path, name: str, bad: Any) -> Case:
    named = place_of(path)
    if name == "empty" and bad == Raw("{}") and path in TABLES:
        named = named[:1]  # any missing key of the table may be the one that is named
    return Case(f"{_title(path)}:{name}", changed(put(path, bad)), named)


def _keys() -> Iterator[Case]:
    for path in REQUIRED:
        named = place_of(path)
        yield Case(f"{_title(path)}:dropped", changed(drop(path)), named)
        event = named[:1] if named[0].startswith("event ") else ()
        yield Case(f"{_title(path)}:renamed", changed(rename(path, f"{path[-1]}x")), event)
    for path in WITH_KEYS:
        for key in ("surprise", "volumes", '"a\\nb"', '""'):
            named = (*place_of(path)[:1], "unknown") if path != ("events",) else ("unknown",)
            yield Case(
                f"{_title(path)}:unknown-key-{key}", changed(put((*path, key), Raw("1"))), named
            )
    moves: tuple[tuple[Path, Path], ...] = (
        (("patient", "weight"), ("pump", "weight")),
        (("patient", "id"), ("id",)),
        (("pump", "serial"), ("catheter", "serial")),
        (("pump", "low_reservoir_alarm"), ("low_reservoir_alarm",)),
        (("catheter", "tip"), ("patient", "tip")),
        (("catheter", "trimmed_length"), ("pump", "trimmed_length")),
        (("plan", "next_visit"), ("patient", "next_visit")),
        (("events", FILL, "mixture"), ("events", PROGRAM, "mixture")),
        (("events", FILL, "volume"), ("events", PRESS, "volume")),
        (("events", PROGRAM, "primary"), ("events", FILL, "primary")),
        (("events", PROGRAM, "daily_dose"), ("events", STOP, "daily_dose")),
        ((*_BOLUS, "lockout"), ("events", PROGRAM, "lockout")),
        ((*_STEP, "dose"), ("events", FLEX, "dose")),
        (("events", BRIDGE, "bridge", "daily_dose"), ("events", REFILL, "daily_dose")),
        (("events", REFILL, "aspirated"), ("events", PRIME, "aspirated")),
        (("events", FLEX, "steps"), ("events", PROGRAM, "steps")),
        (("events", PROGRAM, "patient_bolus"), ("events", STOP, "patient_bolus")),
        (("events", STOP, "reason"), ("events", PRESS, "reason")),
        (("events", FAULT, "kind"), ("events", NOTE, "kind")),
        (("pump",), ("catheter", "pump")),
    )
    for source, target in moves:

        def move(tree: Tree, source: Path = source, target: Path = target) -> None:
            _parent(tree, target)[target[-1]] = _parent(tree, source).pop(source[-1])

        yield Case(f"{_title(source)}:moved-to-{_title(target)}", changed(move), ())
    for index, event in enumerate(BASELINE["events"]):
        other = "note" if event["type"] in ("fill", "bag-change") else "fill"

        def retype(tree: Tree, index: int = index, other: str = other) -> None:
            tree["events"][index]["type"] = other

        yield Case(f"events.{index}:as-{other}", changed(retype), (f"event {index}",))


def _order_and_references() -> Iterator[Case]:
    later = at(4, 1, 10)
    for index in (PRIME, PROGRAM, PRESS, STOP, NOTE):
        when = at(3, 1, 10)
        data = changed(put(("events", index, "time"), when))
        yield Case(f"events.{index}:too-early", data, (f"event {index}", "time"))
        data = changed(put(("events", index, "time"), later.replace(year=2027)))
        yield Case(f"events.{index}:too-late", data, (f"event {index + 1}", "time"))
    by_offset = Raw("2026-03-02T10:05:00+01:01")
    data = changed(put(("events", PROGRAM, "time"), by_offset))
    yield Case("events.2:early-by-its-offset", data, ("event 2", "time"))
    data = changed(put(("events", PRIME, "time"), Raw("2026-03-02T09:59:59.999999")))
    yield Case("events.1:early-by-a-microsecond", data, ("event 1", "time"))
    data = changed(lambda tree: tree["events"].reverse())
    yield Case("events:backwards", data, ("event 1",))
    for name, primary in (("other", "baclofen"), ("class", "opioid"), ("brand", "Infumorph")):
        data = changed(put(("events", PROGRAM, "primary"), primary))
        yield Case(f"primary:{name}", data, ("event 2", "primary"))
    data = changed(put(("events", REFILL, "mixture"), {"bupivacaine": "4 mg/mL"}))
    yield Case("primary:gone-after-refill", data, (f"event {BRIDGE}", "primary"))
    data = changed(put(("events", BRIDGE, "bridge", "drug"), "baclofen"))
    yield Case("bridge:other-drug", data, (f"event {BRIDGE}", "bridge"))
    data = changed(put(("events", PROGRAM, "bridge"), {"daily_dose": "0.5 mg/d"}))
    yield Case("bridge:first-solution", data, ("event 2", "bridge"))

    def program_first(tree: Tree) -> None:
        tree["events"] = [tree["events"][PROGRAM]]

    yield Case("program:no-fill", changed(program_first), ("event 0", "primary"))

    def after_explant(tree: Tree) -> None:
        program = dict(tree["events"][PROGRAM], time=at(4, 10, 10))
        fill = dict(tree["events"][FILL], time=at(4, 10, 9))
        tree["events"] += [fill, program]

    yield Case("program:after-explant", changed(after_explant), ("event 22",))

    def after_replace(tree: Tree) -> None:
        program = dict(tree["events"][PROGRAM], time=at(4, 7, 10))
        tree["events"].insert(REPLACE + 1, program)

    yield Case("program:after-replace-unfilled", changed(after_replace), ("event 19", "primary"))
    lengths: dict[str, tuple[dict[str, Any], str]] = {
        "equal": ({"trimmed_length": "114 cm"}, "trimmed_length"),
        "above": ({"trimmed_length": "120 cm"}, "trimmed_length"),
        "by-a-millionth": ({"trimmed_length": "114.000001 cm"}, "trimmed_length"),
        "above-implanted": (
            {"trimmed_length": None, "implanted_length": "115 cm"},
            "implanted_length",
        ),
        "contradicts": ({"implanted_length": "75 cm"}, "implanted_length"),
        "range-and-length": (
            {"implanted_length_range": Raw('["40 cm", "90 cm"]')},
            "implanted_length_range",
        ),
        "custom-without-volume": ({"model": "custom"}, "volume_per_length"),
        "custom-without-supplied": (
            {"model": "custom", "volume_per_length": "0.002 mL/cm", "supplied_length": None},
            "supplied_length",
        ),
        "default-supplied": (
            {"supplied_length": None, "trimmed_length": "500 cm"},
            "trimmed_length",
        ),
    }
    for name, (entries, field) in lengths.items():

        def lengthen(tree: Tree, entries: dict[str, Any] = entries) -> None:
            kept = {**tree["catheter"], **entries}
            tree["catheter"] = {key: value for key, value in kept.items() if value is not None}

        yield Case(f"catheter:{name}", changed(lengthen), ("catheter", field))
    modes: dict[str, tuple[int, str, Any]] = {
        "steps-when-continuous": (PROGRAM, "steps", steps_case(("daily", "07:00", "1 h"))),
        "bridge-when-stopped": (STOP, "bridge", {"daily_dose": "1 mg/d"}),
        "press-with-dose": (PRESS, "dose", "1 mg"),
        "resume-with-dose": (9, "daily_dose", "1 mg/d"),
    }
    for name, (index, key, value) in modes.items():
        data = changed(put(("events", index, key), value))
        yield Case(f"events.{index}:{name}", data, (f"event {index}", key))
    for mode in ("stopped", "minimum-rate", "flex"):
        data = changed(put(("events", PROGRAM, "mode"), mode))
        yield Case(f"events.2:mode-{mode}-with-bolus-no-steps", data, ("event 2",))
    data = changed(put(("events", FLEX, "mode"), "continuous"))
    yield Case("events.5:continuous-with-steps", data, ("event 5", "steps"))
    for therapy, field in (("pain", "setting"), ("spasticity", "origin")):

        def unsaid(tree: Tree, therapy: str = therapy) -> None:
            tree["patient"]["therapy"] = therapy
            del tree["patient"]["setting"]

        yield Case(f"patient:{therapy}-without-{field}", changed(unsaid), ("patient", field))


def _forms() -> Iterator[Case]:
    good = write_toml(BASELINE)
    text: dict[str, str] = {
        "empty": "",
        "space": "  \n\t\n",
        "comment": "# nothing here\n",
        "junk": "lorem ipsum dolor sit amet\n",
        "json": '{"schema": "thecal.therapy/1"}',
        "xml": "<therapy/>",
        "schema-only": 'schema = "thecal.therapy/1"\n',
        "unknown-schema": good.replace("thecal.therapy/1", "thecal.therapy/2"),
        "experiment-schema": good.replace("thecal.therapy/1", "thecal.experiment/1"),
        "no-events": good.partition("[[events]]")[0],
        "empty-events": "events = []\n" + good.partition("[[events]]")[0],
        "events-of-numbers": "events = [1, 2]\n" + good.partition("[[events]]")[0],
        "events-of-lists": "events = [[]]\n" + good.partition("[[events]]")[0],
        "events-a-text": 'events = "fill"\n' + good.partition("[[events]]")[0],
        "events-a-table": good.partition("[[events]]")[0] + '[events]\ntype = "fill"\n',
        "events-one-bracket": good.replace("[[events]]", "[events]"),
        "patient-twice": good.replace("[pump]", '[patient]\nid = "again"\n\n[pump]'),
        "patient-list": good.replace("[patient]", "[[patient]]"),
        "pump-list": good.replace("[pump]", "[[pump]]"),
        "key-twice": good.replace('sex = "female"', 'sex = "female"\nsex = "male"'),
        "drug-twice": good.replace('"5 mg/mL",', '"5 mg/mL", morphine = "50 mg/mL",', 1),
        "schema-twice": 'schema = "thecal.therapy/1"\n' + good,
        "unknown-table": good + '\n[doctor]\nname = "X"\n',
        "unknown-list": good + "\n[[visits]]\na = 1\n",
        "byte-order-mark": "\N{ZERO WIDTH NO-BREAK SPACE}" + good,
        "nul-inside": good.replace("HOSTILE", "HOS\0TILE"),
        "nul-at-end": good + "\0",
        "escape-inside": good.replace("HOSTILE", "HOS\x1b[31mTILE"),
        "bare-carriage-returns": good.replace("\n", "\r"),
        "next-line-character": good.replace("\n", "\N{NEXT LINE}"),
        "half": good[: len(good) // 2],
        "cut-in-a-text": good[: good.index("HOSTILE") + 3],
        "no-last-bracket": good.replace("[[events]]", "[[events]", 1),
        "typographic-quotes": good.replace('"pain"', '\N{LEFT DOUBLE QUOTATION MARK}pain"'),
        "unquoted": good.replace('"pain"', "pain"),
        "unclosed": good.replace('"pain"', '"pain'),
        "line-in-text": good.replace("slept well", "slept\nwell"),
        "multi-line-text": good.replace('"slept well"', '"""slept\nwell"""'),
        "colon": good.replace("schema =", "schema:"),
        "no-value": good.replace('sex = "female"', "sex ="),
        "no-key": good.replace('sex = "female"', '= "female"'),
        "impossible-date": good.replace("1961-04-12", "1961-02-30"),
        "impossible-hour": good.replace("T10:40:00", "T24:40:00"),
        "german-date": good.replace("1961-04-12", "12.04.1961"),
        "dotted-over-table": good.replace("[patient]", 'patient.id = "x"\n[patient]'),
        "deep-lists": good + "\ndeep = " + "[" * 200 + "]" * 200,
        "deeper-lists": "deep = " + "[" * 100_000,
        "deeper-tables": "deep = " + "{ a = " * 100_000,
        "deep-table-names": good + "\n[" + ".".join("abcdefghij") + "]\nx = 1\n",
        "endless-key": "a." * 200_000 + "a = 1\n",
        "endless-quoted-key": '"a".' * 200_000 + "a = 1\n",
        "endless-inline-key": "x = { " + "a." * 200_000 + "a = 1 }\n",
        "endless-name": "a" * 1_000_000 + " = 1\n" + good,
        "endless-number": "x = 1" + "0" * 100_000 + "\n" + good,
        "endless-hex-number": f"x = {HUGE}\n" + good,
        "endless-table-name": good + "\n[" + "a" * 100_000 + "]\n",
        "ten-megabytes-of-a": "a" * 10_000_000,
        "ten-megabytes-of-brackets": "[[" * 5_000_000,
        "ten-megabytes-of-lines": "\n" * 3_000_000 + "junk",
        "newline-in-key": '"a\\nb" = 1\n' + good,
        "escape-in-key": '"\\u001b[2J" = 1\n' + good,
        "therapy-is-experiment": 'schema = "thecal.experiment/1"\ndrug = "morphine"\n',
    }
    raw: dict[str, bytes] = {
        "utf-16": good.encode("utf-16"),
        "utf-16-le": good.encode("utf-16-le"),
        "utf-32": good.encode("utf-32"),
        "latin-1": good.replace("HOSTILE", "M\N{LATIN SMALL LETTER U WITH DIAERESIS}").encode(
            "latin-1"
        ),
        "all-bytes": bytes(range(256)),
        "zeros": bytes(4096),
        "gzip": b"\x1f\x8b\x08\x00" + bytes(range(200)),
        "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        "elf": b"\x7fELF\x02\x01\x01" + bytes(64),
        "cut-character": good.encode() + b"\xe2\x82",
        "overlong": good.encode() + b"# \xc0\xaf\n",
        "surrogate": good.encode() + b"# \xed\xa0\x80\n",
        "crlf-and-wrong": good.replace("82 kg", "82").replace("\n", "\r\n").encode(),
    }
    for name, content in text.items():
        yield Case(f"form:{name}", content.encode(), ())
    for name, data in raw.items():
        yield Case(f"form:{name}", data, ())
