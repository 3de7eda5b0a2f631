"""How long a solution keeps in the pump: every answer, and the shortest of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

from thecal.data import Fact, cached, fact_of, rows
from thecal.units import Duration

FIRST_FILL = "first-fill"
_DILUTION = ("undiluted", "diluted")
_IN_PUMP = "pump"


@final
@dataclass(frozen=True, slots=True)
class Stability:
    """One answer.

    Attributes
    ----------
    drugs
        The exact set of drugs that was tested or labelled.
    setting
        `pump` or `syringe`.
    condition
        `any`, `first-fill`, `undiluted`, `diluted`, or what was tested in words.
    pump
        The family of pumps it was stated for, or `any`.
    rank
        1 holds for every pump; a higher rank only for the pumps it was stated for.
    endpoint
        `label`, `tested`, or the part of the concentration that is left then (`90 %`).
    fact
        The duration.
    """

    drugs: frozenset[str]
    setting: str
    condition: str
    pump: str
    endpoint: str
    rank: int
    fact: Fact[Duration]


@cached
def _table() -> tuple[Stability, ...]:
    return tuple(
        Stability(
            frozenset(row["drugs"].split("+")),
            row["setting"],
            row["condition"],
            row["pump"],
            row["endpoint"],
            int(row["rank"]),
            fact_of(row).of_kind(Duration),
        )
        for row in rows("stability")
    )


@cached
def _in_pump() -> tuple[Stability, ...]:
    return tuple(one for one in _table() if one.setting == _IN_PUMP)


def stability_in_pump(
    drugs: Iterable[str],
    *,
    first_fill: bool,
    diluted: bool | None = None,
    pump: str | None = None,
) -> tuple[Stability, ...]:
    """Return every answer that applies to a mixture of exactly these drugs, shortest first.

    Parameters
    ----------
    drugs
        Ids of the drugs in the reservoir.
    first_fill
        Whether the pump is new. A first-fill limit of one drug holds in a mixture too, for it
        comes from the walls of the new pump.
    diluted
        Whether the solution was diluted; None where it is not known, and then both answers apply.
    pump
        Id of the pump model; a row of higher rank applies only where its family begins this id.
    """
    mixture = frozenset(drugs)
    found = []
    for one in _in_pump():
        if not _for_pump(one, pump):
            continue
        if one.condition == FIRST_FILL:
            applies = first_fill and one.drugs <= mixture
        elif one.condition in _DILUTION:
            wanted = diluted is None or diluted == (one.condition == "diluted")
            applies = one.drugs == mixture and wanted and not first_fill
        else:
            applies = one.drugs == mixture
        if applies:
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.fact.value))


def stability_rows(drugs: Iterable[str], setting: str) -> tuple[Stability, ...]:
    """Return every row for exactly this set of drugs in a setting, in the order of the table."""
    mixture = frozenset(drugs)
    return tuple(one for one in _table() if one.drugs == mixture and one.setting == setting)


def tested_sets() -> tuple[frozenset[str], ...]:
    """Return the sets of drugs of which any stability is on record, each once."""
    return tuple(dict.fromkeys(one.drugs for one in _table()))


def shortest_stability(
    drugs: Iterable[str],
    *,
    first_fill: bool,
    diluted: bool | None = None,
    pump: str | None = None,
) -> Stability | None:
    """Return the shortest answer of `stability_in_pump`; None means not checked, never passed."""
    found = stability_in_pump(drugs, first_fill=first_fill, diluted=diluted, pump=pump)
    return found[0] if found else None


def _for_pump(one: Stability, pump: str | None) -> bool:
    return one.rank == 1 or (pump is not None and pump.startswith(one.pump))
