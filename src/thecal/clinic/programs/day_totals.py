"""Each day's total as a second person reckons it: typed blind, from order and solution alone.

The background is typed as it stands in the order; what a day comes to with steps, and what flows
of each other drug with it, stands nowhere and is reckoned by whoever checks (K8).
"""

from __future__ import annotations

from thecal.care.programming.rules import figures_of_total
from thecal.pharmacy import drug
from thecal.program.program import WrittenProgram
from thecal.record.second_person import Blind
from thecal.units import show_number


def day_totals(written: WrittenProgram | None) -> list[Blind]:
    """Return the day's totals that a second person reckons; none where there is no dose to check.

    The primary drug of a program without steps has none: its background is its total.
    """
    if written is None or written.program.daily_dose is None:
        return []
    program, figures = written.program, figures_of_total()
    found = []
    for name, mass in sorted(written.daily_doses().items()):
        if name == program.primary and not program.steps:
            continue
        unit = drug(name).mass_unit
        value = show_number(mass.in_unit(unit), digits=figures).replace(",", "")
        label = (
            f"Each day's total of {name}, reckoned by you: the fullest 24 hours"
            f"{' with steps' if program.steps else ''}, without boluses, to {figures} figures"
        )
        found.append(Blind(f"total_{name}", label, f"{value} {unit}/d", f"{unit}/d", figures))
    return found
