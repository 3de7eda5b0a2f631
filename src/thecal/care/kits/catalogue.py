"""The kits that are known, from `kits.csv`; a clinic adds its own rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import final

from thecal.care.figures import Figures
from thecal.data import Fact, cached, rows
from thecal.device import PumpModel
from thecal.pharmacy.lookup import listed
from thecal.units import Length

UNLISTED = "unlisted"
"""Named in place of a kit that stands in no row."""
_TABLE = Figures("kits", key="kit")


@final
class Port(StrEnum):
    """Where a needle goes in: the side port is the catheter access port."""

    RESERVOIR = "reservoir"
    SIDE = "side-port"


@final
@dataclass(frozen=True, slots=True)
class Kit:
    """One kit.

    Attributes
    ----------
    port
        The port that it is made for.
    made_for
        Ids of pump models; one that ends in `*` holds for all that begin so.
    needle_gauge
        In gauge; None where no row says it.
    needle_lengths
        Those it is sold with; empty where no row says them.
    filter, template
        In words; None where no row says them.
    """

    id: str
    name: str
    port: Fact[str]
    made_for: Fact[str]
    needle_gauge: Fact[Fraction] | None
    needle_lengths: tuple[Fact[Length], ...]
    filter: Fact[str] | None
    template: Fact[str] | None

    def fits(self, model: PumpModel) -> bool:
        """Whether it is made for a pump model."""
        return any(
            model.id.startswith(one[:-1]) if one.endswith("*") else model.id == one
            for one in listed(self.made_for)
        )


@cached
def kits() -> dict[str, Kit]:
    """Return every kit by its id, in the order of the table."""
    return {one: _kit(one) for one in dict.fromkeys(row["kit"] for row in rows("kits"))}


def fitting(model: PumpModel, port: Port) -> tuple[Kit, ...]:
    """Return the kits for a port of a pump model; empty where the table knows none."""
    return tuple(one for one in kits().values() if one.fits(model) and one.port.value == port)


def _kit(id: str) -> Kit:
    has_gauge, has_length = (_TABLE.has(id, f"needle-{one}") for one in ("gauge", "length"))
    lengths = _TABLE.every(id, "needle-length") if has_length else ()
    return Kit(
        id=id,
        name=_TABLE.text(id, "name"),
        port=_TABLE.get(id, "port", str),
        made_for=_TABLE.get(id, "fits", str),
        needle_gauge=_TABLE.get(id, "needle-gauge", Fraction) if has_gauge else None,
        needle_lengths=tuple(one.of_kind(Length) for one in lengths),
        filter=_told(id, "filter"),
        template=_told(id, "template"),
    )


def _told(id: str, parameter: str) -> Fact[str] | None:
    return _TABLE.get(id, parameter, str) if _TABLE.has(id, parameter) else None
