"""What the pharmacy releases and what the clinic takes in, each held against what was before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import final

from thecal.care.spans import span
from thecal.care.supply.order import Container, SolutionOrder
from thecal.pharmacy import Making, longest_beyond_use
from thecal.safety.finding import Finding, Severity
from thecal.safety.rules import hard_unless_recalled
from thecal.units import Volume, show, show_date

_SOURCE = "workflow.md 1 S1.7"
_K31 = "workflow.md 4c K31"


@final
@dataclass(frozen=True, slots=True)
class Made:
    """What the pharmacy made; `beyond_use` None: no date stands on it."""

    lot: str
    mixed: date
    beyond_use: date | None
    volume: Volume
    making: Making


def check_release(order: SolutionOrder, made: Made, today: date) -> Iterator[Finding]:
    """Refuse a release without a beyond-use date, beyond what the tables allow, or of too little.

    The table counts from the end of the mixing; a day without its hour counts as a whole.
    """
    if made.beyond_use is None:
        yield _refused("K31", "no beyond-use date: it cannot be released", _SOURCE)
    elif made.beyond_use < made.mixed or made.mixed > today:
        yield _refused("K31", "the dates cannot be: mixed, then used up to a later day", _K31)
    else:
        yield from _kept(made, made.beyond_use)
        if made.beyond_use < order.needed_by:
            yield Finding(
                check="K31",
                severity=Severity.SOFT,
                message=(
                    f"it may be injected until {show_date(made.beyond_use)}, and is needed on"
                    f" {show_date(order.needed_by)}"
                ),
                source=_K31,
            )
    if made.volume < order.volume:
        yield Finding(
            check="K24",
            severity=Severity.SOFT,
            message=(
                f"{show(made.volume, 'mL')} were made, {show(order.volume, 'mL')} are ordered"
            ),
            source=_SOURCE,
        )


def _kept(made: Made, beyond_use: date) -> Iterator[Finding]:
    row = longest_beyond_use(made.making)
    if row is None:
        yield Finding(
            check="K31",
            severity=Severity.SOFT,
            message="no time stands in the table for how this was made and is kept",
            source=_K31,
        )
        return
    latest = (datetime.combine(made.mixed, time.max) + span(row.fact.value)).date()
    if beyond_use > latest:
        yield Finding(
            check="K31",
            severity=hard_unless_recalled(row.fact),
            message=(
                f"the beyond-use date, {show_date(beyond_use)}, is later than the table allows for"
                f" how it was made and is kept: {show_date(latest)}"
            ),
            source=row.fact.provenance(),
            value=beyond_use.isoformat(),
            limit=latest.isoformat(),
        )


def check_receipt(
    order: SolutionOrder, arrived: Container, beyond_use: date | None, today: date
) -> Iterator[Finding]:
    """Refuse what is not what was released: no date or another, another lot, another volume."""
    made = order.released
    assert made is not None
    if beyond_use is None:
        yield _refused("K31", "no beyond-use date stands on it: it is not accepted", _SOURCE)
        return
    for what, said, was in (
        ("lot", arrived.lot, made.lot),
        ("beyond-use date", show_date(beyond_use), show_date(made.beyond_use)),
        ("volume", show(arrived.volume, "mL"), show(made.volume, "mL")),
    ):
        if said != was:
            yield _refused(
                "K6",
                f"{what}: {said} arrived, {was} was released: do not take it in, ask the pharmacy",
                "workflow.md 4c K6",
            )
    if beyond_use < today:
        yield _refused("K31", f"it was to be used until {show_date(beyond_use)}", _K31)


def days_left(container: Container, today: date) -> int:
    """Return for how many days it may still be injected; below zero: for none."""
    return (container.beyond_use - today) // timedelta(days=1)


def _refused(check: str, message: str, source: str) -> Finding:
    return Finding(check=check, severity=Severity.HARD, message=message, source=source)
