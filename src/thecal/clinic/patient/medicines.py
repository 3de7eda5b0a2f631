"""The list of a patient's medicines from the log, and what pages show of it.

Kinds of entries, each by the person who said it: `medicines.changed` {medicine, dose or dose_words
or dose_unknown, since, last_taken, counts_as} is taken from now on; `medicines.stopped` {medicine,
last_day, last_taken, reason}; `medicines.reconciled` {asked, alcohol, nothing} says that the list
was gone through and is whole; `medicines.accepted` {about, reason, pump} answers what it asks;
`medicines.puncture` {procedure, begins, ends, renal_impairment, inr} plans a procedure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from thecal.care.anticoagulants import AnticoagulantCase, Procedure
from thecal.care.anticoagulants.advise import advice_on as hold_advice
from thecal.care.medicine_list import (
    ACCEPTED,
    CHANGED,
    PUNCTURE,
    RECONCILED,
    STOPPED,
    MedicineList,
    Statement,
    anticoagulant_case,
    fold_medicines,
    morphine_equivalent,
    not_current,
)
from thecal.care.medicine_list.checks import VISIT
from thecal.care.medicine_list.fold import with_statement
from thecal.clinic.ledger.case_values import case_from_json, case_to_json
from thecal.clinic.ledger.log import Draft
from thecal.clinic.patient.advice_rows import advice_rows
from thecal.record.entry import Entry
from thecal.record.fold import effective
from thecal.units import show, show_date

KINDS = (CHANGED, STOPPED, RECONCILED, ACCEPTED, PUNCTURE)


def medicines_of(entries: Iterable[Entry]) -> MedicineList:
    """Return the list as the entries of a record tell it."""
    return fold_medicines(
        Statement(
            one.entry.kind, _values(one.body), one.entry.actor, one.entry.written, one.entry.seq
        )
        for one in effective(entries)
        if one.entry.kind in KINDS and one.body is not None
    )


def statement_draft(
    known: MedicineList, kind: str, values: Mapping[str, Any], by: str, now: datetime
) -> Draft:
    """Return the entry of a statement.

    Raises
    ------
    BadFileError
        If it cannot be read, or does not fit the list; its key is named.
    """
    with_statement(known, Statement(kind, values, by, now, 0))
    return Draft(kind, case_to_json(values), str(values.get("reason", "")))


def summary(known: MedicineList, now: datetime) -> dict[str, Any]:
    """Return what other pages say of the list: how it stands, who takes what, what is old.

    Parameters
    ----------
    now
        On the clinic's clock.
    """
    done = known.reconciled
    equivalent = morphine_equivalent(known.medicines) if known.taken else None
    through = ""
    if done is not None:
        through = f"gone through on {show_date(done.said.at.astimezone(now.tzinfo))}"
        through += f" by {done.said.by}"
    return {
        "begun": known.begun,
        "nothing": done is not None and done.nothing and not known.taken,
        "rows": [
            (one.name, one.shown_dose, "" if one.since is None else show_date(one.since))
            for one in known.medicines
        ],
        "through": through,
        "old": not_current(known, now, VISIT) if known.begun else "",
        "equivalent": "" if not equivalent else show(equivalent, "mg/d"),
    }


def hold_rows(case: AnticoagulantCase | None) -> dict[str, Any] | None:
    """Return what is held and when before a procedure, for a page; None where nothing is known."""
    if case is None:
        return None
    return {
        "procedure": case.procedure.name,
        "begins": case.begins,
        "taken": bool(case.taken or case.unlisted),
        **advice_rows(hold_advice(case)),
    }


def planned_hold(known: MedicineList, now: datetime) -> dict[str, Any] | None:
    """Return the hold before the procedure that is planned; None where none lies ahead."""
    plan = known.puncture
    if plan is None or plan.begins < now.replace(tzinfo=None):
        return None
    return hold_rows(anticoagulant_case(known, plan.procedure, plan.begins, now, planned=plan))


def hold_case(
    known: MedicineList, procedure: Procedure, begins: datetime, now: datetime
) -> AnticoagulantCase | None:
    """Return the case of a procedure, with what was planned of it where it was.

    Parameters
    ----------
    begins
        On the clinic's clock, without offset.
    """
    plan = known.puncture
    same = plan is not None and plan.procedure == procedure and plan.begins == begins
    return anticoagulant_case(known, procedure, begins, now, planned=plan if same else None)


def _values(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of an entry; nothing where a correction left no values that can be read."""
    try:
        found = case_from_json(body)
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, Mapping) else {}
