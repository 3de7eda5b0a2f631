"""What a field may choose from: a catalogue of the project, else a list of `form_choices.csv`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from thecal.care.complications.register import complications
from thecal.care.compounding.words import words
from thecal.care.document import Text
from thecal.care.forms.education import education_items
from thecal.care.selection.items import items
from thecal.care.selection.therapies import therapy_kinds
from thecal.care.selection.wording import sentence
from thecal.data import cached, rows
from thecal.device import catheter_models, pump_models
from thecal.errors import DataError
from thecal.pharmacy import drugs, indications

_CATALOGUE = "@"
_ANSWERS = "@answer "


@cached
def choices(name: str) -> Mapping[str, Text]:
    """Return id to label of a list, in order.

    Raises
    ------
    DataError
        If there is no such list.
    """
    if name.startswith(_ANSWERS):
        return _answers(name.removeprefix(_ANSWERS))
    if name.startswith(_CATALOGUE):
        return MappingProxyType(_catalogue(name)())
    found = _lists().get(name)
    if found is None:
        raise DataError(f"form_choices.csv has no list {name}", remedy="restore its rows")
    return found


def word(name: str) -> Text:
    """Return a word that many forms print, as in `yes`."""
    return choices("word")[name]


def _catalogue(name: str) -> Callable[[], dict[str, Text]]:
    known: Mapping[str, Callable[[], dict[str, Text]]] = {
        "@pumps": lambda: {one.id: Text.same(one.name) for one in pump_models()},
        "@catheters": lambda: {one.id: Text.same(one.name) for one in catheter_models()},
        "@drugs": lambda: {one.id: words("drug", one.id) for one in drugs()},
        "@indications": lambda: {one.id: _said(f"indication.{one.id}") for one in indications()},
        "@therapies": lambda: {one: _said(f"therapy.{one}") for one in therapy_kinds()},
        "@complications": lambda: {one.id: one.name for one in complications().values()},
        "@grades": _grades,
        "@education": lambda: {one.id: one.name for one in education_items()},
    }
    if name not in known:
        raise DataError(f"{name} is no list of the forms", remedy="use " + ", ".join(known))
    return known[name]


def _answers(item: str) -> Mapping[str, Text]:
    """Return the answers that an item of the selection knows, so that both take the same."""
    known = choices("answer")
    found = next((one for one in items() if one.id == item), None)
    if found is None or not set(found.answers) <= set(known):
        raise DataError(f"form_choices.csv lacks answers of {item}", remedy="restore its rows")
    return MappingProxyType({one: known[one] for one in found.answers})


def _said(code: str) -> Text:
    found = sentence(code)
    return Text(found.en, found.de)


def _grades() -> dict[str, Text]:
    found: dict[str, dict[str, str]] = {}
    for row in rows("complication_grades"):
        found.setdefault(row["grade"], {})[row["parameter"]] = row["value"]
    return {grade: Text(one["name-en"], one["name-de"]) for grade, one in found.items()}


@cached
def _lists() -> Mapping[str, Mapping[str, Text]]:
    found: dict[str, dict[str, dict[str, str]]] = {}
    for row in rows("form_choices"):
        found.setdefault(row["list"], {}).setdefault(row["choice"], {})[row["language"]] = row[
            "value"
        ]
    return MappingProxyType(
        {
            name: MappingProxyType({id: Text(said["en"], said["de"]) for id, said in one.items()})
            for name, one in found.items()
        }
    )
