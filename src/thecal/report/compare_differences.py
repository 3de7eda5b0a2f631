"""What differs between two therapies, and nothing that does not."""

from __future__ import annotations

from collections import Counter
from itertools import zip_longest

from thecal.report.changes import ProgramChange, program_changes
from thecal.report.compare_side import Pair, Side, elapsed_words
from thecal.report.figure import Table
from thecal.report.programs import bolus_rows, bridge_words, mode_words, rate_rows, steps_words
from thecal.report.words import NOT_STATED, daily_dose, duration, solution
from thecal.safety.finding import Finding
from thecal.therapy.events import Event, Fill, Program, Replace, Revise
from thecal.therapy.hardware import build_hardware
from thecal.units import Duration, Mass, show, show_percent

_Row = tuple[str, ...]
_NONE = "none"
_COUNTED_ALONE = {Fill.type, Program.type, Replace.type, Revise.type}


def differences_table(pair: Pair) -> Table:
    """Return the settings, orders and findings in which A and B differ."""
    rows: list[_Row] = [
        _verdict_row(pair),
        *_hardware_rows(pair),
        *_fill_rows(pair),
        *_program_rows(pair),
        *_other_rows(pair),
        *_finding_rows(pair),
    ]
    told = tuple(row for row in rows if row[1] != row[2])
    return Table("What differs", ("What", "A", "B", "B against A"), told)


def _row(name: str, first: str, second: str, change: str = "") -> _Row:
    return name, first, second, change


def _hardware_rows(pair: Pair) -> list[_Row]:
    def told(side: Side) -> dict[str, str]:
        therapy = side.therapy
        hardware = build_hardware(therapy.pump, therapy.catheter)
        found = {
            "patient": therapy.patient.id,
            "weight": show(therapy.patient.weight, "kg"),
            "height": (
                NOT_STATED if therapy.patient.height is None else show(therapy.patient.height, "cm")
            ),
            "pump": hardware.model.name,
            "low reservoir alarm": show(hardware.setup.low_reservoir_alarm, "mL"),
            "catheter": hardware.catheter.model.name,
            "catheter volume": show(hardware.setup.catheter_volume, "mL"),
            "tip of the catheter": therapy.catheter.tip,
        }
        for event in therapy.events:
            at = _since(side, event)
            if isinstance(event, Replace):
                found[f"pump replaced after {at}"] = event.pump.model
            elif isinstance(event, Revise):
                found[f"catheter revised after {at}"] = (
                    f"{event.catheter.model}, tip {event.catheter.tip}"
                )
        return found

    first, second = told(pair.a), told(pair.b)
    names = dict.fromkeys((*first, *second))
    return [_row(name, first.get(name, _NONE), second.get(name, _NONE)) for name in names]


def _since(side: Side, event: Event) -> str:
    """Elapsed time from the first event of the file to this one."""
    return elapsed_words(float(side.therapy.instant(event.time) - side.start) / 3600)


def _fill_rows(pair: Pair) -> list[_Row]:
    def told(side: Side) -> list[tuple[str, str, str]]:
        return [
            (_since(side, event), show(event.volume, "mL"), solution(event.mixture))
            for event in side.therapy.events
            if isinstance(event, Fill)
        ]

    none = (_NONE, _NONE, _NONE)
    rows: list[_Row] = []
    fills = zip_longest(told(pair.a), told(pair.b), fillvalue=none)
    for number, (first, second) in enumerate(fills, start=1):
        names = (f"fill {number}, after", f"fill {number}, volume", f"fill {number}, solution")
        rows += [_row(*cells) for cells in zip(names, first, second, strict=True)]
    return rows


def _program_rows(pair: Pair) -> list[_Row]:
    rows: list[_Row] = []
    changes = (program_changes(side.therapy) for side in (pair.a, pair.b))
    for number, (first, second) in enumerate(zip_longest(*changes), start=1):
        old, new = (None if one is None else one.new for one in (first, second))
        settings = [
            _row(
                "after",
                *(
                    _NONE if one is None else _since(side, one.event)
                    for side, one in ((pair.a, first), (pair.b, second))
                ),
            ),
            _row("mode", mode_words(old), mode_words(new)),
            *_dose_rows(pair, first, second),
            *rate_rows(old, new),
            _row("steps", steps_words(old), steps_words(new)),
            *bolus_rows(old, new),
            _row(
                "bridge first",
                *(_NONE if one is None else bridge_words(one) for one in (first, second)),
            ),
        ]
        rows += [(f"program {number}, {name}", *cells) for name, *cells in settings]
    return rows


def _dose_rows(pair: Pair, first: ProgramChange | None, second: ProgramChange | None) -> list[_Row]:
    old, new = _doses(pair.a, first), _doses(pair.b, second)
    rows = []
    for drug in sorted({*old, *new}):
        was, now = (daily_dose(drug, one[drug]) if drug in one else _NONE for one in (old, new))
        both = drug in old and drug in new and bool(old[drug])
        percent = show_percent(new[drug].ratio(old[drug]) - 1) if both else ""
        rows.append(_row(f"{drug} in the fullest 24 hours", was, now, percent))
    return rows


def _doses(side: Side, change: ProgramChange | None) -> dict[str, Mass]:
    """The programmed doses of a program; none where the pump could not store it."""
    reviews = (one for one in side.answer.programs if change and one.event == change.index)
    return {drug: mass for review in reviews for drug, mass in review.daily_doses.items()}


def _other_rows(pair: Pair) -> list[_Row]:
    """How often each other kind of event stands in the file, and how the run ended."""
    counts = [Counter(event.type for event in side.therapy.events) for side in (pair.a, pair.b)]
    kinds = sorted({kind for count in counts for kind in count} - _COUNTED_ALONE)
    rows = [_row(f"events: {kind}", *(str(count[kind]) for count in counts)) for kind in kinds]
    sides = (pair.a, pair.b)
    return [
        *rows,
        _row("presses granted", *(str(side.result.presses.granted) for side in sides)),
        _row("alarms raised", *(str(len(side.result.alarms)) for side in sides)),
        _row(
            "length of the run",
            *(duration(Duration(side.result.end - side.start)) for side in sides),
        ),
    ]


def _verdict_row(pair: Pair) -> _Row:
    first, second = (side.answer.verdict.value.replace("-", " ") for _, side in pair.named)
    return _row("verdict of the review", first, second)


def _finding_rows(pair: Pair) -> list[_Row]:
    rows: list[_Row] = []
    found = [_by_check(side.answer.findings) for _, side in pair.named]
    for name in dict.fromkeys((*found[0], *found[1])):
        first, second = (one.get(name, {}) for one in found)
        only_first = [message for message in first if message not in second]
        only_second = [message for message in second if message not in first]
        if only_first or only_second:
            cells = (_messages(only_first, first), _messages(only_second, second))
            rows.append(_row(name, *cells))
    return rows


def _by_check(findings: tuple[Finding, ...]) -> dict[str, dict[str, None]]:
    """The messages of each check, once each and in their order."""
    found: dict[str, dict[str, None]] = {}
    for one in findings:
        answered = ", answered" if one.answer is not None else ""
        name = f"finding {one.check} ({one.severity.value}{answered})"
        found.setdefault(name, {})[one.message] = None
    return found


def _messages(own: list[str], every: dict[str, None]) -> str:
    if own:
        return "\n".join(own)
    return "nothing more" if every else "not raised"
