"""What a programmer may write to a pump in one transaction: a program, a fill or a prime."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import final

from thecal.errors import PumpRefusalError
from thecal.link.codec import canonical, encode
from thecal.link.errors import MessageError
from thecal.link.program_form import check_form
from thecal.pharmacy import Mixture
from thecal.program.prime_bridge import PrimeKind
from thecal.program.program import InfusionProgram, WrittenProgram
from thecal.pump.pump import Pump
from thecal.pump.state import PumpState
from thecal.units import Volume, show

NO_PROGRAM = ""
"""The hash of no program."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramOrder:
    """A program, and the concentrations with which it was reviewed."""

    program: InfusionProgram
    mixture: Mixture


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FillOrder:
    """A fill of the reservoir.

    Attributes
    ----------
    number
        Which fill of this pump it is, from 1: the same fill is never done twice.
    volume, mixture
        What goes in.
    programmed_volume
        What the pump is told to count; None: the volume.
    aspirated
        What the syringe drew; None: nobody wrote it down.
    """

    number: int
    volume: Volume
    mixture: Mixture
    programmed_volume: Volume | None
    aspirated: Volume | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PrimeOrder:
    """A prime of the line with what fill `fill` brought; `volume` None: what the kind needs."""

    fill: int
    kind: PrimeKind
    volume: Volume | None


VisitOrder = ProgramOrder | FillOrder | PrimeOrder


def order_hash(order: VisitOrder) -> str:
    """Return the hash that binds every figure of an order."""
    name = {ProgramOrder: "program", FillOrder: "fill", PrimeOrder: "prime"}[type(order)]
    return hashlib.sha256(f"thecal.{name}/1 ".encode() + canonical(encode(order))).hexdigest()


def program_hash(program: InfusionProgram, mixture: Mixture) -> str:
    """Return the hash that binds a program to the concentrations with which it was reviewed."""
    return order_hash(ProgramOrder(program=program, mixture=mixture))


def hash_of(written: WrittenProgram | None) -> str:
    """Return the hash of a program as the pump stores it."""
    return NO_PROGRAM if written is None else program_hash(written.program, written.mixture)


def check_order_form(order: VisitOrder) -> None:
    """Check that a received order has the form of one; its limits are the pump guard's.

    Raises
    ------
    MessageError
        If a figure is not above zero where it has to be, or a part is missing.
    """
    match order:
        case ProgramOrder():
            check_form(order.program)
        case FillOrder():
            counted = order.programmed_volume or order.volume
            if order.number <= 0 or min(order.volume, counted) <= Volume.zero():
                raise MessageError("a fill without a volume")
            if order.aspirated is not None and order.aspirated < Volume.zero():
                raise MessageError("nothing less than nothing was drawn")
        case PrimeOrder():
            if order.fill <= 0 or (order.volume is not None and order.volume <= Volume.zero()):
                raise MessageError("a prime without a volume")


def check_fits(order: VisitOrder, state: PumpState) -> None:
    """Check that an order was decided upon what is in the pump now.

    Raises
    ------
    PumpRefusalError
        If the pump was filled otherwise, or again, since.
    """
    match order:
        case ProgramOrder():
            if order.mixture != state.solution.written:
                raise PumpRefusalError("the pump was filled with other concentrations")
        case FillOrder():
            if order.number != state.fills + 1:
                raise PumpRefusalError(
                    f"this would be fill {state.fills + 1} of the pump, not fill {order.number}",
                    remedy="interrogate it: somebody may have written the fill already",
                )
        case PrimeOrder():
            if order.fill != state.fills:
                raise PumpRefusalError(
                    f"the pump was filled {state.fills} times, not {order.fill}",
                    remedy="interrogate it and review again",
                )


def give_order(pump: Pump, order: VisitOrder) -> None:
    """Let a pump do an order; raises what its guard raises."""
    match order:
        case ProgramOrder():
            pump.write(order.program)
        case FillOrder():
            _check_capacity(pump, order)
            pump.fill(
                order.volume,
                order.mixture,
                programmed_volume=order.programmed_volume,
                aspirated=order.aspirated,
            )
        case PrimeOrder():
            pump.prime(order.kind, order.volume)


def _check_capacity(pump: Pump, order: FillOrder) -> None:
    """Refuse what the reservoir cannot hold: here the pump hears of a fill before it is done."""
    capacity = pump.setup.capacity
    most = max(order.volume, order.programmed_volume or order.volume)
    if capacity is not None and most > capacity:
        raise PumpRefusalError(
            f"{show(most, 'mL')} is more than the reservoir holds ({show(capacity, 'mL')})"
        )
