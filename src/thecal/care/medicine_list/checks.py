"""What follows from the list: the cases of interactions and of anticoagulants, and what is open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from thecal.care.anticoagulants.agents import Procedure
from thecal.care.anticoagulants.reader import AnticoagulantCase
from thecal.care.anticoagulants.reader import Taken as TakenAgent
from thecal.care.conversion.equivalents import counted, morphine_equivalents
from thecal.care.conversion.regimen import OpioidLine
from thecal.care.interactions import InteractionCase
from thecal.care.interactions.reader import STARTS
from thecal.care.interactions.rules import MAO_INHIBITOR, SYSTEMIC_OPIOID
from thecal.care.medicine_list.fold import MedicineList, Puncture
from thecal.care.medicine_list.listed import RULES, ListedMedicine
from thecal.care.spans import span
from thecal.pharmacy.lookup import listed
from thecal.safety.finding import Answer
from thecal.units import Duration, MassRate, show, show_date

VISIT, TRANSITION, BEFORE_PUNCTURE = "visit", "transition", "puncture"


def not_current(known: MedicineList, now: datetime, occasion: str) -> str:
    """Return why the list does not count as gone through; empty where it does.

    Parameters
    ----------
    now
        With an offset.
    occasion
        `visit`, `puncture`, or one of a start, which asks for a list of the day.
    """
    if known.unread:
        return f"a part of the list of medicines cannot be read ({known.unread[0]})"
    done = known.reconciled
    if done is None:
        return "the list of medicines was never gone through"
    kind = occasion if occasion in (VISIT, BEFORE_PUNCTURE) else TRANSITION
    within = RULES.get("current", kind, Duration)
    if now - done.said.at <= span(within.value):
        return ""
    told = show_date(done.said.at.astimezone(now.tzinfo))
    return (
        f"the list of medicines was gone through last on {told}, more than"
        f" {show(within.value, 'd')} ago ({within.provenance()})"
    )


def morphine_equivalent(medicines: tuple[ListedMedicine, ...]) -> MassRate | None:
    """Return what the opioids of a list count, by the edition in use; None: one cannot be counted.

    It tells risk and is no dose to convert to.
    """
    lines: list[OpioidLine] = []
    for one in medicines:
        if SYSTEMIC_OPIOID not in (one.medicine().classes or ()):
            continue
        if one.dose is None or not RULES.has(one.name, "opioid"):
            return None
        drug, route = RULES.text(one.name, "opioid"), RULES.text(one.name, "route")
        lines.append(OpioidLine(drug, route, one.dose))
    found = morphine_equivalents(tuple(lines), RULES.text("equivalent", "edition"))
    return None if any(one.equivalent is None for one in found) else counted(found)


def interaction_case(
    known: MedicineList,
    now: datetime,
    occasion: str,
    pump: tuple[str, ...],
    *,
    changes_told: bool = False,
    watch: Duration | None = None,
) -> InteractionCase | None:
    """Return the case of interactions (K20, K29); None where nothing was ever stated.

    Parameters
    ----------
    now
        With an offset.
    occasion
        As in `interactions`: `visit`, or a start.
    pump
        Ids of the drugs that the pump gives, or shall give.
    changes_told
        Whether the patient told of changes that the list does not hold yet.
    watch
        How long the patient is watched after a start; None where nobody said.
    """
    if not known.begun:
        return None
    old = not_current(known, now, occasion)
    if changes_told and not old:
        old = "the patient told of changes and the list was not gone through since"
    done = known.reconciled
    gone = (
        one.medicine.medicine(one.last_day)
        for one in known.stopped.values()
        if MAO_INHIBITOR in (one.medicine.medicine().classes or ())
    )
    return InteractionCase(
        on=now.date(),
        occasion=occasion,
        pump=pump,
        home=(*(one.medicine() for one in known.medicines), *gone),
        ordered=None,
        stopped={},
        alcohol=None if done is None else done.alcohol,
        morphine_equivalent=morphine_equivalent(known.medicines),
        watch=watch,
        answers=dict(_answers(known, pump)),
        unreconciled=old,
        holds_up=changes_told or occasion in STARTS,
    )


def anticoagulant_case(
    known: MedicineList,
    procedure: Procedure,
    begins: datetime,
    now: datetime,
    *,
    planned: Puncture | None = None,
) -> AnticoagulantCase | None:
    """Return the case of a hold before a puncture (K35); None where nothing was ever stated.

    Parameters
    ----------
    begins
        Of the procedure, on the clinic's clock, without offset.
    now
        With an offset.
    planned
        What is planned, with end, kidneys and INR, where it is this procedure.
    """
    if not known.begun:
        return None
    since = begins - span(RULES.get("stopped", "still-asked", Duration).value)
    held = [
        (one.medicine, one.last_dose) for one in known.stopped.values() if one.last_dose >= since
    ]
    taken = [(one, one.last_taken) for one in known.medicines]
    return AnticoagulantCase(
        procedure=procedure,
        begins=begins,
        taken=tuple(
            TakenAgent(one.agent, last) for one, last in (*taken, *held) if one.agent is not None
        ),
        ends=None if planned is None else planned.ends,
        renal_impairment=None if planned is None else planned.renal_impairment,
        inr=None if planned is None else planned.inr,
        unlisted=tuple(one.name for one, _ in (*taken, *held) if one.bleeding_unknown),
        unreconciled=not_current(known, now, BEFORE_PUNCTURE if procedure.is_high_risk else VISIT),
    )


def accept(about: str, reason: str, pump: tuple[str, ...]) -> dict[str, Any]:
    """Return the values of an answer to what the list asks about a medicine."""
    return {"about": about, "reason": reason, "pump": list(pump)}


def _answers(known: MedicineList, pump: tuple[str, ...]) -> Iterator[tuple[str, Answer]]:
    """Yield the answers that still hold: nothing of what they were about has changed since."""
    for one in known.accepted:
        taken = known.taken.get(one.about)
        changed = taken is not None and taken.said.entry > one.said.entry
        if not changed and set(pump) <= set(one.pump):
            yield one.about, Answer(one.reason, one.said.by)


def puncture_stages() -> tuple[str, ...]:
    """Return the stages of the pathway before which what acts against clotting is held."""
    return listed(RULES.get("puncture", "stages", str))
