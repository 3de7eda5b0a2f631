"""Scores from the values of items: every value is checked against its range, none is filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.advice import Cited
from thecal.care.intervals import square_root
from thecal.care.outcomes.instrument import Instrument, instrument
from thecal.errors import EntryError
from thecal.units import show_number

Item = Fraction | None
"""The value of an item; None where it was left unanswered."""


@final
@dataclass(frozen=True, slots=True)
class Score:
    """What an instrument says at one visit.

    Attributes
    ----------
    value
        The figure, None where it could not be computed or there is only a category.
    shown
        For people: figure, category, band.
    band
        Category or band, None where the instrument has none.
    remarks
        What a reader has to know: items left out, too few muscle groups.
    figures
        The rows that decided band or category.
    """

    instrument: Instrument
    value: Fraction | None
    shown: str
    band: str | None = None
    remarks: tuple[str, ...] = ()
    figures: tuple[Cited, ...] = ()


def score_single(about: Instrument, value: Fraction) -> Score:
    """Score one rating; raises `EntryError` outside the range or where it has to be whole."""
    _check(about, value)
    if about.kind == "single-whole" and value.denominator != 1:
        raise EntryError(f"{show_number(value)} is no whole number", remedy="use a point of it")
    figures = about.cited("minimum", "maximum")
    if about.has("satisfied"):
        satisfied = value <= about.number("satisfied")
        return Score(
            about,
            value,
            show_number(value),
            "satisfied" if satisfied else "not-satisfied",
            figures=about.cited("satisfied"),
        )
    return Score(about, value, show_number(value), figures=figures)


def score_items(about: Instrument, items: Sequence[Item]) -> Score:
    """Score a list of items as the instrument says.

    Only the index that counts answered items may have open ones (sum / (maximum x answered)); a
    sum or mean with an open item is not computed.

    Raises
    ------
    EntryError
        If the number of items is another, one is no whole number, or one is outside its range.
    """
    wanted = about.number("items")
    if len(items) != wanted:
        raise EntryError(f"{len(items)} items, {show_number(wanted)} are needed")
    answered = [one for one in items if one is not None]
    for one in answered:
        _check(about, one)
        if one.denominator != 1:
            raise EntryError(f"{show_number(one)} is no point of an item", remedy="use whole ones")
    open_items = len(items) - len(answered)
    if about.kind != "percent-answered" and open_items:
        remark = f"not scored: {open_items} of {len(items)} items are open"
        return Score(about, None, "not scored", remarks=(remark,), figures=about.cited("items"))
    if not answered:
        remark = "not scored: no item is answered"
        return Score(about, None, "not scored", remarks=(remark,), figures=about.cited("items"))
    total = sum(answered, Fraction(0))
    if about.kind == "sum":
        return _banded(about, total, _total(about, total))
    if about.kind == "mean":
        mean = total / len(answered)
        return _banded(about, mean, show_number(mean))
    percent = 100 * total / (about.number("maximum") * len(answered))
    remarks = (f"{open_items} of {len(items)} items are open",) if open_items else ()
    return _banded(about, percent, f"{show_number(percent, digits=3)} %", remarks)


def score_total(about: Instrument, total: Fraction) -> Score:
    """Score a total that somebody else added up; raises `EntryError` outside the range."""
    if total.denominator != 1:
        raise EntryError(f"{show_number(total)} is no total of points", remedy="use a whole number")
    return _banded(about, total, _total(about, total))


def score_codes(about: Instrument, codes: Sequence[str]) -> Score:
    """Score categories, as of several muscle groups: a mean where the table gives them values.

    Raises
    ------
    EntryError
        If a code is none of the instrument, or there is none.
    """
    known = about.words("codes")
    for code in codes:
        if code not in known:
            raise EntryError(f'"{code[:20]}" is no code', remedy="use one of " + ", ".join(known))
    if not codes:
        raise EntryError("there is no code", remedy="use one of " + ", ".join(known))
    if about.kind == "category":
        action = f"action-{codes[0]}"
        figures = about.cited("codes", *([action] if about.has(action) else []))
        shown = f"{codes[0]}: {about.text(action)}" if about.has(action) else codes[0]
        return Score(about, None, shown, codes[0], figures=figures)
    values = dict(zip(known, (Fraction(one) for one in about.words("values")), strict=True))
    mean = sum((values[code] for code in codes), Fraction(0)) / len(codes)
    remarks: tuple[str, ...] = ()
    if len(codes) < about.number("groups"):
        least = show_number(about.number("groups"))
        remarks = (f"{len(codes)} muscle groups; a mean is reliable from {least}",)
    shown = f"{show_number(mean)} (mean of {', '.join(codes)})"
    return Score(about, mean, shown, None, remarks, about.cited("codes", "values", "groups"))


def score_penn(frequency: Fraction, severity: Fraction | None) -> Score:
    """Score spasms: how often, and how strong unless there are none.

    Raises
    ------
    EntryError
        If either is outside its range, severity is missing, or there is one without spasms.
    """
    about = instrument("penn")
    _check(about, frequency)
    if frequency.denominator != 1 or (severity is not None and severity.denominator != 1):
        raise EntryError("frequency and severity are whole numbers")
    if frequency == 0 and severity is not None:
        raise EntryError("there is a severity without spasms", remedy="leave severity out")
    if frequency > 0 and severity is None:
        raise EntryError("the severity is missing", remedy="add it, from 1 to 3")
    low, high = about.number("severity-minimum"), about.number("severity-maximum")
    if severity is not None and not low <= severity <= high:
        raise EntryError(f"severity {show_number(severity)} is outside 1 to 3")
    shown = show_number(frequency)
    if severity is not None:
        shown += f", severity {show_number(severity)}"
    return Score(about, frequency, shown, figures=about.cited("minimum", "maximum"))


def score_gas(goals: Sequence[tuple[Fraction, Fraction]]) -> Score:
    """Return the T-score of goals, each with its weight and what was attained (-2 to +2).

    T = 50 + 10 sum(w x) / sqrt((1 - r) sum(w w) + r sum(w) sum(w)), r the supposed correlation
    (Kiresuk and Sherman 1968); 50 means that everything came as expected.

    Raises
    ------
    EntryError
        If there is no goal, a weight is not above zero, or an attainment outside its range.
    """
    about = instrument("gas")
    if not goals:
        raise EntryError("there is no goal", remedy="add one with weight and attained")
    edge = about.number("maximum")
    for weight, attained in goals:
        if weight <= 0:
            raise EntryError(f"the weight {show_number(weight)} is not above zero")
        if abs(attained) > edge or attained.denominator != 1:
            raise EntryError(
                f"{show_number(attained)} is no attainment", remedy="use -2, -1, 0, 1 or 2"
            )
    weights = [weight for weight, _ in goals]
    reached = sum((weight * attained for weight, attained in goals), Fraction(0))
    shared = about.number("correlation")
    spread = (1 - shared) * sum((w * w for w in weights), Fraction(0)) + shared * sum(weights) ** 2
    value = about.number("centre") + about.number("spread") * reached / square_root(spread)
    figures = about.cited("centre", "spread", "correlation")
    return Score(about, value, show_number(value), figures=figures)


def _check(about: Instrument, value: Fraction) -> None:
    low, high = about.number("minimum"), about.number("maximum")
    if not low <= value <= high:
        raise EntryError(
            f"{show_number(value)} is outside {show_number(low)} to {show_number(high)} of"
            f" {about.name}"
        )


def _total(about: Instrument, total: Fraction) -> str:
    most = about.number("total-maximum")
    if not 0 <= total <= most:
        raise EntryError(f"{show_number(total)} is outside 0 to {show_number(most)}")
    return f"{show_number(total)} of {show_number(most)}"


def _banded(about: Instrument, value: Fraction, shown: str, remarks: tuple[str, ...] = ()) -> Score:
    band = about.band(value)
    if band is None:
        return Score(about, value, shown, None, remarks, about.cited("items", "minimum", "maximum"))
    return Score(about, value, f"{shown}, {band}", band, remarks, about.band_cited(band))
