"""What tablets or patches can give of a wanted daily dose: never more than wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import final

from thecal.errors import CannotComputeError
from thecal.units import MassRate

MOST_PIECES = 2_000


@final
@dataclass(frozen=True, slots=True)
class Given:
    """What is given a day: the dose, and how many of each strength, the strongest first."""

    dose: MassRate
    pieces: tuple[tuple[MassRate, int], ...]


def nearest_below(wanted: MassRate, strengths: tuple[MassRate, ...]) -> Given:
    """Return the highest dose that whole pieces can give without exceeding what is wanted.

    Parameters
    ----------
    wanted
        A day, zero allowed.
    strengths
        What one piece gives when it is taken once a day (or worn, for a patch).

    Raises
    ------
    CannotComputeError
        If the strengths are so fine that the combinations cannot be counted.
    """
    return nearest_of(wanted, sizes_of(strengths))


@final
@dataclass(frozen=True, slots=True)
class Sizes:
    """Strengths as whole numbers of what divides them all, the largest first."""

    unit: Fraction
    strengths: Mapping[int, MassRate]


def sizes_of(strengths: tuple[MassRate, ...]) -> Sizes:
    """Return strengths as whole numbers: once for a calendar whose every step asks."""
    unit = _common_unit(strengths)
    by_size = {int(one.base / unit): one for one in strengths}
    return Sizes(unit, {size: by_size[size] for size in sorted(by_size, reverse=True)})


def nearest_of(wanted: MassRate, sizes: Sizes) -> Given:
    """Return what `nearest_below` does, of strengths that are whole numbers already."""
    most = int(wanted.base / sizes.unit)
    if most > MOST_PIECES:
        raise CannotComputeError(
            "too many combinations of strengths",
            why=f"the finest common part fits {most} times into the dose",
            remedy="name only the strengths that are really given",
        )
    last = _last_piece(most, list(sizes.strengths))
    reached = max(place for place, piece in enumerate(last) if piece is not None)
    counts = dict.fromkeys(sizes.strengths, 0)
    left = reached
    while left:
        piece = last[left]
        assert piece is not None
        counts[piece] += 1
        left -= piece
    pieces = tuple((sizes.strengths[size], count) for size, count in counts.items() if count)
    return Given(MassRate(reached * sizes.unit), pieces)


def _last_piece(most: int, sizes: list[int]) -> list[int | None]:
    """Return for every amount a piece that completes it with the fewest pieces; None: none."""
    fewest: list[int | None] = [0, *([None] * most)]
    last: list[int | None] = [0, *([None] * most)]
    for amount in range(1, most + 1):
        for size in sizes:
            before = fewest[amount - size] if size <= amount else None
            now = fewest[amount]
            if before is not None and (now is None or before + 1 < now):
                fewest[amount], last[amount] = before + 1, size
    return last


def _common_unit(strengths: tuple[MassRate, ...]) -> Fraction:
    denominator = lcm(*(one.base.denominator for one in strengths))
    return Fraction(gcd(*(int(one.base * denominator) for one in strengths)), denominator)
