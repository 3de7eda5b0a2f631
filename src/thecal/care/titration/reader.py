"""Reading the table `[titration]` of a case."""

from __future__ import annotations

from thecal.care.titration.case import (
    BOLUS_RESPONSES,
    ORIGINS,
    RESPONSES,
    SEDATION,
    SIDE_EFFECTS,
    OralDrug,
    TitrationCase,
)
from thecal.care.titration.history import read_history
from thecal.care.titration.schemes import editions
from thecal.device import pump_models
from thecal.pharmacy import drugs
from thecal.therapy.table import Table
from thecal.units import Concentration, Mass, MassRate


def read_titration(case: Table) -> TitrationCase:
    """Return the case; raises `BadFileError` naming the key that cannot be read."""
    drug_id = take_drug(case)
    found = TitrationCase(
        drug=drug_id,
        now=case.take_moment("now"),
        history=case.optional("history", lambda key: read_history(case, key)),
        cancer=case.optional("cancer", case.take_flag),
        inpatient=case.optional("inpatient", case.take_flag),
        origin=case.optional("origin", lambda key: case.take_choice(key, ORIGINS)),
        age=case.optional("age", case.take_count),
        scheme=case.optional("scheme", lambda key: case.take_choice(key, editions(drug_id))),
        requested=take_rate(case, "requested"),
        response=case.optional("response", lambda key: case.take_choice(key, RESPONSES)),
        side_effects=case.optional("side_effects", lambda key: case.take_choice(key, SIDE_EFFECTS)),
        sedation=case.optional("sedation", lambda key: case.take_choice(key, SEDATION)),
        bolus_response=case.optional(
            "bolus_response", lambda key: case.take_choice(key, BOLUS_RESPONSES)
        ),
        at_refill=case.optional("at_refill", case.take_flag) or False,
        refill_overdue=case.optional("refill_overdue", case.take_flag),
        target=take_rate(case, "target"),
        steps=case.optional("steps", case.take_count),
        screening_bolus=case.optional("screening_bolus", lambda key: case.take_quantity(key, Mass)),
        concentration=take_concentration(case),
        pump=take_pump(case),
        mixed_with=take_doses(case, "mixed_with") if case.has("mixed_with") else (),
        oral=_oral(case) if case.has("oral") else (),
        creatine_kinase=case.optional("creatine_kinase_percent", case.take_count),
    )
    case.finish()
    _check(case, found)
    return found


def take_drug(case: Table) -> str:
    """Return the drug of a case."""
    return case.take_choice("drug", [one.id for one in drugs()])


def take_rate(case: Table, key: str) -> MassRate | None:
    """Return a daily dose where the key is there."""
    return case.optional(key, lambda name: case.take_quantity(name, MassRate))


def take_concentration(case: Table) -> Concentration | None:
    """Return the concentration where the key is there."""
    return case.optional("concentration", lambda key: case.take_quantity(key, Concentration))


def take_pump(case: Table) -> str | None:
    """Return the pump's model where the key is there."""
    models = [one.id for one in pump_models()]
    return case.optional("pump", lambda key: case.take_choice(key, models))


def take_doses(case: Table, key: str) -> tuple[tuple[str, MassRate], ...]:
    """Return drugs with their daily doses from a table such as `{ morphine = "2 mg/d" }`."""
    inner = case.take_table(key)
    known = [one.id for one in drugs()]
    found = []
    for name in tuple(inner.keys()):
        if name not in known:
            raise inner.error(
                f'"{name}" is no drug known here', "write the name of a drug of the catalogue"
            )
        found.append((name, inner.take_quantity(name, MassRate)))
    if not found:
        raise case.error("no drug is named", 'write { morphine = "2 mg/d" }', key)
    return tuple(found)


def _oral(case: Table) -> tuple[OralDrug, ...]:
    found = []
    for number, raw in enumerate(case.take_list("oral")):
        row = Table(raw, f"{case.place}: oral[{number}]")
        found.append(OralDrug(row.take_text("drug"), row.take_quantity("dose", MassRate)))
        row.finish()
    return tuple(found)


def _check(case: Table, found: TitrationCase) -> None:
    if found.now.tzinfo is not None:
        raise case.error("the time has an offset", "use the pump clock, no offset", "now")
    if found.history is not None and found.now < found.history.changes[-1].time:
        raise case.error("it lies before the last dose of the history", "", "now")
    if found.history is not None and found.screening_bolus is not None:
        raise case.error("a dose runs already", "leave it out", "screening_bolus")
    if any(name == found.drug for name, _ in found.mixed_with):
        raise case.error(f"{found.drug} is the drug of the case", "name the others", "mixed_with")
