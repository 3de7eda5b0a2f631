"""The tables of a titration: what every scheme allows next, and the calendar of the chosen one."""

from __future__ import annotations

from thecal.care.advice import Listing
from thecal.care.derivation import Value
from thecal.care.dose_words import dose_amount
from thecal.care.titration.calendar import Calendar
from thecal.care.titration.case import TitrationCase
from thecal.care.titration.deliverable import line_of
from thecal.care.titration.next_dose import NextDose
from thecal.safety.finding import Amount


def schemes_listing(case: TitrationCase, answers: tuple[NextDose, ...]) -> Listing:
    """Return what every scheme on record allows next."""
    rows = tuple(
        (
            one.scheme.edition,
            dose_amount(case.drug, one.computed),
            dose_amount(case.drug, one.highest),
            one.earliest.isoformat(timespec="minutes"),
        )
        for one in answers
    )
    columns = ("scheme", "step computes", "allowed up to", "from")
    return Listing("Every scheme on record", columns, rows)


def calendar_listing(case: TitrationCase, chosen: NextDose, planned: Calendar) -> Listing:
    """Return the calendar as a table, with the flow where pump and concentration are known."""
    line = line_of(case.pump, case.concentration)
    rows: list[tuple[Value, ...]] = []
    for row in planned.rows:
        cells: list[Value] = [
            row.time.isoformat(timespec="minutes"),
            dose_amount(case.drug, row.dose),
            dose_amount(case.drug, row.computed),
        ]
        if line is not None:
            delivery = line.deliver(row.dose)
            cells += [Amount(delivery.flow, "mL/d"), delivery.problem or "deliverable"]
        rows.append(tuple(cells))
    columns: tuple[str, ...] = ("not before", "dose a day", "step computes")
    if line is not None:
        columns = (*columns, "flow", "pump")
    title = f"Fastest calendar by {chosen.scheme.edition}, ended by {planned.ended_by}"
    return Listing(title, columns, tuple(rows))
