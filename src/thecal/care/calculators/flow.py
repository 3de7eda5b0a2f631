"""What there is to say of a flow: typed per hour, or outside the window that is preferred."""

from __future__ import annotations

from thecal.care.derivation import Typed, info, read_in, warn
from thecal.pharmacy import limits
from thecal.safety.finding import Amount, Finding
from thecal.units import Volume, VolumeRate, show, show_number


def volume_typed_per_hour(rate: Typed[VolumeRate], filled: Volume) -> tuple[Finding, ...]:
    """Return a warning where the daily volume was typed per hour, with how long the fill lasts.

    A book prints 0.5 mL/h where 0.5 mL/d is meant (facts/pharmacology.md C7): 40 hours, not days.
    """
    if not rate.per_hour:
        return ()
    digits = show_number(rate.quantity.in_unit(rate.unit))
    return (
        warn(
            "K5",
            f"--daily-volume was typed per hour: {rate.shown()} empties {show(filled, 'mL')} in"
            f" {show(filled / rate.quantity, 'h')}; type {digits} {rate.mass_unit}/d if that is"
            " meant",
            read_in("pharmacology.md C7"),
            value=Amount(rate.quantity, "mL/d"),
        ),
    )


def flow_window(rate: VolumeRate) -> tuple[Finding, ...]:
    """Return a note where the flow is below or above the preferred window."""
    found = []
    for end in ("low", "high"):
        for limit in limits("any", f"preferred-flow-{end}", populations=()):
            bound = limit.fact.of_kind(VolumeRate).value
            outside = rate < bound if end == "low" else rate > bound
            if outside:
                found.append(
                    info(
                        "K27",
                        f"the flow is outside the preferred window, whose {end} end is"
                        f" {show(bound, 'mL/d')}",
                        limit.whose(),
                        value=Amount(rate, "mL/d"),
                        limit=Amount(bound, "mL/d"),
                    )
                )
    return tuple(found)
