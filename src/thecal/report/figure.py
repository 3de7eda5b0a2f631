"""A figure of the report: its drawing, and the tables that say the same in figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.report.svg import Canvas

_OPEN_UP_TO, _PRINTED_UP_TO = 10, 45


@final
@dataclass(frozen=True, slots=True)
class Table:
    """A table of the page; the first cell of each row is its heading."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    foot: tuple[tuple[str, ...], ...] = ()
    numbers: bool = False

    @property
    def short(self) -> bool:
        """Whether it stands open below its figure."""
        return len(self.rows) <= _OPEN_UP_TO

    @property
    def printed(self) -> bool:
        """Whether it is printed also where a reader has not opened it."""
        return len(self.rows) <= _PRINTED_UP_TO


@final
@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with its caption and the tables that hold what it shows.

    Attributes
    ----------
    name
        Also the name of its file, without ending.
    """

    name: str
    canvas: Canvas
    caption: str
    tables: tuple[Table, ...]

    @property
    def title(self) -> str:
        """What the figure shows."""
        return self.canvas.title
