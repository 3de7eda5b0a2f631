"""The section of the sources: every constant that decided something, and who checked it."""

from __future__ import annotations

from thecal.data import Fact, FactValue
from thecal.pharmacy import shortest_stability
from thecal.report.figure import Table
from thecal.report.trace import Trace
from thecal.report.words import fact_value
from thecal.safety.rules import threshold, window_before_alarm
from thecal.therapy.events import Fill, Therapy
from thecal.therapy.hardware import Hardware
from thecal.therapy.review import TherapyReview
from thecal.units import Duration

_Row = tuple[str, str, str, str]
STANDING = {
    "read": "unverified: read in the source, not checked by a person",
    "recalled": "unverified: recalled only",
    "verified": "verified",
}


def constants_table(therapy: Therapy, trace: Trace) -> Table:
    """Return the constants of this run, what other sources say, and the standing of each."""
    rows: dict[_Row, None] = {}
    for _, hardware in trace.hardware:
        for row in _hardware_rows(hardware):
            rows[row] = None
    for index, fill in enumerate(event for event in therapy.events if isinstance(event, Fill)):
        stable = shortest_stability(
            fill.mixture, first_fill=index == 0, pump=trace.hardware[-1][1].model.id
        )
        if stable is not None:
            drugs = " + ".join(sorted(stable.drugs))
            rows[_row(f"stability in the pump: {drugs}", stable.fact)] = None
    window = window_before_alarm(trace.hardware[-1][1].model)
    rows[_row("refill this long before the alarm date", window)] = None
    longest = threshold("K13", "stopped-alarm", Duration)
    rows[_row("alarm when stopped for longer than", longest)] = None
    head = ("Constant", "Value", "Source", "Standing")
    return Table("Constants that decided something", head, tuple(rows))


def _hardware_rows(hardware: Hardware) -> list[_Row]:
    model = hardware.model
    names = {
        "residual_volume": "unusable residual",
        "minimum_rate": "lowest therapy rate",
        "maximum_rate": "highest rate",
        "minimum_rate_mode": "rate of the minimum-rate mode",
        "stroke_volume": "one stroke",
        "tubing_volume_prime": "tubing volume, for priming",
        "tubing_volume_bridge": "tubing volume, for bridging",
        "maximum_refill_interval": "longest refill interval",
        "nominal_flow": "flow of the constant-flow pump",
    }
    rows = []
    for field, name in names.items():
        fact: Fact[FactValue] | None = getattr(model, field)
        if fact is not None:
            others = model.disagreements.get(field.replace("_", "-"), ())[1:]
            rows.append(_row(f"{model.name}: {name}", fact, others))
    own = model.low_reservoir_alarm
    if own is not None and own.value == hardware.setup.low_reservoir_alarm:
        others = model.disagreements.get("low-reservoir-alarm", ())[1:]
        rows.append(_row(f"{model.name}: low reservoir alarm", own, others))
    lumen = hardware.catheter.model.volume_per_length
    if lumen is not None and lumen.value == hardware.catheter.volume_per_length:
        rows.append(_row(f"{hardware.catheter.model.name}: volume per length", lumen))
    port = hardware.catheter.model.port_volume
    if port is not None:
        rows.append(_row(f"{hardware.catheter.model.name}: volume of port and needle", port))
    for parameter, name in (
        ("occlusion-alarm-volume", "pumped against an occlusion until the alarm"),
        ("air-detector-volume", "air that passes before the alarm"),
    ):
        if parameter in model.facts:
            rows.append(_row(f"{model.name}: {name}", model.facts[parameter]))
    return rows


def _row(name: str, fact: Fact[FactValue], others: tuple[Fact[FactValue], ...] = ()) -> _Row:
    value = fact_value(fact)
    if others:
        told = ", ".join(f"{fact_value(other)} ({other.source})" for other in others)
        value += f"\nother answers: {told}"
    checked = f" by {fact.checked_by}" if fact.checked_by else ""
    return name, value, fact.source, STANDING[fact.status] + checked


def sources_table(answer: TherapyReview) -> Table:
    """Return the source of every finding with the checks that rest on it."""
    checks: dict[str, set[str]] = {}
    for finding in answer.findings:
        checks.setdefault(finding.source, set()).add(finding.check)
    rows = tuple((source, ", ".join(sorted(ids))) for source, ids in sorted(checks.items()))
    return Table("Sources of the findings", ("Source", "Checks"), rows)
