"""How a dose moved: over the whole history and over a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import final

from thecal.care.advice import Listing
from thecal.care.dose_words import dose_amount
from thecal.care.figures import Figures
from thecal.care.titration.history import DoseHistory, elapsed
from thecal.units import Duration, MassRate, show_percent

TABLE = Figures("escalation")
ROLLING, PROJECTED = "rolling-year", "projected"


@final
@dataclass(frozen=True, slots=True)
class Trend:
    """The change of a dose.

    Attributes
    ----------
    observed
        From the start to now.
    whole
        Change over all of it, as a part of the first dose.
    yearly
        Change over a year, as a part of the dose then; None where the history is too short.
    yearly_rise
        The same as a daily dose; negative for a fall.
    basis
        `rolling-year` (against the dose a year ago) or `projected` (a shorter history, evenly
        carried on to a year); empty where it is too short.
    """

    observed: Duration
    whole: Fraction
    yearly: Fraction | None
    yearly_rise: MassRate | None
    basis: str = ""


def trend(history: DoseHistory, now: datetime) -> Trend:
    """Return how the dose moved until `now`."""
    observed = elapsed(history.started, now)
    first, last = history.changes[0].dose, history.current
    whole = last.ratio(first) - 1
    year = TABLE.get("any", "year", Duration).value
    a_year_ago = history.at(now - timedelta(seconds=int(year.in_unit("s"))))
    if a_year_ago is not None:
        rise = last - a_year_ago
        return Trend(observed, whole, last.ratio(a_year_ago) - 1, rise, ROLLING)
    if observed < TABLE.get("opioid", "observed-least", Duration).value:
        return Trend(observed, whole, None, None)
    factor = year.ratio(observed)
    return Trend(observed, whole, whole * factor, (last - first).scaled(factor), PROJECTED)


def history_listing(drug_id: str, history: DoseHistory) -> Listing:
    """Return every dose with its change against the one before and against the start."""
    first = history.changes[0]
    rows = []
    before = first
    for one in history.changes:
        rows.append(
            (
                one.time.isoformat(timespec="minutes"),
                dose_amount(drug_id, one.dose),
                show_percent(one.dose.ratio(before.dose) - 1),
                show_percent(one.dose.ratio(first.dose) - 1),
            )
        )
        before = one
    return Listing(
        "Dose over time", ("from", "dose a day", "against before", "against the start"), tuple(rows)
    )
