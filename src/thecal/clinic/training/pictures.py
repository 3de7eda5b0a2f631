"""What left the tip in a run as a picture: as it was, as the record has it, and as it was meant."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.document import Band, Course, Line, Text
from thecal.care.training.case import Case, DoseBand
from thecal.care.training.rules import RULES
from thecal.care.training.true_course import TrueCourse
from thecal.pharmacy import drug
from thecal.report.documents.drawn import drawn
from thecal.report.words import duration
from thecal.units import Duration, Mass, show

_DAY = Fraction(86400)
_POINTS = 160
WHICH = (
    "Solid: what really left the tip. Dashed, within the solid line where both are one: what the"
    " record says. Shaded: what was meant."
)


@final
@dataclass(frozen=True, slots=True)
class Picture:
    """The sum of 24 hours of one drug over a run.

    Attributes
    ----------
    same
        Whether the record says what was true.
    meant
        The bands in words.
    rows
        The table that says the same: until when, what was true, what the record says.
    """

    drug: str
    course: Course
    same: bool
    meant: tuple[str, ...]
    rows: tuple[tuple[str, str, str], ...]

    @property
    def svg(self) -> str:
        """The drawing for a page."""
        return drawn(self.course, "en")


def days_before() -> Duration:
    """Return how long before the run its pictures begin."""
    return RULES.get("debrief", "before", Duration).value


def picture(
    name: str,
    case: Case,
    true: TrueCourse,
    told: TrueCourse,
    begun: Fraction,
    until: Fraction,
    end: str,
    rows: tuple[tuple[str, str, str], ...],
) -> Picture:
    """Return the picture of a drug.

    Parameters
    ----------
    name
        Of the drug.
    case
        Says what was meant.
    true, told
        What really left the tip, and what the record says.
    begun, until
        The run in seconds on the clock of the courses.
    end
        When that is, in words.
    rows
        The table beside it.
    """
    before = days_before()
    first = begun - before.in_unit("s")
    span = until - first
    places = [first + span * step / _POINTS for step in range(_POINTS + 1)]
    was = [true.within(name, at, Duration(_DAY)) for at in places]
    said = [told.within(name, at, Duration(_DAY)) for at in places]
    bands = [one for one in case.target.bands if one.drug == name]
    most = max([*was, *said, *(one.most for one in bands)], default=Mass.zero())
    whole = most.base or Fraction(1)

    def line(found: list[Mass], *, is_dashed: bool) -> Line:
        pairs = zip(places, found, strict=True)
        return Line(tuple(((at - first) / span, one.base / whole) for at, one in pairs), is_dashed)

    def band(one: DoseBand) -> Band:
        end = until if one.until is None else min(until, begun + one.until.base)
        begin = min(begun + one.since.base, end)
        return Band(
            (begin - first) / span,
            (end - first) / span,
            one.least.base / whole,
            one.most.base / whole,
        )

    unit = drug(name).mass_unit
    course = Course(
        lines=(line(was, is_dashed=False), line(said, is_dashed=True)),
        bands=tuple(band(one) for one in bands),
        mark=(begun - first) / span,
        top=Text.same(show(most, unit)),
        bottom=Text.same("0"),
        start=Text.same(f"{duration(before)} before"),
        at_mark=Text.same("begin of the case"),
        end=Text.same(end),
        alt=Text.same(f"{name} in any 24 hours: the table below says the same"),
    )
    meant = tuple(_meant(one, unit) for one in bands)
    return Picture(name, course, was == said, meant, rows)


def _meant(band: DoseBand, unit: str) -> str:
    since = f"{duration(band.since)} after the begin" if band.since.base else "the begin"
    until = "" if band.until is None else f" to {duration(band.until)} after it"
    return (
        f"Meant: {show(band.least, unit)} to {show(band.most, unit)} in any 24 hours,"
        f" from {since} of the case{until}."
    )
