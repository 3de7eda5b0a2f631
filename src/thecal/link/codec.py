"""Exact values as JSON and back, led by their type hints: nothing is guessed, nothing is rounded.

A fraction is the text `"n/d"`, a quantity the text of its base units, a dataclass an object with
every one of its fields, a set a sorted list, a mapping with other keys than texts a list of pairs.
JSON numbers with a point are refused: doses are never floats.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from thecal.link.errors import MessageError
from thecal.pharmacy import Mixture
from thecal.units import Concentration, Quantity

Json = Any
T = TypeVar("T")
_FRACTION = re.compile(r"(-?[0-9]+)(?:/([0-9]+))?", re.ASCII)
WIRE_DIGITS = 60
"""Longest figure of a message; what a pump has stored itself is not bounded."""


def canonical(value: Json) -> bytes:
    """Return the one byte string of a JSON value: sorted keys, no spaces, ASCII."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    )
    return text.encode("ascii")


def parse(data: bytes) -> Json:
    """Return the JSON value of some bytes; raises `MessageError`."""
    try:
        return json.loads(
            data.decode("ascii"),
            object_pairs_hook=_object,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
    except (ValueError, RecursionError) as error:
        raise MessageError("this is no message", why=str(error)[:80]) from None


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a key stands twice")
    return table


def _refuse_number(text: str) -> Json:
    raise ValueError(f"{text[:20]} is no exact number")


def encode(value: object) -> Json:
    """Return a value as JSON."""
    match value:
        case None | bool():
            return value
        case StrEnum():
            return value.value
        case int() | str():
            return value
        case Fraction():
            return str(value)
        case Quantity():
            return str(value.base)
        case Mixture():
            return {drug: str(level.base) for drug, level in value.parts}
        case tuple() | list():
            return [encode(one) for one in value]
        case frozenset():
            return sorted(encode(one) for one in value)
        case dict():
            return [[encode(key), encode(one)] for key, one in value.items()]
    if is_dataclass(value):
        return {entry.name: encode(getattr(value, entry.name)) for entry in fields(value)}
    raise TypeError(f"{type(value).__name__} is not stored or sent")


def decode(value: Json, kind: type[T], *, digits: int | None = WIRE_DIGITS) -> T:
    """Return the `kind` that a JSON value states.

    Parameters
    ----------
    value
        As `parse` returned it.
    kind
        The expected type, or a hint such as `tuple[int, ...]`.
    digits
        Most digits of numerator or denominator; None for what was stored by the pump itself.

    Raises
    ------
    MessageError
        If anything is missing, unknown or of another type.
    """
    return cast(T, _decode(value, kind, digits))


def _decode(value: Json, hint: Any, digits: int | None) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        if value is None and NoneType in inner:
            return None
        (known,) = [one for one in inner if one is not NoneType]
        return _decode(value, known, digits)
    if origin is Literal:
        if value not in inner:
            raise MessageError("an unknown word")
        return value
    if origin is tuple:
        return _tuple(_list(value), inner, digits)
    if origin is list:
        return [_decode(one, inner[0], digits) for one in _list(value)]
    if origin is frozenset:
        found = [_decode(one, inner[0], digits) for one in _list(value)]
        if found != sorted(set(found)):
            raise MessageError("a set is not sorted")
        return frozenset(found)
    if origin is dict:
        pairs = [_tuple(_list(one), inner, digits) for one in _list(value)]
        table = dict(pairs)
        if len(table) != len(pairs):
            raise MessageError("a key stands twice")
        return table
    return _one(value, hint, digits)


def _one(value: Json, kind: Any, digits: int | None) -> Any:
    if kind in (bool, int, str):
        if type(value) is not kind:
            raise MessageError(f"a {kind.__name__} is needed")
        return value
    if kind is Fraction:
        return _fraction(value, digits)
    if kind is Mixture:
        return _mixture(value, digits)
    if issubclass(kind, Quantity):
        return kind(_fraction(value, digits))
    if issubclass(kind, StrEnum):
        if value not in tuple(kind):
            raise MessageError(f"unknown {kind.__name__}")
        return kind(value)
    hints = _hints(kind)
    if not isinstance(value, dict) or value.keys() != hints.keys():
        raise MessageError(f"this is no {kind.__name__}")
    return kind(**{name: _decode(value[name], hint, digits) for name, hint in hints.items()})


@lru_cache(maxsize=256)
def _hints(kind: Any) -> Mapping[str, Any]:
    if not is_dataclass(kind):
        raise TypeError(f"{kind} is not stored or sent")
    known = get_type_hints(kind)
    return {entry.name: known[entry.name] for entry in fields(kind)}


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise MessageError("a list is needed")
    return value


def _tuple(values: list[Json], inner: tuple[Any, ...], digits: int | None) -> tuple[Any, ...]:
    if len(inner) == 2 and inner[1] is Ellipsis:
        return tuple(_decode(one, inner[0], digits) for one in values)
    if len(values) != len(inner):
        raise MessageError(f"{len(inner)} values are needed")
    return tuple(_decode(one, hint, digits) for one, hint in zip(values, inner, strict=True))


def _fraction(value: Json, digits: int | None) -> Fraction:
    match = _FRACTION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise MessageError("an exact number is needed")
    if digits is not None and max(len(part or "") for part in match.groups()) > digits:
        raise MessageError("a number has too many digits")
    denominator = int(match[2] or "1")
    number = Fraction(int(match[1]), denominator) if denominator else None
    if number is None or str(number) != value:
        raise MessageError("a number is not written in its lowest terms")
    return number


def _mixture(value: Json, digits: int | None) -> Mixture:
    if not isinstance(value, dict):
        raise MessageError("a mixture is needed")
    mixture = Mixture.of(
        {drug: Concentration(_fraction(level, digits)) for drug, level in value.items()}
    )
    if len(mixture) != len(value) or any(level.base < 0 for level in mixture.values()):
        raise MessageError("a concentration is not above zero")
    return mixture
