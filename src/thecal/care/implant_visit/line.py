"""What is primed: by whether the catheter is new, and what a kept one or the tubing holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.care.implant_visit.steps import TABLE
from thecal.data import Fact
from thecal.pharmacy import Mixture
from thecal.program.prime_bridge import PrimeKind
from thecal.units import Volume


@final
@dataclass(frozen=True, slots=True)
class PrimeAdvice:
    """What a line asks for.

    Attributes
    ----------
    kind
        The prime; None where none can be reckoned.
    draw_off
        What has to be drawn out of the catheter before it; nothing where nothing has to.
    why
        In plain words.
    """

    kind: PrimeKind | None
    draw_off: Volume
    why: Fact[str]


def prime_advice(
    *, new_catheter: bool, volume: Volume | None, holds: tuple[Mixture, ...], solution: Mixture
) -> PrimeAdvice:
    """Return which prime a line needs after a new pump.

    Parameters
    ----------
    volume
        Of the catheter; None where it is not known.
    holds
        The solutions in a kept catheter, as they were written; empty: drug-free.
    solution
        What the new pump is filled with.
    """
    nothing = Volume.zero()
    if volume is None:
        return PrimeAdvice(None, nothing, TABLE.get("catheter", "unknown", str))
    if new_catheter or not any(holds):
        return PrimeAdvice(PrimeKind.FULL, nothing, TABLE.get("catheter", "new", str))
    if all(one == solution for one in holds):
        return PrimeAdvice(PrimeKind.BACK_TABLE, nothing, TABLE.get("catheter", "kept-same", str))
    return PrimeAdvice(PrimeKind.FULL, volume, TABLE.get("catheter", "kept-other", str))


def revision_advice(
    *, volume: Volume | None, tubing: tuple[Mixture, ...], solution: Mixture
) -> PrimeAdvice:
    """Return which prime a new catheter needs on a pump that stays filled.

    Parameters
    ----------
    volume
        Of the new catheter; None where it is not known.
    tubing
        The solutions in the pump's tubing, as they were written; empty: drug-free.
    solution
        What the pump is filled with.
    """
    nothing = Volume.zero()
    if volume is None:
        return PrimeAdvice(None, nothing, TABLE.get("catheter", "unknown", str))
    if tubing == (solution,):
        return PrimeAdvice(PrimeKind.CATHETER, nothing, TABLE.get("catheter", "revised-same", str))
    if not tubing:
        return PrimeAdvice(PrimeKind.FULL, nothing, TABLE.get("catheter", "revised-empty", str))
    return PrimeAdvice(PrimeKind.CATHETER, nothing, TABLE.get("catheter", "revised-other", str))
