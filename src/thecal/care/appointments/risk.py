"""How much a patient has to lose by a refill that comes late: points by a table of this project.

workflow.md 5 names what counts (miss history, transport, distance, drug, days to empty, inpatient)
and ranks the drugs; the points are this project's own, and every line says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import final

from thecal.care.appointments.figures import TABLE, number
from thecal.care.spans import span
from thecal.pharmacy import drug
from thecal.units import Duration, show


class Transport(StrEnum):
    """How a patient gets to the clinic."""

    OWN = "own"
    ARRANGED = "arranged"
    NONE = "none"


@final
@dataclass(frozen=True, slots=True)
class Point:
    """One line of the score.

    Attributes
    ----------
    what
        What counts, in words.
    source
        Whose figure the points are.
    """

    what: str
    points: int
    source: str


def risk(
    *,
    missed: int,
    transport: Transport | None,
    kilometres: int | None,
    drugs: Iterable[str],
    empty: datetime | None,
    inpatient: bool,
    now: datetime,
) -> tuple[Point, ...]:
    """Return the lines of the score; those without points are left out.

    Parameters
    ----------
    missed
        How many appointments were missed.
    transport, kilometres
        How the patient comes, and from how far. None where nobody has asked: that counts nothing.
    drugs
        In the reservoir; the one that counts most counts.
    empty
        When the reservoir runs empty; None where it is not known.
    """
    found = [
        *_missed(missed),
        *_journey(transport, kilometres),
        *_drug(drugs),
        *_empty(empty, now),
    ]
    if inpatient:
        found.append(_point("on a ward elsewhere", "inpatient"))
    return tuple(one for one in found if one.points)


def total(points: Iterable[Point]) -> int:
    """Return the sum of a score."""
    return sum(one.points for one in points)


def _point(what: str, parameter: str, times: int = 1) -> Point:
    fact = TABLE.get("risk", parameter, Fraction)
    return Point(what, int(fact.value) * times, fact.provenance())


def _missed(missed: int) -> Iterator[Point]:
    if missed:
        words = f"{missed} missed appointment{'' if missed == 1 else 's'}"
        one = _point(words, "missed", missed)
        yield Point(one.what, min(one.points, int(number("risk", "missed-most"))), one.source)


def _journey(transport: Transport | None, kilometres: int | None) -> Iterator[Point]:
    if transport is not None:
        words = {
            Transport.OWN: "comes alone or with family",
            Transport.ARRANGED: "transport has to be ordered",
            Transport.NONE: "no way to the clinic is known",
        }
        yield _point(words[transport], f"transport-{transport}")
    far = int(number("risk", "far-from-km"))
    if kilometres is not None and kilometres > far:
        yield _point(f"lives more than {far} km away", "far")


def _drug(drugs: Iterable[str]) -> Iterator[Point]:
    found = []
    for name in sorted(drugs):
        parameter = f"drug-{drug(name).drug_class}"
        if TABLE.has("risk", parameter):
            found.append(_point(f"{name} in the pump", parameter))
    if found:
        yield max(found, key=lambda one: one.points)


def _empty(empty: datetime | None, now: datetime) -> Iterator[Point]:
    if empty is None:
        return
    limits = TABLE.every("risk", "empty-within")
    points = TABLE.every("risk", "empty-points")
    for limit, fact in zip(limits, points, strict=True):
        within = limit.of_kind(Duration).value
        if empty - now <= span(within):
            words = f"runs empty within {show(within, 'd')}" if empty > now else "has run empty"
            yield Point(words, int(fact.of_kind(Fraction).value), fact.provenance())
            return
