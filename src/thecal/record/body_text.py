"""The values of an entry as texts that a person can read, and correct.

A corrected text becomes a value of the same sort as the one that stood there; what it means is left
to the fold, which reads as strictly as it reads a therapy file.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, final

from thecal.errors import EntryError

Sort = Literal["text", "whole number", "decimal", "yes or no", "nothing"]
Path = tuple[str | int, ...]
_DECIMAL_KEY = "decimal"
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_NAME = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)?")
_FLAGS = {"yes": True, "no": False}


@final
@dataclass(frozen=True, slots=True)
class BodyText:
    """One value of a body: where it stands, what sort it is, and its text."""

    path: Path
    sort: Sort
    text: str

    @property
    def name(self) -> str:
        """Where it stands, for people, as in `mixture, morphine`."""
        words = [str(one + 1) if isinstance(one, int) else one for one in self.path]
        return ", ".join(word.replace("_", " ") for word in words)


def texts_of(body: Mapping[str, Any]) -> tuple[BodyText, ...]:
    """Return every value of a body, in the order of its keys."""
    found: list[BodyText] = []
    _walk(body, (), found)
    return tuple(found)


def with_texts(
    body: Mapping[str, Any], texts: Sequence[str], added: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    """Return a body with other texts in the places that `texts_of` names.

    Parameters
    ----------
    texts
        One for each value; an empty one takes the value away.
    added
        Names and texts of values that stood nowhere, as in `lot`, or `mixture.clonidine`.

    Raises
    ------
    EntryError
        If a text is not of the sort that stands there, or a name is none.
    """
    places = texts_of(body)
    if len(places) != len(texts):
        raise EntryError("the entry has other values than the form", remedy="open the form again")
    changed: dict[str, Any] = copy.deepcopy(dict(body))
    for place, text in zip(places, texts, strict=True):
        if text != place.text and text:
            _set(changed, place.path, _value(place, text))
    for place, text in reversed(list(zip(places, texts, strict=True))):
        if not text and place.text:
            _take_away(changed, place.path)
    for name, text in added:
        _add(changed, name, text)
    return changed


def _walk(value: object, path: Path, found: list[BodyText]) -> None:
    if isinstance(value, Mapping):
        if set(value) == {_DECIMAL_KEY}:
            found.append(BodyText(path, "decimal", str(value[_DECIMAL_KEY])))
            return
        for key in sorted(value):
            _walk(value[key], (*path, key), found)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            _walk(inner, (*path, index), found)
    elif isinstance(value, bool):
        found.append(BodyText(path, "yes or no", "yes" if value else "no"))
    elif isinstance(value, int):
        found.append(BodyText(path, "whole number", str(value)))
    elif value is None:
        found.append(BodyText(path, "nothing", ""))
    else:
        found.append(BodyText(path, "text", str(value)))


def _value(place: BodyText, text: str) -> object:
    match place.sort:
        case "whole number" if _WHOLE.fullmatch(text):
            return int(text)
        case "decimal" if _DECIMAL.fullmatch(text):
            return {_DECIMAL_KEY: text}
        case "yes or no" if text in _FLAGS:
            return _FLAGS[text]
        case "text" | "nothing":
            return text
    raise EntryError(f'{place.name}: "{text}" is no {place.sort}', remedy=f"type a {place.sort}")


def _inner(body: Any, path: Path) -> Any:
    for key in path:
        body = body[key]
    return body


def _set(body: dict[str, Any], path: Path, value: object) -> None:
    _inner(body, path[:-1])[path[-1]] = value


def _take_away(body: dict[str, Any], path: Path) -> None:
    outer = path[:-1]
    del _inner(body, outer)[path[-1]]
    if outer and not _inner(body, outer):
        _take_away(body, outer)


def _add(body: dict[str, Any], name: str, text: str) -> None:
    if _NAME.fullmatch(name) is None:
        raise EntryError(f'"{name}" cannot be the name of a value', remedy="write it as in lot")
    outer, _, inner = name.partition(".")
    table = body
    if inner:
        table = body.setdefault(outer, {})
        if not isinstance(table, dict):
            raise EntryError(f"{outer} holds no values of its own", remedy="choose another name")
    key = inner or outer
    if key in table:
        raise EntryError(f"{name} stands there already", remedy="change it where it stands")
    table[key] = text
