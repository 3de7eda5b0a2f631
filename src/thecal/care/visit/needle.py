"""Steps 7 to 10: the needle, what it drew, what that means, and the fill through it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, final

from thecal.care.kits import Port
from thecal.care.visit.entry import ZERO
from thecal.units import Length, Volume


@final
class Imaging(StrEnum):
    """What showed where the needle is; the words are those of `confirmed_by` in a fill."""

    NONE = "none"
    ULTRASOUND = "ultrasound"
    FLUOROSCOPY = "fluoroscopy"


@final
class Colour(StrEnum):
    """Colour of the aspirate."""

    COLOURLESS = "colourless"
    YELLOW = "yellow"
    RED = "red"
    OTHER = "other"


@final
class Appearance(StrEnum):
    """What the aspirate is like."""

    CLEAR = "clear"
    CLOUDY = "cloudy"
    BLOOD = "blood"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Step 7: kit, needle and how sure its place is.

    Attributes
    ----------
    needle_gauge
        In gauge; the length in centimetres.
    attempts
        Punctures of the skin.
    second_needle
        Whether a second needle in the reservoir confirmed the first.
    kit
        Id of `kits.csv`, or `kits.UNLISTED`; None where it was recorded before anybody asked.
    """

    kit_lot: str
    needle_gauge: int
    needle_length: Length
    template_fits: bool
    port: Port
    imaging: Imaging
    attempts: int
    aseptic: bool
    consent: bool
    second_needle: bool = False
    kit: str | None = None

    @property
    def confirmed_by(self) -> tuple[str, ...]:
        """What confirmed the needle's place, in the words of a fill; empty where nothing."""
        found = [] if self.imaging is Imaging.NONE else [str(self.imaging)]
        if self.second_needle:
            found.append("two-needle")
        if not found and self.template_fits:
            found.append("template")
        return tuple(found)

    @property
    def is_shown(self) -> bool:
        """Whether imaging or a second needle shows the place of the needle."""
        return self.imaging is not Imaging.NONE or self.second_needle


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Aspirate:
    """Step 8: what the syringe drew until nothing came."""

    volume: Annotated[Volume, ZERO]
    colour: Colour
    appearance: Appearance
    air: Annotated[Volume, ZERO] | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """Step 9: what a difference is taken for and what is done, from `visit_discrepancies.csv`."""

    category: str
    action: str
    decided_by: str
    note: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """Step 10: the fill.

    Attributes
    ----------
    portions
        How many.
    portion
        What went in before each aspiration back, where that was told for all of them alike; it was
        asked so before `given` was.
    given
        Each portion in its order; empty where they were only counted.
    imaged
        Whether imaging afterwards showed that the solution is in the reservoir; None: not done.
    not_injected
        What of the syringes was left and did not go in; None where all of it went in.
    """

    filtered: bool
    portions: int
    re_aspirated: bool
    resistance: bool
    swelling: bool
    portion: Volume | None = None
    imaged: bool | None = None
    not_injected: Annotated[Volume, ZERO] | None = None
    given: tuple[Volume, ...] = ()
