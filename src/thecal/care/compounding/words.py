"""The words of order form and label in each language, from `compounding_forms.csv`."""

from __future__ import annotations

from collections.abc import Mapping

from thecal.care.document import Text
from thecal.data import cached, rows
from thecal.errors import DataError


@cached
def _table() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = {}
    for row in rows("compounding_forms"):
        fields = found.setdefault(row["document"], {})
        fields.setdefault(row["field"], {})[row["parameter"]] = row["value"]
    return found


@cached
def _texts() -> Mapping[tuple[str, str], Text]:
    return {
        (document, field): Text(cell["en"], cell["de"])
        for document, fields in _table().items()
        for field, cell in fields.items()
        if {"en", "de"} <= cell.keys()
    }


def typed_fields(document: str) -> tuple[str, ...]:
    """Return the fields of a document that somebody has to type, in its order."""
    return tuple(field for field, cell in _table()[document].items() if cell["need"] == "typed")


def words(document: str, field: str) -> Text:
    """Return the words of a field in both languages; raises `DataError` where a row is missing."""
    found = _texts().get((document, field))
    if found is None:
        raise DataError(
            f'compounding_forms.csv has no "{field}" of {document}', remedy="restore the rows"
        )
    return found
