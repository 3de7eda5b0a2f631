"""What a page of a step shows beside its fields: each as plain values for its template."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from thecal.care.supply.order import State
from thecal.care.visit import discrepancy
from thecal.care.visit.leaving_checks import controlled_drugs
from thecal.care.visit.progress import decision_wanted
from thecal.clinic.patient.medicines import medicines_of, summary
from thecal.clinic.plans.rising import rises
from thecal.clinic.refill.dose import bridge_advice, no_bridge
from thecal.clinic.refill.lines import dose_rows
from thecal.clinic.refill.papers import PAPERS, paper_state
from thecal.clinic.refill.pump import line_changes
from thecal.clinic.refill.residual_picture import residual_picture
from thecal.clinic.refill.situation import Situation
from thecal.clinic.refill.witnesses import who_may_witness
from thecal.clinic.supply.labels import orders_of
from thecal.pharmacy import Mixture, both_units
from thecal.safety.identity import shown_mixture
from thecal.units import Volume, show, show_date, show_number

Shown = Callable[[Situation], dict[str, Any]]


def shown_of(key: str, situation: Situation) -> dict[str, Any]:
    """Return what a step shows beside its fields."""
    return _SHOWN[key](situation) if key in _SHOWN else {}


def _solution(mixture: Mixture | None) -> str:
    return "not known" if mixture is None else shown_mixture(mixture)


def _complaints(situation: Situation) -> dict[str, Any]:
    now, entries = situation.now, situation.chart.entries
    drugs = tuple(situation.pump.last_fill or ())
    return {
        "rises": rises(situation.chart, drugs, situation.visit.started),
        "medicines": summary(medicines_of(entries), now),
    }


def _verify(situation: Situation) -> dict[str, Any]:
    visit = situation.visit
    reading = visit.interrogate
    rows = [
        ("Last fill", _solution(situation.pump.last_fill)),
        ("The pump was told", "not read" if reading is None else _solution(reading.mixture)),
    ]
    for one in orders_of(situation.chart):
        if one.state is State.RECEIVED and one.received is not None:
            last = show_date(one.received.beyond_use)
            words = f"{_solution(one.mixture)}, lot {one.received.lot}, until {last}"
            rows.append(("Taken in for this patient", words))
    if visit.verify is not None:
        rows = [
            ("Order", _solution(visit.verify.order)),
            ("Label", _solution(visit.verify.label)),
            *rows,
        ]
    return {"rows": rows}


def _decide(situation: Situation) -> dict[str, Any]:
    advice = bridge_advice(situation)
    changed = situation.pump.last_fill not in (None, situation.solution)
    return {
        "asked_because": ()
        if situation.visit.decide is not None
        else decision_wanted(situation.visit, situation.knowledge),
        "bridge": () if advice is None else advice.steps,
        "bridge_findings": () if advice is None else advice.findings,
        "no_bridge": no_bridge(situation) if changed and advice is None else "",
        "doses": dose_rows(situation.simulation.program, situation.written),
    }


def residual_shown(situation: Situation) -> dict[str, Any]:
    """Return what the aspirate says: delivered ratio, band, picture and table."""
    pump, drawn = situation.pump, situation.visit.aspirate
    found: dict[str, Any] = {
        "expected": "not known" if pump.expected is None else show(pump.expected, "mL"),
        "filled": "not known" if pump.filled is None else show(pump.filled, "mL"),
        "recorded": drawn is not None,
    }
    advice = discrepancy(situation.visit, situation.knowledge)
    if drawn is None or advice is None:
        return found
    assert pump.filled is not None
    assert pump.expected is not None
    assessed = advice.assessed
    ratio = assessed.delivered_ratio
    return found | {
        "drawn": show(drawn.volume, "mL"),
        "ratio": "" if ratio is None else show_number(ratio, digits=4),
        "band": assessed.band,
        "direction": assessed.direction,
        "reasons": assessed.reasons,
        "categories": advice.categories,
        "due": advice.due,
        "picture": residual_picture(pump.filled, pump.expected, drawn.volume, assessed.band),
    }


def _needle(situation: Situation) -> dict[str, Any]:
    return {"residual": residual_shown(situation)}


def _fill(situation: Situation) -> dict[str, Any]:
    verified, drawn = situation.visit.verify, situation.visit.aspirate
    if verified is None or drawn is None:
        return {}
    capacity = situation.pump.model.capacity
    return {
        "syringes": show(verified.volume, "mL"),
        "holds": "an unknown volume" if capacity is None else show(capacity.value, "mL"),
        "drawn": show(drawn.volume, "mL"),
        "expected": residual_shown(situation)["expected"],
    }


def _program(situation: Situation) -> dict[str, Any]:
    if not situation.pump.model.programmable:
        return {}
    return {
        "changes": line_changes(situation),
        "doses": dose_rows(situation.simulation.program, situation.written),
        "telemetry": True,
    }


def _waste(situation: Situation) -> dict[str, Any]:
    visit = situation.visit
    rows = []
    if visit.verify is not None:
        rows.append(
            _masses("New solution, in the syringes", visit.verify.volume, situation.solution)
        )
    if visit.program is not None:
        entered = visit.program.first
        rows.append(_masses("New solution, entered as injected", entered, situation.solution))
    if visit.aspirate is not None and situation.pump.last_fill is not None:
        rows.append(
            _masses(
                "Old solution, drawn out of the pump",
                visit.aspirate.volume,
                situation.pump.last_fill,
            )
        )
    controlled = controlled_drugs(visit, situation.knowledge)
    return {"rows": rows, "controlled": controlled, "who": who_may_witness(situation)}


def _masses(what: str, volume: Volume, mixture: Mixture) -> dict[str, str]:
    masses = ", ".join(
        f"{name} {both_units(name, mixture.mass_of(name, volume))}" for name in mixture
    )
    return {"what": what, "volume": show(volume, "mL"), "masses": masses}


def _leave(situation: Situation) -> dict[str, Any]:
    papers = [one for one in PAPERS if one.page]
    return {
        "papers": [
            {"page": one.page, "words": one.words, "state": paper_state(situation, one)}
            for one in papers
        ]
    }


_SHOWN: Mapping[str, Shown] = MappingProxyType(
    {
        "complaints": _complaints,
        "verify": _verify,
        "decide": _decide,
        "aspirate": _needle,
        "discrepancy": _needle,
        "fill": _fill,
        "program": _program,
        "waste": _waste,
        "leave": _leave,
    }
)
