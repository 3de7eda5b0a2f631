"""Reading one TOML table strictly: every key is wanted and understood, or the file is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar, final

from thecal.errors import BadFileError, ThecalError
from thecal.pharmacy import Mixture, drugs
from thecal.units import Concentration, parse_quantity
from thecal.units.quantity import Q

T = TypeVar("T")
MISSING_KEY = "this key is missing"


@final
class Table:
    """A TOML table with its place in the file, for messages that name file, table and key.

    Every `take_*` reads one key; `finish` refuses the keys that nothing took. `folder` is that of
    the file where the table was read from one, for the files that a case may name beside itself.
    """

    def __init__(self, values: object, place: str) -> None:
        if not isinstance(values, dict):
            raise BadFileError("this is not a table", remedy="write it as key = value", place=place)
        self._values: dict[str, Any] = values
        self._taken: set[str] = set()
        self._offered: set[str] = set()
        self.place = place
        self.folder: Path | None = None

    def has(self, key: str) -> bool:
        """Whether the table has `key`."""
        self._offered.add(key)
        return key in self._values

    def error(self, what: str, remedy: str = "", key: str = "") -> BadFileError:
        """Return an error at this table or at one of its keys."""
        place = f"{self.place}: {key}" if key else self.place
        return BadFileError(what, remedy=remedy, place=place)

    def _raw(self, key: str) -> Any:
        self._taken.add(key)
        if key not in self._values:
            raise self.error(MISSING_KEY, f"add {key} = ...", key)
        return self._values[key]

    def optional(self, key: str, take: Callable[[str], T]) -> T | None:
        """Return `take(key)` where the key is there, else None."""
        return take(key) if self.has(key) else None

    def take_text(self, key: str) -> str:
        """Return a non-empty text without control characters."""
        value = self._raw(key)
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise self.error(f"{shown(value)} is not a text", "write some text in quotes", key)
        return value

    def take_choice(self, key: str, choices: Sequence[str]) -> str:
        """Return one of `choices`."""
        value = self._raw(key)
        if not isinstance(value, str) or value not in choices:
            raise self.error(f"{shown(value)} is unknown", _nearest(value, choices), key)
        return value

    def take_flag(self, key: str) -> bool:
        """Return true or false."""
        value = self._raw(key)
        if not isinstance(value, bool):
            remedy = "write true or false"
            raise self.error(f"{shown(value)} is neither true nor false", remedy, key)
        return value

    def take_count(self, key: str) -> int:
        """Return a whole number above zero."""
        value = self._raw(key)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            remedy = "write a whole number from 1 on, without quotes"
            raise self.error(f"{shown(value)} is no whole number above zero", remedy, key)
        return value

    def take_quantity(self, key: str, kind: type[Q], *, zero_allowed: bool = False) -> Q:
        """Return a quantity by the grammar of entry."""
        value = self._raw(key)
        if not isinstance(value, str) or len(value) > 60:
            value = _Shown(value)
        try:
            return parse_quantity(value, kind, zero_allowed=zero_allowed)
        except ThecalError as error:
            raise BadFileError(
                error.what, why=error.why, remedy=error.remedy, place=f"{self.place}: {key}"
            ) from None

    def take_mixture(self, key: str, *, empty_allowed: bool = False) -> Mixture:
        """Return a mixture of known drugs, each with its concentration."""
        inner = Table(self._raw(key), f"{self.place}: {key}")
        known = [drug.id for drug in drugs()]
        for drug in inner._values:
            if drug not in known:
                raise inner.error(f"{shown(drug)} is no drug known here", _nearest(drug, known))
        if not inner._values and not empty_allowed:
            raise self.error(
                "the mixture is empty", 'name each drug: { morphine = "10 mg/mL" }', key
            )
        return Mixture.of(
            {drug: inner.take_quantity(drug, Concentration) for drug in inner._values}
        )

    def take_moment(self, key: str) -> datetime:
        """Return a date with a time of day; the offset may be missing."""
        value = self._raw(key)
        if not isinstance(value, datetime):
            raise self.error(
                f"{shown(value)} is no date with a time", "write 2026-03-02T10:00:00 unquoted", key
            )
        if not 1900 <= value.year <= 2200:
            raise self.error(f"the year {value.year} is outside 1900 to 2200", "", key)
        return value

    def take_date(self, key: str) -> date:
        """Return a date without a time of day."""
        value = self._raw(key)
        if isinstance(value, datetime) or not isinstance(value, date):
            raise self.error(f"{shown(value)} is no date", "write 2026-03-02 unquoted", key)
        if not 1900 <= value.year <= 2200:
            raise self.error(f"the year {value.year} is outside 1900 to 2200", "", key)
        return value

    def take_table(self, key: str) -> Table:
        """Return a table inside this one."""
        table = Table(self._raw(key), f"{self.place}: {key}")
        table.folder = self.folder
        return table

    def take_file(self, key: str) -> Path:
        """Return a file that lies beside the one this table was read from."""
        name = self.take_text(key)
        if self.folder is None:
            raise self.error("this table was not read from a file", "leave this key out", key)
        if Path(name).name != name:
            raise self.error(
                f"{shown(name)} is no plain file name", "put the file beside this one", key
            )
        path = self.folder / name
        if not path.is_file():
            raise self.error(f"there is no file {shown(name)} beside this one", "", key)
        return path

    def take_list(self, key: str) -> list[Any]:
        """Return a list that is not empty."""
        value = self._raw(key)
        if not isinstance(value, list) or not value:
            remedy = "write a list with one entry at least, in square brackets"
            raise self.error(f"{shown(value)} is no list with entries", remedy, key)
        return value

    def take_any(self, key: str) -> Any:
        """Return the value whatever it is; the caller checks it."""
        return self._raw(key)

    def finish(self) -> None:
        """Refuse keys that nothing has read."""
        for key in self._values:
            if key not in self._taken:
                known = sorted(self._taken | self._offered)
                raise self.error("this key is unknown here", _nearest(key, known), key[:60])

    def keys(self) -> Mapping[str, Any]:
        """Return the keys as they stand in the file."""
        return self._values


@final
class _Shown:
    """A value that cannot be a quantity, for messages: its `repr` is there and short."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __repr__(self) -> str:
        return shown(self._value)


def shown(value: object) -> str:
    """Return a value of a file for a message, shortened.

    A whole number may have more digits than Python is willing to write out.
    """
    try:
        text = repr(value)
    except ValueError:
        return "a number that is far too long"
    return text if len(text) <= 60 else text[:57] + "..."


def _nearest(value: object, choices: Sequence[str]) -> str:
    import difflib  # slow to import, and only an error needs it

    near = difflib.get_close_matches(value[:60], choices, n=1) if isinstance(value, str) else []
    if near:
        return f'did you mean "{near[0]}"?'
    return "it can be " + ", ".join(choices) if len(choices) <= 20 else "see `thecal catalogue`"
