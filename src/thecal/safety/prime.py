"""H01: a prime fills the line; drug past the tip is a dose that nobody ordered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from thecal.pharmacy import drug
from thecal.safety.doses import comparator, shown
from thecal.safety.finding import Amount, Finding, Severity
from thecal.safety.rules import factor, source, threshold
from thecal.safety.situation import LineChange, PrimeOrder, Situation
from thecal.units import DAY, Duration, Mass, show, show_number


def check_prime(situation: Situation) -> Iterator[Finding]:
    """Refuse a prime that is larger than the drug-free part of the line, or repeated."""
    order = situation.order
    if isinstance(order, LineChange):
        yield from _check_injection(situation, order)
        return
    if not isinstance(order, PrimeOrder):
        return
    if situation.fills == 0:
        yield Finding(
            check="H01",
            severity=Severity.HARD,
            message="the pump has not been filled: there is nothing to prime with",
            source="standards.md D11",
        )
        return
    if order.catheter_joined:
        yield Finding(
            check="H01",
            severity=Severity.HARD,
            message=(
                "a back-table prime after therapy has begun: the catheter is joined, so what the"
                " tubing holds would go into the patient; disconnect it, or prime what is free of"
                " drug"
            ),
            source="devices.md 3.3",
        )
    masses = {drug_id: mass for drug_id, mass in order.past_tip.items() if mass}
    if not masses or order.volume is None:
        return
    listed = " and ".join(
        f"{show(mass, drug(drug_id).mass_unit)} of {drug_id}" for drug_id, mass in masses.items()
    )
    minutes = (
        ""
        if order.duration is None
        else (f" in {show_number(order.duration.in_unit('min'), digits=3)} min")
    )
    yield Finding(
        check="H01",
        severity=Severity.WARN if _is_trifle(situation, masses) else Severity.HARD,
        message=(
            f"a prime of {show(order.volume, 'mL')} pushes {listed} past the tip{minutes}:"
            f" only {show(order.drug_free_at_tip, 'mL')} of the line are free of drug; prime that"
            " volume, and enter what is meant as a dose as a bolus"
        ),
        source="devices.md 3.3, 5 (priming recalls)",
        value=Amount(order.volume, "mL"),
        limit=Amount(order.drug_free_at_tip, "mL"),
    )


def _is_trifle(situation: Situation, masses: Mapping[str, Mass]) -> bool:
    """Whether a prime passes no more than the therapy in force gives in an hour anyway.

    An aspirated catheter fills from the tubing while the pump runs on, so that a prime of exactly
    the catheter's volume a few minutes later passes a trace.
    """
    given = situation.therapy_before or {}
    part = threshold("H01", "tolerated", Duration).value.ratio(DAY)
    return all(
        drug_id in given and mass <= given[drug_id].scaled(part) for drug_id, mass in masses.items()
    )


def _check_injection(situation: Situation, order: LineChange) -> Iterator[Finding]:
    """Ask about drug that a push drives out at the tip; refuse it where it is days of therapy."""
    old = comparator(situation)
    most = factor("K5", "rise-refused")
    for drug_id, mass in sorted(order.past_tip.items()):
        if not mass:
            continue
        unit = drug(drug_id).mass_unit
        before = old.get(drug_id)
        many = before is not None and mass.ratio(before) + 1 >= most
        yield Finding(
            check="K14",
            severity=Severity.HARD if many else Severity.SOFT,
            message=(
                f"the injection pushes {show(mass, unit)} of {drug_id} out at the tip at once"
                + (f", beside {shown(drug_id, before)}" if before is not None else "")
                + ": aspirate the catheter first"
            ),
            source="workflow.md 4c K14; " + source("K5", "rise-refused"),
            value=Amount(mass, unit),
            limit=None if before is None else Amount(before.scaled(most - 1), unit),
        )
