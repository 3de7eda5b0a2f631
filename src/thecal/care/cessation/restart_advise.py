"""The topic `restart` of `thecal advise`: at what dose to go on after a gap."""

from __future__ import annotations

from thecal.care.advice import Advice
from thecal.care.cessation.restart import (
    NEW_START,
    RESTORE,
    RESUME,
    UNKNOWN_GAP,
    RestartCase,
    restart,
    restart_findings,
    restart_reasons,
)
from thecal.care.derivation import Value
from thecal.care.dose_words import dose_amount
from thecal.care.titration.monitoring import monitoring_listing
from thecal.care.titration.reader import take_drug, take_rate
from thecal.safety.finding import Amount
from thecal.therapy.table import Table
from thecal.units import Duration, MassRate

TOPIC = "restart"
_SUMMARIES = {
    RESUME: "the gap is short: the old dose may run on, watched",
    RESTORE: "at most what is named below, watched as after a start",
    NEW_START: "the gap makes this a new start: not the old dose",
    UNKNOWN_GAP: "the gap is not known and counts as a new start",
}


def advise(case: Table) -> Advice:
    """Return what the table `[restart]` comes to.

    Raises
    ------
    BadFileError
        If the table cannot be read.
    """
    return advice_on(read_restart(case))


def read_restart(case: Table) -> RestartCase:
    """Return the case; raises `BadFileError` naming the key that cannot be read."""
    found = RestartCase(
        drug=take_drug(case),
        old=case.take_quantity("old_dose", MassRate),
        gap=case.optional("gap", lambda key: case.take_quantity(key, Duration)),
        requested=take_rate(case, "requested"),
        watched_for=case.optional("watched_for", lambda key: case.take_quantity(key, Duration)),
        ran_empty=case.optional("ran_empty", case.take_flag),
    )
    case.finish()
    return found


def advice_on(case: RestartCase) -> Advice:
    """Return the advice on one restart."""
    answer = restart(case)
    results: dict[str, Value] = {
        "drug": case.drug,
        "old_dose": dose_amount(case.drug, case.old),
        "gap": None if case.gap is None else Amount(case.gap, "h"),
        "part_of_old_dose": _shown(case.drug, answer.by_fraction),
        "lowest_start_bound": _shown(case.drug, answer.start_high),
        "restart_at_most": _shown(case.drug, answer.highest),
    }
    return Advice(
        topic=TOPIC,
        verdict=answer.word,
        summary=_SUMMARIES[answer.word],
        reasons=tuple(restart_reasons(case, answer)),
        results=results,
        listings=(monitoring_listing(case.drug),),
        findings=tuple(restart_findings(case, answer)),
        not_checked=("systemic drugs taken over the gap, and why the pump stood still",),
    )


def _shown(drug_id: str, dose: MassRate | None) -> Amount | None:
    return None if dose is None else dose_amount(drug_id, dose)
