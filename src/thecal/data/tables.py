"""Reading the tables of constants: shipped CSV files, and a clinic's own rows over them.

A clinic's file has the name and the columns of a shipped one. A row of it replaces the shipped row
with the same keys; a row with new keys is added. Nothing is read from the environment.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache, wraps
from types import MappingProxyType
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from thecal.data.fact import STATUSES, fact_of
from thecal.errors import DataError, EntryError

if TYPE_CHECKING:
    from pathlib import Path

Row = Mapping[str, str]
FACT_COLUMNS = ("value", "unit", "source", "status", "checked_by", "date", "note")
"""The columns that every table has behind its keys."""

P = ParamSpec("P")
R = TypeVar("R")

# Not importlib.resources: its import alone costs a tenth of what `thecal review` may take.
_SHIPPED = os.path.dirname(os.path.abspath(__file__))
_base_folder = _SHIPPED
_clinic_folder: str | None = None
_caches: list[Callable[[], None]] = []


def cached(function: Callable[P, R]) -> Callable[P, R]:
    """Remember what `function` made from the tables until the tables change."""
    remembered = lru_cache(maxsize=None)(function)
    _caches.append(remembered.cache_clear)

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return remembered(*args, **kwargs)  # type: ignore[arg-type]

    return call


def table_names() -> tuple[str, ...]:
    """Return the names of the shipped tables, without `.csv`."""
    return tuple(sorted(f[:-4] for f in os.listdir(_SHIPPED) if f.endswith(".csv")))


@cached
def rows(name: str) -> tuple[Row, ...]:
    """Return the rows of table `name`, shipped ones replaced by the clinic's where it has its own.

    Raises
    ------
    DataError
        If a row breaks the rules of the tables; file and line are named.
    """
    base, clinics = table_bytes(name)
    shipped, columns = _read(f"{name}.csv", base, None)
    if clinics is not None:
        own, _ = _read(f"{name}.csv", clinics, columns)
        _check_names(own.values(), shipped.values(), f"{name}.csv")
        shipped.update(own)
    return tuple(shipped.values())


@cached
def table_bytes(name: str) -> tuple[bytes, bytes | None]:
    """Return the bytes of table `name` in force, and of the clinic's own file, None without one.

    Raises
    ------
    DataError
        If a file cannot be read.
    """
    base = _shipped_bytes(name) if _base_folder == _SHIPPED else _bytes_of(_base_folder, name)
    clinics = None
    if _clinic_folder is not None and os.path.isfile(os.path.join(_clinic_folder, f"{name}.csv")):
        clinics = _bytes_of(_clinic_folder, name)
    return base, clinics


@cache
def _shipped_bytes(name: str) -> bytes:
    """Read a shipped table once: a process keeps its constants while an update replaces files."""
    return _bytes_of(_SHIPPED, name)


def _bytes_of(folder: str, name: str) -> bytes:
    try:
        with open(os.path.join(folder, f"{name}.csv"), "rb") as stream:
            return stream.read()
    except OSError as error:
        raise DataError(f"{name}.csv cannot be read", why=str(error)) from error


def use_clinic_tables(folder: Path | None) -> None:
    """Let the CSV files in `folder` replace shipped rows with the same keys; None undoes that.

    Raises
    ------
    DataError
        If the folder is missing, holds a file that is no known table, or a row is malformed. The
        tables in use before stay in use then.
    """
    use_table_folders(None, folder)


def use_table_folders(base: Path | None, clinic: Path | None) -> None:
    """Let `base` stand for the shipped tables, None: they themselves, and `clinic` go over them.

    Raises
    ------
    DataError
        As `use_clinic_tables`; the tables in use before stay in use then.
    """
    global _base_folder, _clinic_folder
    before = _base_folder, _clinic_folder
    names = [] if clinic is None else _clinic_table_names(str(clinic))
    _base_folder = _SHIPPED if base is None else str(base)
    _clinic_folder = None if clinic is None else str(clinic)
    _forget()
    try:
        for name in names:
            rows(name)
    except DataError:
        _base_folder, _clinic_folder = before
        _forget()
        raise


def _forget() -> None:
    for clear in _caches:
        clear()


def _clinic_table_names(folder: str) -> list[str]:
    if not os.path.isdir(folder):
        raise DataError(f"there is no folder {folder}", remedy="name the folder of the CSV files")
    names = [f[:-4] for f in sorted(os.listdir(folder)) if f.endswith(".csv")]
    known = table_names()
    for name in names:
        if name not in known:
            raise DataError(
                f"{name}.csv replaces no table", remedy="the tables are " + ", ".join(known)
            )
    return names


Keys = tuple[str, ...]


def _read(file: str, data: bytes, expected: Keys | None) -> tuple[dict[Keys, Row], Keys]:
    """Return the rows of one file by their keys, and its columns; `#` lines are comments."""
    try:
        stream = io.StringIO(data.decode("utf-8"), newline="")
        numbered = [
            (number, line)
            for number, line in enumerate(stream, start=1)
            if line.strip() and not line.startswith("#")
        ]
        reader = csv.reader([line for _, line in numbered], strict=True)
        records = [(numbered[reader.line_num - 1][0], record) for record in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{file} cannot be read", why=str(error)) from error
    columns = tuple(records[0][1]) if records else ()
    keys = _check_columns(columns, expected, file)
    table: dict[Keys, Row] = {}
    for number, record in records[1:]:
        place = f"{file} line {number}"
        if len(record) != len(columns):
            raise DataError(f"{len(record)} columns, {len(columns)} are needed", place=place)
        row = dict(zip(columns, record, strict=True))
        _check_row(row, place)
        key = tuple(row[column] for column in keys)
        if key in table:
            raise DataError(f"a second row for {', '.join(key)}", place=place)
        table[key] = MappingProxyType(row)
    return table, columns


def _check_names(own: Iterable[Row], shipped: Iterable[Row], file: str) -> None:
    """Refuse a parameter that no shipped row has: a misspelt limit would silently not hold."""
    known = {row.get("parameter", "") for row in shipped}
    for row in own:
        if row.get("parameter", "") not in known:
            raise DataError(
                f'"{row["parameter"]}" is no parameter of {file}',
                remedy="use one of " + ", ".join(sorted(known)),
            )


def _check_columns(columns: Keys, expected: Keys | None, file: str) -> Keys:
    if columns[-len(FACT_COLUMNS) :] != FACT_COLUMNS or len(columns) == len(FACT_COLUMNS):
        raise DataError(f"{file} lacks columns", remedy="its keys, then " + ",".join(FACT_COLUMNS))
    if expected is not None and columns != expected:
        raise DataError(f"{file} has other columns", remedy="use " + ",".join(expected))
    return columns[: -len(FACT_COLUMNS)]


def _check_row(row: Row, place: str) -> None:
    if row["status"] not in STATUSES:
        raise DataError(
            f'"{row["status"]}" is no status', remedy="use " + ", ".join(STATUSES), place=place
        )
    if not row.get("rank", "1").isdecimal():
        raise DataError(f'"{row["rank"]}" is no rank', remedy="use 1, 2, 3", place=place)
    if not row["source"]:
        raise DataError("the row names no source", remedy="say where it was read", place=place)
    if row["status"] == "verified" and not row["checked_by"]:
        raise DataError(
            "verified by nobody", remedy="name who compared it with the document", place=place
        )
    try:
        fact_of(row)
    except EntryError as error:
        raise DataError(error.what, why=error.why, remedy=error.remedy, place=place) from error
