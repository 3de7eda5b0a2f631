"""Names of drugs and devices in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from thecal.care.document import Text
from thecal.data import cached, fact_of, rows
from thecal.errors import DataError

_WORDS, _DRUGS = "paper_words", "controller_words"


@cached
def texts(table: str) -> Mapping[str, Text]:
    """Return every text of a table of words that stands in both languages."""
    found: dict[str, dict[str, str]] = {}
    for row in rows(table):
        value = fact_of(row).of_kind(str).value
        found.setdefault(row["parameter"], {})[row["language"]] = value
    return MappingProxyType(
        {name: Text(one["en"], one["de"]) for name, one in found.items() if len(one) > 1}
    )


def drug_name(drug_id: str) -> Text:
    """Return the name of a drug; raises `DataError` where the table lacks it."""
    found = texts(_DRUGS).get(f"drug-{drug_id}")
    if found is None:
        raise DataError(f"{_DRUGS}.csv has no drug-{drug_id} in both languages")
    return found


def drug_names(drug_ids: Iterable[str]) -> Text:
    """Return the names of drugs in a row."""
    found = [drug_name(one) for one in drug_ids]
    return Text(", ".join(one.en for one in found), ", ".join(one.de for one in found))


def device_name(device_id: str, name: str) -> Text:
    """Return the name of a model: its own, where it is no generic one that was worded here."""
    return texts(_WORDS).get(f"device-{device_id}", Text.same(name))
