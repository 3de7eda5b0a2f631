"""Reading a clinic's own list of references from CSV."""

from __future__ import annotations

import re
from types import MappingProxyType

from thecal.care.evidence.citation import Citation
from thecal.care.evidence.reference import FIELDS
from thecal.care.table_csv import read_csv
from thecal.errors import BadFileError

COLUMNS = ("id", *FIELDS)
_YEAR = re.compile(r"(?:1[89]|20)[0-9]{2}", re.ASCII)


def read_citations(data: bytes, name: str) -> tuple[Citation, ...]:
    """Return the citations of a CSV file with the columns of `COLUMNS`.

    An empty cell means that the print has nothing there.

    Raises
    ------
    BadFileError
        If the file is no such table, an id is missing or stands twice, or a year is no year.
    """
    found: dict[str, Citation] = {}
    for line, row in read_csv(data, name, COLUMNS):
        place = f"{name} line {line}"
        wanted = row["id"]
        if not wanted:
            raise BadFileError("the id is empty", remedy="number the citations", place=place)
        if wanted in found:
            raise BadFileError(f'"{wanted}" stands twice', remedy="use each id once", place=place)
        if row["year"] and not _YEAR.fullmatch(row["year"]):
            raise BadFileError(
                f'"{row["year"][:20]}" is no year', remedy="write four digits", place=place
            )
        found[wanted] = Citation(wanted, MappingProxyType({n: row[n] for n in FIELDS}))
    return tuple(found.values())
