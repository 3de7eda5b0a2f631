"""What syringe and balance can be read to, and the dose that is left then.

Amounts are cut to the graduation, never rounded up: what is made never exceeds the order.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.pharmacy.preparation import Part
from thecal.pharmacy.salts import any_fact
from thecal.units import Mass, MassRate, Volume


@final
@dataclass(frozen=True, slots=True)
class OnScale:
    """The amount of one drug as it can be read, and the daily dose that it makes.

    Attributes
    ----------
    amount
        Volume drawn into the mixture, or mass of powder.
    dose
        On the basis of the drug's convention, at the same volume prepared.
    loss
        The part of the ordered dose that is missing; zero where the scale shows it exactly.
    """

    amount: Volume | Mass
    dose: MassRate
    loss: Fraction


def on_scale(part: Part) -> OnScale | None:
    """Return what can be read for a part; None where there is nothing to measure."""
    if part.powder is not None:
        exact, step = part.powder.mass.base, any_fact("mass-graduation").of_kind(Mass).value.base
        amount: Volume | Mass = Mass(exact // step * step)
    elif part.draw is not None:
        exact, step = part.draw.base, any_fact("volume-graduation").of_kind(Volume).value.base
        amount = Volume(exact // step * step)
    else:
        return None
    share = amount.base / exact
    return OnScale(amount, part.dose.scaled(share), 1 - share)
