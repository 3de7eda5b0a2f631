"""Reading the table `[economics]` of a case file; a cost that is left out is named, not guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, final

from thecal.errors import EntryError, ThecalError
from thecal.lab.economics.inputs import NAMES, RATES, SHARES, Frame, Inputs
from thecal.lab.economics.model import MONTHS
from thecal.therapy.table import Table, shown
from thecal.units import parse_number, show_number

MAX_DRAWS = 100_000
MAX_YEARS = 60
_OF = re.compile(r"([0-9]{1,6}) of ([0-9]{1,6})", re.ASCII)
_NEEDED = ("implant", "conventional_monthly")


@final
@dataclass(frozen=True, slots=True)
class EconomicCase:
    """What is asked.

    Attributes
    ----------
    left_out
        Inputs that the case does not name; they count as nothing and are listed.
    ranges
        Input to its low and high end, for the tornado.
    errors
        Input to its standard error, for the probabilistic analysis.
    willingness
        Money for a year in full health, several if asked.
    """

    frame: Frame
    inputs: Inputs[Fraction]
    left_out: tuple[str, ...]
    ranges: Mapping[str, tuple[Fraction, Fraction]]
    errors: Mapping[str, Fraction]
    willingness: tuple[Fraction, ...]
    draws: int
    seed: int

    @property
    def has_utilities(self) -> bool:
        """Whether quality of life was given for both ways."""
        return "utility_pump" not in self.left_out and "utility_conventional" not in self.left_out


def read_economics(table: Table) -> EconomicCase:
    """Return the case of a table `[economics]`.

    Raises
    ------
    BadFileError
        If perspective, currency, year, horizon, implant or the cost without a pump is missing, a
        figure is malformed or outside its range, or only one utility is given.
    """
    frame = Frame(
        table.take_text("perspective"),
        table.take_text("currency"),
        table.take_text("year"),
        table.take_count("horizon_months"),
    )
    if frame.horizon_months > MAX_YEARS * MONTHS:
        raise table.error(f"more than {MAX_YEARS} years", "shorten it", "horizon_months")
    given = {name: _take(table, name, name) for name in NAMES if table.has(name) or name in _NEEDED}
    _check_together(table, given)
    left_out = tuple(name for name in NAMES if name not in given)
    values = {name: given.get(name, Fraction(0)) for name in NAMES}
    if "trial_success" in left_out:
        values["trial_success"] = Fraction(1)
    if "replacement_years" in left_out:
        values["replacement_years"] = Fraction(frame.horizon_months)
    case = EconomicCase(
        frame,
        Inputs(**values),
        left_out,
        _ranges(table, given),
        _errors(table, given),
        _willingness(table),
        table.take_count("draws") if table.has("draws") else 0,
        table.take_count("seed") if table.has("seed") else 0,
    )
    table.finish()
    if case.errors and not (case.draws and case.seed):
        raise table.error("errors need draws and a seed", "as in draws = 10000 and seed = 1")
    if case.draws > MAX_DRAWS:
        raise table.error(f"more than {MAX_DRAWS} draws", "take fewer", "draws")
    if case.willingness and not case.has_utilities:
        raise table.error(
            "a willingness to pay needs both utilities", "add them, or leave it out", "willingness"
        )
    return case


def _check_together(table: Table, given: Mapping[str, Fraction]) -> None:
    if ("replacement" in given) != ("replacement_years" in given):
        raise table.error("replacement and replacement_years belong together", "give both")
    if ("utility_pump" in given) != ("utility_conventional" in given):
        raise table.error("both utilities belong together", "give both, or none")
    if given.get("replacement_years") == 0:
        raise table.error("a pump lasts longer than no time", "", "replacement_years")


def _take(table: Table, key: str, name: str) -> Fraction:
    try:
        return _figure(table.take_any(key), name)
    except EntryError as error:
        raise table.error(error.what, error.remedy, key) from None


def _figure(value: Any, name: str) -> Fraction:
    """Return a figure: money and counts as numbers, shares also as `58 of 61`, rates in percent."""
    if not isinstance(value, str):
        raise EntryError(f"{shown(value)} is no figure in quotes", remedy='as in "7516.25"')
    if name in SHARES and (found := _OF.fullmatch(value)):
        if int(found[2]) == 0:
            raise EntryError(f"{value} is no share")
        return _share(Fraction(int(found[1]), int(found[2])), name)
    if value.endswith(" %") and name in (*SHARES, *RATES):
        return _share(_plain(value[:-2]) / 100, name)
    if name in RATES:
        raise EntryError(f"{shown(value)} is no rate", remedy='as in "5 %"')
    figure = _plain(value)
    return _share(figure, name) if name in SHARES else figure


def _plain(text: str) -> Fraction:
    try:
        return parse_number(text)
    except ThecalError as error:
        raise EntryError(error.what, why=error.why, remedy=error.remedy) from None


def _share(value: Fraction, name: str) -> Fraction:
    if value > 1:
        raise EntryError(f"{show_number(value)} is more than all", remedy=f"{name} is at most 1")
    return value


def _varied(table: Table, key: str, given: Mapping[str, Fraction]) -> Table:
    inner = table.take_table(key)
    for name in NAMES:
        if inner.has(name) and name not in given:
            raise inner.error("this input has no figure of its own", "give it above", name)
    return inner


def _ranges(table: Table, given: Mapping[str, Fraction]) -> Mapping[str, tuple[Fraction, Fraction]]:
    if not table.has("ranges"):
        return {}
    inner = _varied(table, "ranges", given)
    found = {}
    for name in given:
        if not inner.has(name):
            continue
        ends = inner.take_list(name)
        if len(ends) != 2:
            raise inner.error("a range has two ends", 'as in ["6000", "9000"]', name)
        low, high = (_take(Table({name: end}, inner.place), name, name) for end in ends)
        if not low <= given[name] <= high or (name == "replacement_years" and low == 0):
            raise inner.error("the range does not hold the figure itself", "correct one", name)
        found[name] = (low, high)
    inner.finish()
    return found


def _errors(table: Table, given: Mapping[str, Fraction]) -> Mapping[str, Fraction]:
    if not table.has("errors"):
        return {}
    inner = _varied(table, "errors", given)
    found = {}
    for name in given:
        if inner.has(name) and name not in RATES and name != "replacement_years":
            found[name] = _take(inner, name, name)
            if found[name] == 0:
                raise inner.error("an error of zero is none", "leave it out", name)
    inner.finish()
    return found


def _willingness(table: Table) -> tuple[Fraction, ...]:
    if not table.has("willingness"):
        return ()
    key = "willingness"
    return tuple(_take(Table({key: one}, table.place), key, key) for one in table.take_list(key))
