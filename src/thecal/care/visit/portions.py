"""The portions of a fill as people write them, as in "5, 5, 5, 3 mL" or "3 of 5 mL, 3 mL".

One figure alone is refused: nobody can tell how many from how much.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from thecal.errors import EntryError
from thecal.therapy.file_writer import write_quantity
from thecal.units import Volume, parse_typed

HOW = "5, 5, 5, 3 mL, or 3 of 5 mL, 3 mL"
"""How portions are written, for a hint and for an error."""
_PART = re.compile(r"(?:(\d{1,2}) ?(?:of|x|\N{MULTIPLICATION SIGN}) ?)?(\S+?)(?: ?(mL))?", re.ASCII)
_BETWEEN = re.compile(r"[,;+]| and ")


def read_portions(text: str) -> tuple[Volume, ...]:
    """Return each portion that a text tells, in its order.

    Parameters
    ----------
    text
        Figures in millilitre, parted by commas, each with how many of it before it where there are
        several; the unit may stand after each or after the last.

    Raises
    ------
    EntryError
        If it is none of that, a figure is outside the grammar of entry, or it is one figure alone.
    """
    written = [" ".join(one.split()) for one in _BETWEEN.split(text)]
    found = tuple(one for part in written for one in _portions_of(part))
    if len(written) == 1 and re.fullmatch(r"[\d.]+", written[0], re.ASCII):
        raise EntryError(
            f'"{written[0]}" may be how many or how much',
            remedy=f'write "{written[0]} of 5 mL" with the volume of each, or "{written[0]} mL" for'
            " a single portion",
        )
    return found


def _portions_of(part: str) -> tuple[Volume, ...]:
    match = _PART.fullmatch(part)
    if match is None:
        raise EntryError(f'"{part[:30]}" is no portion', remedy=f"write each one, as in {HOW}")
    often = 1 if match[1] is None else int(match[1])
    if not often:
        raise EntryError(f'"{part}" is no portion', remedy="leave it out")
    return (parse_typed(match[2], "mL", Volume),) * often


def write_portions(portions: Sequence[Volume]) -> str:
    """Return portions as `read_portions` reads them, as in "3 of 5 mL, 3 mL"."""
    return ", ".join(_runs(portions))


def sum_of(portions: Sequence[Volume]) -> Volume:
    """Return what portions make together."""
    return sum(portions, Volume.zero())


def _runs(portions: Sequence[Volume]) -> Iterator[str]:
    for portion, same in groupby(portions):
        often = len(tuple(same))
        volume = write_quantity(portion, "mL")
        yield f"{often} of {volume}" if often > 1 else volume
