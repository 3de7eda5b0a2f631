"""The assessment of somebody who is referred, and the letter to the referrer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from thecal.care.forms.choice import choices
from thecal.care.selection.advise import advise, documents
from thecal.care.selection.case import OUTCOMES, SYSTEMS
from thecal.care.selection.infection_bundle import bundle_steps
from thecal.care.selection.items import items
from thecal.care.selection.known import rules_with_reason
from thecal.care.selection.labs import labs
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.plans.plan import Plan
from thecal.clinic.plans.sheet import CaseField, same
from thecal.data import NUMBER
from thecal.therapy.hardware_reader import LEVELS

_THERAPY_ROWS, _REASON_ROWS, _SCORE_ROWS = 6, 3, 3


def _fields(chart: Chart, now: datetime) -> Sequence[CaseField]:
    return tuple(_all())


def _all() -> Iterator[CaseField]:
    yield CaseField("indication", "Indication", "choice", choices=_of("@indications"))
    yield CaseField("symptoms_since", "Symptoms since", "date")
    yield CaseField("injury_date", "Date of the injury", "date")
    yield CaseField("drugs", "Drugs planned for the pump", "choices", choices=_of("@drugs"))
    yield CaseField("pump", "Pump planned", "choice", choices=_of("@pumps"))
    yield CaseField("tip", "Tip planned", "choice", choices=[(one, one) for one in LEVELS])
    yield CaseField("life_expectancy", "Life expectancy", "quantity", units=("d",))
    yield CaseField("system", "System wanted", "choice", choices=same(SYSTEMS))
    yield CaseField(
        "morphine_equivalent", "Oral morphine equivalent a day", "quantity", units=("mg/d",)
    )
    yield CaseField("current_drugs", "Drugs now", "lines")
    yield CaseField("goals", "Goals", "lines")
    for row in range(1, _SCORE_ROWS + 1):
        yield CaseField(f"scores.{row}.scale", f"Score {row}: scale")
        yield CaseField(f"scores.{row}.value", f"Score {row}: value")
    for row in range(1, _THERAPY_ROWS + 1):
        name, label = f"prior_therapies.{row}", f"Earlier treatment {row}"
        yield CaseField(f"{name}.kind", label, "choice", choices=_of("@therapies"))
        yield CaseField(f"{name}.outcome", f"{label}: outcome", "choice", choices=same(OUTCOMES))
        yield CaseField(f"{name}.started", f"{label}: started", "date")
        yield CaseField(f"{name}.ended", f"{label}: ended", "date")
        yield CaseField(f"{name}.note", f"{label}: note")
    for lab in labs():
        unit = () if lab.unit == NUMBER else (lab.unit,)
        yield CaseField(
            f"labs.{lab.id}", lab.id.replace("_", " "), "quantity" if unit else "text", units=unit
        )
    for item in items():
        yield CaseField(
            item.id.replace("-", "_"),
            item.name.en,
            "choice",
            choices=same(item.answers),
            hint=f"answered by: {item.who}",
        )
    yield CaseField(
        "infection_bundle_done",
        "Against infection, done",
        "choices",
        choices=same(bundle_steps()),
    )
    for row in range(1, _REASON_ROWS + 1):
        name, label = f"override.{row}", f"Reason {row}"
        rules = same(rules_with_reason())
        yield CaseField(f"{name}.check", f"{label}: rule that it answers", "choice", choices=rules)
        yield CaseField(f"{name}.reason", f"{label}: why")
        yield CaseField(f"{name}.by", f"{label}: who says so")


def _known(chart: Chart, now: datetime) -> Mapping[str, Any]:
    return {
        "pathway": chart.content["pathway"],
        "birth_date": date.fromisoformat(chart.content["birth_date"]),
        "assessed_on": now.date(),
    }


def _of(catalogue: str) -> tuple[tuple[str, str], ...]:
    return tuple((id, said.en) for id, said in choices(catalogue).items())


SELECTION = Plan(
    topic="selection",
    title="Assessment of a referral",
    about="Who is a candidate, and why: the checklist of the team, psychology (clear, or waived"
    " with a reason) and funding included. From it follow the letter to the referrer and what the"
    " pathway asks for.",
    fields=_fields,
    known=_known,
    advise=advise,
    documents=documents,
)
