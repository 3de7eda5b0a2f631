"""Reading a CSV table that a clinic brings: fixed columns, every line whole, or refused by line."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from thecal.errors import BadFileError

MAX_BYTES = 10_000_000


def read_csv(data: bytes, name: str, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """Return line number and row of every line of a CSV file that has exactly these columns.

    Cells are stripped; the order of the columns is free.

    Raises
    ------
    BadFileError
        If it is no UTF-8 text, no CSV, far too long, has no rows, or a column is missing, unknown
        or doubled.
    """
    if len(data) > MAX_BYTES:
        raise BadFileError(f"the file is longer than {MAX_BYTES} bytes", place=name)
    try:
        reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        records = [(reader.line_num, record) for record in reader if any(map(str.strip, record))]
    except UnicodeDecodeError as error:
        raise BadFileError(f"byte {error.start} is not UTF-8 text", place=name) from None
    except csv.Error as error:
        raise BadFileError(f"is no CSV: {error}", place=name) from None
    header = [cell.strip() for cell in records[0][1]] if records else []
    if sorted(header) != sorted(columns):
        raise BadFileError(
            "the columns are others", remedy="the first line is " + ",".join(columns), place=name
        )
    if len(records) == 1:
        raise BadFileError("the table has no rows", remedy="add a line for each", place=name)
    for line, record in records:
        if len(record) != len(header):
            raise BadFileError(
                f"{len(record)} cells, {len(header)} are needed", place=f"{name} line {line}"
            )
    return [
        (line, dict(zip(header, (cell.strip() for cell in record), strict=True)))
        for line, record in records[1:]
    ]
