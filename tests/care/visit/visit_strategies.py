"""Visits of any shape, for what has to hold for every one of them."""

from __future__ import annotations

from dataclasses import MISSING, fields
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from fractions import Fraction
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from thecal.care.visit.arrival import DrugDose
from thecal.pharmacy import Mixture, drugs
from thecal.units import Concentration, Length, MassRate, Quantity, Volume

DRUGS = st.sampled_from([one.id for one in drugs()])
WORDS = st.text(st.sampled_from("aZ9 -.\u00e4\u00df\u00a0\u4e2d"), min_size=1, max_size=12).filter(
    str.strip
)
OFFSETS = st.integers(-12 * 4, 14 * 4).map(lambda n: timezone(timedelta(minutes=15 * n)))
UNITS = {Volume: "mL", MassRate: "mg/d", Length: "cm", Concentration: "mg/mL"}


def amounts(kind: type[Quantity], least: int) -> st.SearchStrategy[Quantity]:
    thousandths = st.integers(least, 10**7)
    return thousandths.map(lambda n: kind.of(Fraction(n, 1000), UNITS[kind]))


MIXTURES = st.dictionaries(DRUGS, amounts(Concentration, 1), min_size=1, max_size=3).map(Mixture.of)


def values(hint: Any) -> st.SearchStrategy[Any]:
    if get_origin(hint) in (Union, UnionType):
        return st.none() | values(next(one for one in get_args(hint) if one is not NoneType))
    if get_origin(hint) is tuple:
        return st.lists(values(get_args(hint)[0]), max_size=3).map(tuple)
    least = 0 if get_origin(hint) is Annotated else 1
    kind = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    if kind is int:
        return st.integers(least, 500)
    if kind is Mixture:
        return MIXTURES
    if kind is date:
        return st.dates(date(1950, 1, 1), date(2150, 1, 1))
    if kind is datetime:
        return st.builds(datetime.combine, values(date), st.times(), OFFSETS)
    if kind in (str, bool):
        return WORDS if kind is str else st.booleans()
    if issubclass(kind, StrEnum):
        return st.sampled_from(list(kind))
    return amounts(kind, least) if issubclass(kind, Quantity) else records(kind)


def records(kind: Any) -> st.SearchStrategy[Any]:
    if kind is DrugDose:
        return st.builds(DrugDose, drug=DRUGS, daily_dose=amounts(MassRate, 1))
    hints = get_type_hints(kind, include_extras=True)
    parts = {name: values(hint) for name, hint in hints.items()}
    for one in fields(kind):
        if one.default is MISSING and get_origin(hints[one.name]) is tuple:
            parts[one.name] = parts[one.name].filter(bool)
    return st.builds(kind, **parts)
