"""One side of a comparison, and its last day."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

import numpy as np
from numpy.typing import NDArray

from thecal.body.course import BodyCourse, Window
from thecal.program.clock import Instant
from thecal.report.body_columns import drawable
from thecal.report.words import clean
from thecal.therapy.events import Therapy
from thecal.therapy.review import TherapyReview
from thecal.therapy.simulation import Simulation
from thecal.units import NO_BREAK_SPACE, show_number

_HOURS = 24
_MOST_LETTERS = 40


@final
@dataclass(frozen=True, slots=True)
class Side:
    """A therapy as it was read, judged and run, and what the body did over the run."""

    file_name: str
    therapy: Therapy
    answer: TherapyReview
    result: Simulation
    body: BodyCourse
    as_recorded: bool = False

    @property
    def start(self) -> Instant:
        """The first event."""
        return self.therapy.instant(self.therapy.events[0].time)

    @property
    def drugs(self) -> tuple[str, ...]:
        """The drugs of the run, in the order of its books."""
        return tuple(self.body.balance)

    @property
    def short_name(self) -> str:
        """The file's name, shortened so that it fits into a figure."""
        name = str(clean(self.file_name)).replace("\n", " ")
        half = _MOST_LETTERS // 2
        return name if len(name) <= _MOST_LETTERS else f"{name[:half]}\u2026{name[-half:]}"

    def window(self, name: str) -> Window | None:
        """Return a window that can be drawn; for `last` the whole of a short run."""
        windows = drawable(self.body)
        found = [window for window in windows if window.name == name]
        return found[0] if found else (windows[-1] if windows and name == "last" else None)

    def last_day(self) -> tuple[Window, NDArray[np.bool_]] | None:
        """Return the finest window and which of its times lie in the last 24 hours of the run."""
        window = self.window("last")
        if window is None:
            return None
        return window, window.times >= window.times[-1] - _HOURS - 1e-6


@final
@dataclass(frozen=True, slots=True)
class Pair:
    """The two sides; A is the one that B is held against."""

    a: Side
    b: Side

    @property
    def drugs(self) -> tuple[str, ...]:
        """Every drug of either, those of A first."""
        return tuple(dict.fromkeys((*self.a.drugs, *self.b.drugs)))

    @property
    def bodies(self) -> tuple[BodyCourse, BodyCourse]:
        """What the body did on each side."""
        return self.a.body, self.b.body

    @property
    def chosen_levels(self) -> tuple[str, ...]:
        """The levels with a band on either side, from the head down."""
        chosen = {level for body in self.bodies for level in body.chosen_levels}
        every = dict.fromkeys(level for body in self.bodies for level in body.levels)
        return tuple(level for level in every if level in chosen)

    @property
    def named(self) -> tuple[tuple[str, Side], tuple[str, Side]]:
        """The sides with their letters."""
        return ("A", self.a), ("B", self.b)


def elapsed_words(hours: float) -> str:
    """Return elapsed time in days and hours, as in `3 days 6 h`."""
    days, rest = divmod(Fraction(round(hours * 3600), 3600), _HOURS)
    words = []
    if days:
        words.append(f"{show_number(days)}{NO_BREAK_SPACE}day{'' if days == 1 else 's'}")
    if rest or not words:
        words.append(f"{show_number(rest)}{NO_BREAK_SPACE}h")
    return " ".join(words)
