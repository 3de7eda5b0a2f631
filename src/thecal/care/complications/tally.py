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
    before
        How many of the events were before the pump was observed here, as those that a patient
        brings along from another clinic: nobody counted the time of them, and no rate rests on one.
    rate
        For one year with a pump; None where nobody had one in that time.
    """

    complication: Complication
    events: int
    people: int
    open: int
    before: int
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
    found: dict[str, list[_Noted]] = {}
    for number, person in enumerate(people):
        for one in person.recorded:
            if wanted.takes(one, person.exposure):
                seen = person.exposure.on(one.began) is not None
                found.setdefault(one.id, []).append(_Noted(number, one, seen))
    lines = [_line(complications()[id], noted, over) for id, noted in found.items()]
    lines.sort(key=lambda line: (-line.events, line.complication.name.en))
    return Tally(over, tuple(lines))


@final
@dataclass(frozen=True, slots=True)
class _Noted:
    """One complication of one person; `seen`: it happened while a pump was observed, or after."""

    person: int
    recorded: Recorded
    seen: bool


def _line(one: Complication, noted: Sequence[_Noted], over: Mapping[str, Fraction]) -> Line:
    seen = [each for each in noted if each.seen]
    return Line(
        complication=one,
        events=len(noted),
        people=len({each.person for each in noted}),
        open=sum(each.recorded.open for each in noted),
        before=len(noted) - len(seen),
        rate=timed_rate(len(seen), over[PUMP_YEAR]),
        beside=beside(one, len(seen), len({each.person for each in seen}), over),
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
