"""Steps 13 to 15: the waste, the watch after the fill, and what the patient leaves with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, final

from thecal.care.visit.arrival import Consciousness, Gait
from thecal.care.visit.entry import ZERO
from thecal.units import Volume


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Waste:
    """Step 13: where all of the new solution went, and the old one.

    Attributes
    ----------
    received, injected, wasted, returned
        Of the new solution.
    old_wasted
        What was destroyed of the solution that was drawn.
    witness
        Who saw it; None: nobody.
    """

    received: Annotated[Volume, ZERO]
    injected: Annotated[Volume, ZERO]
    wasted: Annotated[Volume, ZERO]
    returned: Annotated[Volume, ZERO]
    old_wasted: Annotated[Volume, ZERO]
    witness: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Step 14: the watch after the fill; what is None has not happened yet.

    Attributes
    ----------
    watched_until
        The end of a longer watch that is arranged after a start or restart.
    """

    started: datetime
    ended: datetime | None = None
    consciousness: Consciousness | None = None
    gait: Gait | None = None
    released_by: str | None = None
    escort: str | None = None
    watched_until: datetime | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """Step 15: the next visit, which the papers tell, then what was handed over.

    Attributes
    ----------
    visit_at
        The time of the next visit; None: only its day was booked.
    given_at
        None: the next visit is recorded and nothing handed over yet.
    """

    next_visit: date
    visit_at: datetime | None = None
    documents: tuple[str, ...] = ()
    given_at: datetime | None = None
