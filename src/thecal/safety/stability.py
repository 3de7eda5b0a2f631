"""K31: how long a solution keeps, on the shelf and in the pump."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from thecal.pharmacy import shortest_stability
from thecal.safety.finding import Amount, Finding, Severity
from thecal.safety.situation import FillOrder, Situation
from thecal.units import Duration, show_number


def check_stability(situation: Situation) -> Iterator[Finding]:
    """Ask about a solution that outlived its stability in the pump, or its beyond-use date."""
    order = situation.order
    if not isinstance(order, FillOrder):
        return
    yield from past_beyond_use(order.beyond_use, situation.moment.date())
    if situation.last_fill is None:
        return
    first = situation.fills == 1
    kept = shortest_stability(situation.solution.written, first_fill=first, pump=situation.model.id)
    if kept is None:
        yield Finding(
            check="K31",
            severity=Severity.INFO,
            message="not checked: no figure is known for how long the old solution keeps",
            source="catalogue of stability",
        )
        return
    age = Duration(situation.now - situation.last_fill)
    if age > kept.fact.value:
        yield Finding(
            check="K31",
            severity=Severity.WARN if kept.fact.recalled else Severity.SOFT,
            message=(
                f"the old solution was {show_number(age.in_unit('d'), digits=3)} days in the pump;"
                f" {show_number(kept.fact.value.in_unit('d'), digits=3)} days are stated"
            ),
            source=kept.fact.provenance(),
            value=Amount(age, "d"),
            limit=Amount(kept.fact.value, "d"),
        )


def past_beyond_use(beyond_use: date | None, on: date) -> Iterator[Finding]:
    """Ask about a solution that is past its beyond-use date on a day (K31)."""
    if beyond_use is None:
        yield Finding(
            check="K31",
            severity=Severity.INFO,
            message="not checked: the file gives no beyond-use date",
            source="workflow.md 4c K31",
        )
    elif beyond_use < on:
        yield Finding(
            check="K31",
            severity=Severity.SOFT,
            message="the solution is past its beyond-use date: do not inject it",
            source="workflow.md 4c K31; pharmacology.md 6.3",
            value=on.isoformat(),
            limit=beyond_use.isoformat(),
        )
