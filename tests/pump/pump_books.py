"""An independent bookkeeper: it hears the orders and reads the delivery rows, nothing else.

From the rows it pumps its own fluid, microlitre by microlitre, through its own tubes, so that every
row can be checked against what must leave the tip, and every total against the pump's own.
"""

from __future__ import annotations

from collections import deque
from fractions import Fraction

from thecal.pharmacy import Mixture
from thecal.program.delivery import Delivery
from thecal.program.setup import PumpSetup

Levels = dict[str, Fraction]
"""Micrograms per microlitre of each drug, zero left out."""


def levels_of(mixture: Mixture) -> Levels:
    return {drug: mixture[drug].base for drug in mixture}


def add(book: Levels, levels: Levels, volume: Fraction) -> None:
    for drug, level in levels.items():
        book[drug] = book.get(drug, Fraction(0)) + level * volume


def without_zeros(book: Levels) -> Levels:
    return {drug: mass for drug, mass in book.items() if mass}


class Tube:
    """A tube as a queue of `(volume, levels)`, the outlet first."""

    def __init__(self, volume: Fraction, levels: Levels | None = None) -> None:
        self.queue: deque[tuple[Fraction, Levels]] = deque()
        if volume:
            self.queue.append((volume, levels or {}))

    @property
    def volume(self) -> Fraction:
        return sum((volume for volume, _ in self.queue), Fraction(0))

    def push(self, entering: list[tuple[Fraction, Levels]]) -> list[tuple[Fraction, Levels]]:
        self.queue.extend((volume, levels) for volume, levels in entering if volume)
        return self._take(sum((volume for volume, _ in entering), Fraction(0)), front=True)

    def draw_back(self, volume: Fraction) -> list[tuple[Fraction, Levels]]:
        self.queue.appendleft((volume, {}))
        return self._take(volume, front=False)

    def _take(self, volume: Fraction, *, front: bool) -> list[tuple[Fraction, Levels]]:
        out: list[tuple[Fraction, Levels]] = []
        while volume > 0:
            size, levels = self.queue.popleft() if front else self.queue.pop()
            taken = min(size, volume)
            out.append((taken, levels))
            volume -= taken
            if size > taken:
                rest = (size - taken, levels)
                if front:
                    self.queue.appendleft(rest)
                else:
                    self.queue.append(rest)
        return out

    def masses(self) -> Levels:
        book: Levels = {}
        for volume, levels in self.queue:
            add(book, levels, volume)
        return book


class Books:
    """What must be where, drug by drug."""

    def __init__(self, setup: PumpSetup) -> None:
        self.setup = setup
        self.tubing = Tube(setup.tubing_volume.base)
        self.catheter = Tube(setup.catheter_volume.base)
        self.filled: Levels = {}
        self.withdrawn: Levels = {}
        self.unaccounted: Levels = {}
        self.delivered: Levels = {}
        self.filled_volume = Fraction(0)
        self.delivered_volume = Fraction(0)
        self.contradicted = False
        self._new_pump()

    def _new_pump(self) -> None:
        self.fills = 0
        self.volume = Fraction(0)
        self.levels: Levels = {}
        self.computed = Fraction(0)
        self.dry_at = Fraction(0)

    def fill(
        self,
        volume: Fraction,
        mixture: Mixture,
        aspirated: Fraction | None,
        typed: Fraction | None,
    ) -> None:
        residual = self.setup.residual.base
        left = min(self.volume, residual)
        if self.fills:
            there = self.volume - left
            drawn = there if aspirated is None else aspirated
            add(self.withdrawn, self.levels, drawn)
            add(self.unaccounted, self.levels, there - drawn)
            self.contradicted |= there != drawn
        add(self.filled, levels_of(mixture), volume)
        self.filled_volume += volume
        held: Levels = {}
        add(held, self.levels, left)
        add(held, levels_of(mixture), volume)
        self.levels = {drug: mass / (left + volume) for drug, mass in held.items() if mass}
        self.volume = left + volume
        self.computed = volume if typed is None else typed
        self.dry_at = residual if self.fills == 0 else Fraction(0)
        self.fills += 1

    def empty(self, aspirated: Fraction | None) -> None:
        if not self.fills:
            return
        left = min(self.volume, self.setup.residual.base)
        there = self.volume - left
        drawn = there if aspirated is None else aspirated
        add(self.withdrawn, self.levels, drawn)
        add(self.unaccounted, self.levels, there - drawn)
        self.contradicted |= there != drawn
        self.volume = left
        self.computed = self.dry_at = Fraction(0)

    def read(self, row: Delivery) -> None:
        """Pump what a row says and check that just this leaves the tip."""
        volume = row.volume.base
        assert volume > 0
        assert row.end > row.start
        out = self.catheter.push(self.tubing.push([(volume, self.levels)]))
        expected: Levels = {}
        for size, levels in out:
            add(expected, levels, size)
        given: Levels = {}
        add(given, levels_of(row.mixture), volume)
        assert without_zeros(given) == without_zeros(expected)
        self._leave(given, volume)
        self.volume -= volume
        self.computed -= volume

    def spill(self, volume: Fraction) -> None:
        for size, levels in self.tubing.push([(volume, self.levels)]):
            add(self.withdrawn, levels, size)
        self.volume -= volume
        self.computed -= volume

    def aspirate_line(self, volume: Fraction) -> None:
        for size, levels in self.catheter.draw_back(volume):
            add(self.withdrawn, levels, size)

    def inject(self, volume: Fraction, mixture: Mixture) -> Levels:
        add(self.filled, levels_of(mixture), volume)
        self.filled_volume += volume
        out: Levels = {}
        for size, levels in self.catheter.push([(volume, levels_of(mixture))]):
            add(out, levels, size)
        self._leave(out, volume)
        return out

    def _leave(self, masses: Levels, volume: Fraction) -> None:
        add(self.delivered, masses, Fraction(1))
        self.delivered_volume += volume

    def _empty_tube(self, tube: Tube) -> None:
        add(self.withdrawn, tube.masses(), Fraction(1))

    def _empty_reservoir(self) -> None:
        add(self.withdrawn, self.levels, self.volume)
        self._new_pump()

    def replace_pump(self, setup: PumpSetup) -> None:
        self._empty_reservoir()
        self._empty_tube(self.tubing)
        self.tubing = Tube(setup.tubing_volume.base)
        self.setup = setup

    def replace_catheter(self, setup: PumpSetup) -> None:
        self._empty_tube(self.catheter)
        self.catheter = Tube(setup.catheter_volume.base)
        self.setup = setup

    def set_line(self, mixture: Mixture) -> None:
        for tube in (self.tubing, self.catheter):
            self._empty_tube(tube)
            add(self.filled, levels_of(mixture), tube.volume)
            self.filled_volume += tube.volume
        self.tubing = Tube(self.tubing.volume, levels_of(mixture))
        self.catheter = Tube(self.catheter.volume, levels_of(mixture))

    def explant(self) -> None:
        self._empty_reservoir()
        self._empty_tube(self.tubing)
        self._empty_tube(self.catheter)
        self.tubing = Tube(self.tubing.volume)
        self.catheter = Tube(self.catheter.volume)

    def line(self) -> Levels:
        book = self.tubing.masses()
        add(book, self.catheter.masses(), Fraction(1))
        return book
