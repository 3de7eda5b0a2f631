"""An order for the pharmacy: recipe, two clocks, label (form F10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from thecal.care.compounding.advise import advise, documents
from thecal.care.compounding.case import DILUENTS, USES
from thecal.care.compounding.words import typed_fields
from thecal.care.compounding.words import words as form_words
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.plans.doses import drugs_of
from thecal.clinic.plans.plan import Plan
from thecal.clinic.plans.sheet import CaseField, same
from thecal.device import pump_models
from thecal.pharmacy import BASES, METHODS, STARTS, STORAGES, drug, drugs, salt_forms

_RECORDED = ("patient", "birth_date")


def _fields(chart: Chart, now: datetime) -> Sequence[CaseField]:
    return tuple(_all(chart, now))


def _all(chart: Chart, now: datetime) -> Iterator[CaseField]:
    yield CaseField("use", "Use", "choice", choices=same(USES), required=True)
    yield CaseField("consent", "Consent to what no label covers", "flag")
    yield CaseField("fill_volume", "Volume for the pump", "quantity", units=("mL",), required=True)
    yield CaseField("overfill", "More, for needle and line", "quantity", units=("mL",))
    yield CaseField(
        "daily_volume",
        "Volume that the pump gives a day",
        "quantity",
        units=("mL/d",),
        required=True,
    )
    yield CaseField("diluent", "Diluent", "choice", choices=same(DILUENTS))
    yield CaseField("preservative_free", "Free of preservatives", "flag")
    if chart.therapy is None:
        pumps = tuple((each.id, each.name) for each in pump_models())
        yield CaseField("pump.model", "Pump", "choice", choices=pumps, required=True)
    yield CaseField("pump.first_fill", "First fill of this pump", "flag", required=True)
    for one in drugs_of(chart, now) or tuple(each.id for each in drugs()):
        yield from _drug(one)
    yield CaseField("preparation.mixed", "Mixed at", "moment")
    yield CaseField("preparation.category", "Category", "count")
    yield CaseField("preparation.method", "Method", "choice", choices=same(METHODS))
    yield CaseField("preparation.start", "Starts from", "choice", choices=same(STARTS))
    yield CaseField("preparation.sterility_tested", "Sterility tested", "flag")
    yield CaseField("preparation.storage", "Stored in", "choice", choices=same(STORAGES))
    yield CaseField("preparation.beyond_use", "Beyond-use", "moment")
    yield CaseField("preparation.batch", "Batch")
    yield CaseField("preparation.prepared_by", "Prepared by")
    yield CaseField("preparation.checked_by", "Checked by (pharmacist)")
    yield CaseField("visits.fill", "Filled on", "moment")
    yield CaseField("visits.next_refill", "Next refill", "moment")
    for one in typed_fields("order"):
        if one not in _RECORDED:
            yield CaseField(f"order.{one}", form_words("order", one).en)


def _drug(one: str) -> Iterator[CaseField]:
    unit, strength = drug(one).mass_unit, drug(one).concentration_unit
    name = f"drugs.{one}"
    yield CaseField(f"{name}.dose", f"{one}: dose a day", "quantity", units=(f"{unit}/d",))
    yield CaseField(f"{name}.basis", f"{one}: the dose counts", "choice", choices=same(BASES))
    yield CaseField(f"{name}.stock", f"{one}: strength of the stock", "quantity", units=(strength,))
    forms = tuple((each.id, each.id.replace("-", " ")) for each in salt_forms(one))
    yield CaseField(f"{name}.powder", f"{one}: or powder", "choice", choices=forms)
    yield CaseField(f"{name}.potency", f"{one}: potency of the powder, as in 0.995")
    yield CaseField(f"{name}.water", f"{one}: part of water in the powder, as in 0.03")


def _known(chart: Chart, now: datetime) -> Mapping[str, Any]:
    found: dict[str, Any] = {
        "order.patient": chart.content["number"],
        "order.birth_date": chart.content["birth_date"],
    }
    if chart.therapy is not None:
        found["pump.model"] = chart.content["therapy"]["model"]
        found["age"] = chart.therapy.patient.age_at(now.date())
    return found


COMPOUNDING = Plan(
    topic="compounding",
    title="Compounding order",
    about="What the pharmacy is to make, recomputed, with label and shelf life (F10). The order"
    " is signed as form F10 by physician and pharmacist.",
    fields=_fields,
    known=_known,
    advise=advise,
    documents=documents,
)
