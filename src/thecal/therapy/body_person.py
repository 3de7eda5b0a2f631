"""The person of a file as the body model takes it; what cannot be a person is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.errors import BadFileError

if TYPE_CHECKING:
    from thecal.body.person import Person

_MOST_YEARS = 130.0
_LEAST_HEIGHT, _MOST_HEIGHT = 20.0, 300.0
_MOST_WEIGHT = 1000.0
_MOST_BODY_MASS_INDEX = 250.0
"""The scaling laws are exponential: past these a typing error would come out as a number."""


def body_person(
    *, age: float | None, sex: str, weight: float | None, height: float | None, place: str
) -> Person:
    """Return the person; age in years, weight kg, height cm, None where not given.

    Raises
    ------
    BadFileError
        If no person is so old, short, tall or heavy; `place` is where the patient stands.
    """
    from thecal.body.person import Person

    def refuse(key: str, what: str) -> BadFileError:
        return BadFileError(
            f"no person is {what}", remedy="check number and unit", place=f"{place}: {key}"
        )

    if age is not None and age > _MOST_YEARS:
        raise refuse("age", f"older than {_MOST_YEARS:g} years")
    if height is not None and not _LEAST_HEIGHT <= height <= _MOST_HEIGHT:
        raise refuse("height", f"{height:g} cm tall")
    if weight is not None:
        if weight > _MOST_WEIGHT:
            raise refuse("weight", f"heavier than {_MOST_WEIGHT:g} kg")
        if height is not None and weight / (height / 100.0) ** 2 > _MOST_BODY_MASS_INDEX:
            raise refuse("weight", f"of {weight:g} kg and {height:g} cm")
    return Person(None if age is None else float(age), sex, weight, height)
