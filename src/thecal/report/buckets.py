"""Calendar days on the pump clock, or longer spans of whole days, to add up in."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.pharmacy import Mixture
from thecal.program.clock import SECONDS_PER_DAY, Instant, start_of_week
from thecal.program.delivery import Delivery, Purpose
from thecal.units import Mass, Volume

MOST_BARS = 200
_WIDTHS = (1, 7, 28, 84, 364)


@final
@dataclass(frozen=True, slots=True)
class Buckets:
    """Equal spans of whole days from `origin` (midnight, or Monday 00:00 for whole weeks)."""

    origin: Instant
    days: int
    count: int

    @classmethod
    def over(cls, start: Instant, end: Instant) -> Buckets:
        """Return the narrowest spans that cover `[start, end]` with at most `MOST_BARS` bars."""
        midnight = start - start % SECONDS_PER_DAY
        days = 1
        widths = (*_WIDTHS, *(364 * years for years in range(2, 200)))
        for days in widths:
            origin = midnight if days == 1 else start_of_week(start)
            count = int((end - origin) // (days * SECONDS_PER_DAY)) + 1
            if count <= MOST_BARS:
                break
        return cls(origin, days, count)

    @property
    def seconds(self) -> int:
        """The length of each span."""
        return self.days * SECONDS_PER_DAY

    @property
    def word(self) -> str:
        """What one span is called."""
        if self.days == 1:
            return "day"
        weeks = self.days // 7
        return "week" if weeks == 1 else f"{weeks} weeks"

    def index(self, instant: Instant) -> int:
        """Return the span that an instant lies in."""
        return int((instant - self.origin) // self.seconds)

    def start(self, index: int) -> Instant:
        """Return where a span begins; the one after it begins where it ends."""
        return self.origin + index * self.seconds


Volumes = dict[tuple[Purpose, Mixture], Fraction]


@final
class DoseBook:
    """Adds deliveries up per span, purpose and mixture: its size does not grow with deliveries.

    Volumes are exact microlitres; a delivery that crosses a boundary is parted evenly, as it ran.
    """

    def __init__(self, buckets: Buckets) -> None:
        self.buckets = buckets
        self.volumes: dict[int, Volumes] = {}
        self.first_drug: Instant | None = None

    def __call__(self, delivery: Delivery) -> None:
        """Take one delivery."""
        if self.first_drug is None and delivery.mixture:
            self.first_drug = delivery.start
        buckets, key = self.buckets, (delivery.purpose, delivery.mixture)
        index = buckets.index(delivery.start)
        length = delivery.end - delivery.start
        left = delivery.volume.base
        moment = delivery.start
        while length and buckets.start(index + 1) < delivery.end:
            edge = buckets.start(index + 1)
            part = delivery.volume.base * (edge - moment) / length
            self._book(index, key, part)
            left -= part
            moment, index = edge, index + 1
        self._book(index, key, left)

    def _book(self, index: int, key: tuple[Purpose, Mixture], volume: Fraction) -> None:
        book = self.volumes.setdefault(index, {})
        book[key] = book.get(key, Fraction(0)) + volume

    def doses(self, drug: str) -> dict[int, dict[Purpose, Mass]]:
        """Return the mass of a drug per span and purpose; spans without any are left out."""
        found = {index: masses_by_purpose(book, drug) for index, book in self.volumes.items()}
        return {index: found[index] for index in sorted(found) if found[index]}


def masses_by_purpose(volumes: Volumes, drug: str) -> dict[Purpose, Mass]:
    """Return the mass of a drug in some volumes; purposes without any are left out."""
    totals: dict[Purpose, Fraction] = {}
    for (purpose, mixture), volume in volumes.items():
        mass = mixture.mass_of(drug, Volume(volume)).base
        if mass:
            totals[purpose] = totals.get(purpose, Fraction(0)) + mass
    return {purpose: Mass(totals[purpose]) for purpose in Purpose if purpose in totals}
