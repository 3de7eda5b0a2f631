"""F4: lengths, calibration and shipped volume of an implanted system."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.care.forms.filled import Filled
from thecal.safety.finding import Amount, Finding, Severity
from thecal.safety.rules import factor_fact
from thecal.units import Length, Volume, show, show_number, show_percent

_SOURCE = "workflow.md 2.7"
_UNKNOWN = "workflow.md 4c K25"


def check_implant(filled: Filled) -> Iterator[Finding]:
    """Hold an implant record against itself (workflow.md 2.7)."""
    yield from _check_segments(filled)
    yield from _check_calibration(filled)
    yield from _check_shipped(filled)
    if filled.get("csf_return", bool) is False:
        yield Finding(
            "F4",
            Severity.SOFT,
            "no cerebrospinal fluid came back: show where the tip lies before the pump is joined",
            _SOURCE,
        )


def _check_segments(filled: Filled) -> Iterator[Finding]:
    for number, row in enumerate(filled.rows("segments"), start=1):
        supplied, trimmed, measured = (row.get(one) for one in ("supplied", "trimmed", "measured"))
        assert supplied is None or isinstance(supplied, Length)
        assert trimmed is None or isinstance(trimmed, Length)
        assert measured is None or isinstance(measured, Length)
        name = f"catheter segment {number}"
        if trimmed is None and measured is None:
            what = f"{name}: neither what was cut off nor what is implanted is known: the volume of"
            what += " the catheter is unknown, no prime and no bridge can be reckoned; measure it"
            yield Finding("K25", Severity.SOFT, what, _UNKNOWN)
        elif supplied is None:
            continue
        elif trimmed is not None and trimmed >= supplied:
            what = f"{show(trimmed, 'cm')} trimmed of {show(supplied, 'cm')} leaves nothing"
            what += " implanted; measure again what was cut off"
            yield _length(f"{name}: {what}", trimmed, supplied)
        elif trimmed is not None and measured is not None and trimmed + measured != supplied:
            what = f"{show(trimmed, 'cm')} trimmed and {show(measured, 'cm')} implanted are not the"
            what += f" {show(supplied, 'cm')} that were supplied; measure again"
            yield _length(f"{name}: {what}", trimmed + measured, supplied)
        elif measured is not None and measured > supplied:
            what = "more is implanted than was supplied; measure again"
            yield _length(f"{name}: {what}", measured, supplied)


def _length(what: str, found: Length, limit: Length) -> Finding:
    value, most = Amount(found, "cm"), Amount(limit, "cm")
    return Finding("K25", Severity.HARD, what, _SOURCE, value=value, limit=most)


def _check_calibration(filled: Filled) -> Iterator[Finding]:
    label, read = (filled.get(f"calibration_{one}", Fraction) for one in ("label", "read"))
    if label is None and read is None:
        return
    if label is None or read is None:
        missing = "on the label" if label is None else "read from the pump"
        yield Finding(
            "F4",
            Severity.WARN,
            f"not checked: the calibration constant {missing} is not filled in; compare both",
            _SOURCE,
        )
    elif label != read:
        yield Finding(
            "F4",
            Severity.HARD,
            f"the calibration constant is {show_number(label, digits=9)} on the label and"
            f" {show_number(read, digits=9)} in the pump: do not fill it; read again, then ask the"
            " maker",
            _SOURCE,
            value=show_number(read, digits=9),
            limit=show_number(label, digits=9),
        )


def _check_shipped(filled: Filled) -> Iterator[Finding]:
    expected = filled.get("shipped_expected", Volume)
    drained = filled.get("shipped_drained", Volume)
    if expected is None or drained is None:
        return
    tolerance = factor_fact("F4", "shipped-volume")
    off = (drained.base - expected.base) / expected.base
    if abs(off) <= tolerance.value:
        return
    yield Finding(
        "F4",
        Severity.SOFT,
        f"{show(drained, 'mL')} were drained where {show(expected, 'mL')} were expected"
        f" ({show_percent(off)}): suspect the pump, take another one",
        tolerance.provenance(),
        value=Amount(drained, "mL"),
        limit=Amount(expected, "mL"),
    )
