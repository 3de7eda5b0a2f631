"""K10: a kit fits the pump and the port that is aimed at (workflow.md 4c; 4b E2).

Kits look alike, and a refill kit in the catheter access port pushes a reservoir's content to the
spine. What a row of the table only remembers asks; what was read refuses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.kits.catalogue import Kit, Port, fitting, kits
from thecal.data import Fact
from thecal.device import PumpModel
from thecal.safety.finding import Finding, Severity
from thecal.units import Length, show, show_number

_RULE = "workflow.md 4c K10"
_WORDS = {Port.RESERVOIR: "the reservoir port", Port.SIDE: "the catheter access port"}


@final
@dataclass(frozen=True, slots=True)
class KitInHand:
    """The kit as somebody holds it.

    Attributes
    ----------
    kit
        Its id; `UNLISTED` or any other that no row has: it is not known; None: nobody said.
    needle_gauge, needle_length
        Of the needle itself, read from its package; the length None where nobody said.
    """

    kit: str | None
    needle_gauge: int
    needle_length: Length | None


def check_kit(in_hand: KitInHand, aimed: Port, model: PumpModel) -> Iterator[Finding]:
    """Refuse a kit that is not made for the pump, the port that is aimed at, or has another needle.

    Parameters
    ----------
    aimed
        The port that the needle is meant for, wherever it went.
    """
    if in_hand.kit is None:
        yield Finding(
            check="K10",
            severity=Severity.INFO,
            message="not checked: nobody said which kit was used",
            source=_RULE,
        )
        return
    kit = kits().get(in_hand.kit)
    if kit is None:
        yield Finding(
            check="K10",
            severity=Severity.SOFT,
            message=(
                f"this kit is in no catalogue: two people compare its label with {model.name}"
                f" and with {_WORDS[aimed]}"
            ),
            source=_RULE,
        )
        return
    if kit.port.value != aimed:
        yield Finding(
            check="K10",
            severity=_severity(kit.port),
            message=(
                f"the {kit.name} is made for {_WORDS[Port(kit.port.value)]}, and"
                f" {_WORDS[aimed]} is aimed at: put it away{_instead(aimed, model)}"
            ),
            source=kit.port.provenance(),
        )
    if not kit.fits(model):
        yield Finding(
            check="K10",
            severity=_severity(kit.made_for),
            message=(
                f"the {kit.name} is not made for {model.name}: put it away{_instead(aimed, model)}"
            ),
            source=kit.made_for.provenance(),
        )
    yield from _needle(kit, in_hand)


def _needle(kit: Kit, in_hand: KitInHand) -> Iterator[Finding]:
    gauge = kit.needle_gauge
    if gauge is None:
        yield Finding(
            check="K10",
            severity=Severity.INFO,
            message=(
                f"not checked: no row says which needle belongs to the {kit.name}; read its label"
            ),
            source=_RULE,
        )
    elif in_hand.needle_gauge != gauge.value:
        yield Finding(
            check="K10",
            severity=_severity(gauge),
            message=(
                f"a needle of {in_hand.needle_gauge} gauge does not belong to the {kit.name}, which"
                f" has {show_number(gauge.value)}: use the needle of the kit"
            ),
            source=gauge.provenance(),
        )
    lengths, length = kit.needle_lengths, in_hand.needle_length
    if lengths and length is not None and all(length != one.value for one in lengths):
        sold = " or ".join(show(one.value, "cm") for one in lengths)
        yield Finding(
            check="K10",
            severity=Severity.WARN,
            message=(
                f"a needle of {show(length, 'cm')} does not belong to the {kit.name} ({sold}): is"
                " it long enough to reach the stop of the port?"
            ),
            source=lengths[0].provenance(),
        )


def _instead(aimed: Port, model: PumpModel) -> str:
    right = [one.name for one in fitting(model, aimed)]
    return f" and open the {' or the '.join(right)}" if right else ""


def _severity(fact: Fact[str] | Fact[Fraction]) -> Severity:
    return Severity.SOFT if fact.recalled else Severity.HARD
