"""The register of a clinic counted: what happened, to how many, over what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import final

from thecal.care.complications.exposure import Exposure, Happened
from thecal.care.complications.person_time import Beside, TimedRate, beside, timed_rate
from thecal.care.complications.recorded import Recorded
from thecal.care.complications.register import (
    PATIENT,
    PATIENT_YEAR,
    PROCEDURE,
    PUMP_YEAR,
    REFILL,
    Complication,
    complications,
)
from thecal.care.complications.rules import overlap, years


@final
@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the register is asked for; empty: everything.

    Attributes
    ----------
    first, last
        Days, both counted.
    pump
        Model that was implanted when it happened.
    drug
        Drug that was in it then, or that is blamed.
    """

    first: date
    last: date
    kind: str = ""
    pump: str = ""
    drug: str = ""

    def takes(self, one: Recorded, exposure: Exposure) -> bool:
        """Return whether a complication is asked for."""
        if self.kind and one.id != self.kind:
            return False
        if not self.first <= one.began <= self.last:
            return False
        then = exposure.on(one.began)
        if self.pump and (then is None or then.pump != self.pump):
            return False
        inside = frozenset[str]() if then is None else then.drugs
        return not self.drug or self.drug in inside or self.drug == one.drug

    def fits(self, pump: str, drugs: frozenset[str]) -> bool:
        """Return whether a time with a pump and its drugs is asked for."""
        return self.pump in ("", pump) and (not self.drug or self.drug in drugs)

    def counts(self, happened: Happened) -> bool:
        """Return whether a refill or an operation is asked for."""
        within = self.first <= happened.day <= self.last
        return within and self.fits(happened.pump, happened.drugs)


@final
@dataclass(frozen=True, slots=True)
class Observed:
    """One patient: what happened, and what they were exposed to."""

    recorded: tuple[Recorded, ...]
    exposure: Exposure


@final
@dataclass(frozen=True, slots=True)
class Line:
    """One complication counted.

    Attributes
    ----------
    events, people
        How often, and to how many.
    rate
        For one year with a pump; None where nobody had one in that time.
    """

    complication: Complication
    events: int
    people: int
    open: int
    rate: TimedRate | None
    beside: tuple[Beside, ...]


@final
@dataclass(frozen=True, slots=True)
class Tally:
    """The register counted; `over` is denominator to number."""

    over: Mapping[str, Fraction]
    lines: tuple[Line, ...]


def tally(people: Sequence[Observed], wanted: Wanted) -> Tally:
    """Return the counts of a clinic, those complications first that happened most often."""
    over = _over(people, wanted)
    found: dict[str, list[tuple[int, Recorded]]] = {}
    for number, person in enumerate(people):
        for one in person.recorded:
            if wanted.takes(one, person.exposure):
                found.setdefault(one.id, []).append((number, one))
    lines = [_line(complications()[id], noted, over) for id, noted in found.items()]
    lines.sort(key=lambda line: (-line.events, line.complication.name.en))
    return Tally(over, tuple(lines))


def _line(
    one: Complication, noted: Sequence[tuple[int, Recorded]], over: Mapping[str, Fraction]
) -> Line:
    events, people = len(noted), len({number for number, _ in noted})
    return Line(
        one,
        events,
        people,
        sum(recorded.open for _, recorded in noted),
        timed_rate(events, over[PUMP_YEAR]),
        beside(one, events, people, over),
    )


def _over(people: Iterable[Observed], wanted: Wanted) -> dict[str, Fraction]:
    days, treated, refills, procedures = 0, 0, 0, 0
    for person in people:
        mine = sum(
            overlap(one.began, one.ended, wanted.first, wanted.last)
            for one in person.exposure.segments
            if wanted.fits(one.pump, one.drugs)
        )
        days += mine
        treated += mine > 0
        refills += sum(wanted.counts(one) for one in person.exposure.refills)
        procedures += sum(wanted.counts(one) for one in person.exposure.procedures)
    return {
        PUMP_YEAR: years(days),
        PATIENT_YEAR: years(days),
        PATIENT: Fraction(treated),
        REFILL: Fraction(refills),
        PROCEDURE: Fraction(procedures),
    }
