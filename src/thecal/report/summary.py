"""The section of the summary: who is treated, with which pump, catheter and fluid."""

from __future__ import annotations

from thecal.data import Fact
from thecal.report.battery import battery_in_short
from thecal.report.figure import Table
from thecal.report.trace import Trace
from thecal.report.words import (
    ACTIVITIES,
    NOT_STATED,
    calendar_date,
    duration,
    fact_value,
    solution,
    when,
)
from thecal.safety.finding import Verdict
from thecal.therapy.events import Therapy
from thecal.therapy.hardware import Hardware
from thecal.therapy.review import TherapyReview
from thecal.therapy.simulation import Simulation
from thecal.units import Duration, Length, Quantity, show, show_percent

Rows = tuple[tuple[str, ...], ...]


def glance(result: Simulation, answer: TherapyReview, trace: Trace) -> Rows:
    """Return the few lines that a reader wants first."""
    therapy, outlook = result.therapy, result.outlook
    blocking = sum(finding.blocks for finding in answer.findings)
    by = outlook.refill_by
    verdict = answer.verdict.value.replace("-", " ")
    if answer.verdict is not Verdict.ACCEPTED:
        verdict += f", {blocking} findings in the way"
    return (
        ("verdict", verdict),
        (
            "run",
            f"{when(therapy, trace.start)} to {when(therapy, result.end)}"
            f" ({duration(Duration(result.end - trace.start))})",
        ),
        (
            "first drug left the tip",
            when(therapy, trace.doses.first_drug, never="not within this run"),
        ),
        ("at the end the pump is", ACTIVITIES[result.activity]),
        ("reservoir by the pump's count", show(result.reservoir_volume, "mL")),
        ("solution in the reservoir", solution(result.reservoir_mixture)),
        (
            "refill by",
            when(therapy, by.instant) + f" ({by.decided_by} decides)" if by else NOT_STATED,
        ),
        ("end of the battery's service", battery_in_short(result)),
        ("alarms raised", str(len(result.alarms))),
        ("orders that the pump refused", str(len(result.refused))),
    )


def patient_table(therapy: Therapy) -> Table:
    """Return what the file says of the patient."""
    patient = therapy.patient
    tolerant = {True: "yes", False: "no", None: NOT_STATED}[patient.opioid_tolerant]
    rows = [
        ("id", patient.id),
        ("birth date", calendar_date(patient.birth_date)),
        ("age at the first event", f"{patient.age_at(therapy.events[0].time.date())} years"),
        ("sex", patient.sex),
        ("weight", show(patient.weight, "kg")),
        ("height", NOT_STATED if patient.height is None else show(patient.height, "cm")),
        ("therapy", patient.therapy),
        ("indication", patient.indication or NOT_STATED),
    ]
    if patient.therapy == "pain":
        rows += [("setting", patient.setting or NOT_STATED), ("opioid tolerant", tolerant)]
    else:
        rows.append(("origin", patient.origin or NOT_STATED))
    return Table("The patient, as the file says", ("What", "Value"), tuple(rows))


def hardware_tables(therapy: Therapy, trace: Trace) -> list[Table]:
    """Return pump and catheter of each period, with the standing of every constant."""
    tables = []
    for start, hardware in trace.hardware:
        since = "" if start == trace.start else f", from {when(therapy, start)}"
        rows = (*_pump_rows(hardware), *_catheter_rows(hardware))
        head = ("What", "Value", "Where it comes from")
        tables.append(Table(f"Pump and catheter{since}", head, rows))
    return tables


def _pump_rows(hardware: Hardware) -> Rows:
    model, setup = hardware.model, hardware.setup
    own = model.low_reservoir_alarm
    alarm = show(setup.low_reservoir_alarm, "mL")
    from_model = own is not None and own.value == setup.low_reservoir_alarm
    return (
        ("pump", f"{model.name}, {model.maker}", "the file"),
        ("serial number", hardware.serial, "the file"),
        _constant("capacity", model.capacity),
        _constant("unusable residual", model.residual_volume),
        (
            "low reservoir alarm",
            alarm,
            f"the model's: {own.provenance()}" if own is not None and from_model else "the file",
        ),
        _constant("lowest therapy rate", model.minimum_rate),
        _constant("highest rate", model.maximum_rate),
        _constant("one stroke", model.stroke_volume, "none on record: delivers what is programmed"),
        _constant("tubing volume, for priming", model.tubing_volume_prime),
        _constant("tubing volume, for bridging", model.tubing_volume_bridge),
        _constant("longest refill interval", model.maximum_refill_interval),
        (
            "specified accuracy, either way",
            show_percent(model.accuracy.value, signed=False) if model.accuracy else "unknown",
            model.accuracy.provenance() if model.accuracy else "",
        ),
    )


def _catheter_rows(hardware: Hardware) -> Rows:
    catheter, setup = hardware.catheter, hardware.setup
    lumen = catheter.model.volume_per_length
    length = _length(hardware)
    return (
        ("catheter", f"{catheter.model.name}, {catheter.model.maker}", "the file"),
        ("implanted length", length, "the file"),
        _constant("volume per length", lumen)
        if lumen is not None and lumen.value == catheter.volume_per_length
        else (
            "volume per length",
            show(catheter.volume_per_length, "mL/cm") if catheter.volume_per_length else "unknown",
            "the file",
        ),
        ("catheter volume", show(setup.catheter_volume, "mL"), "length times volume per length"),
        ("tubing and catheter", show(setup.tubing_volume + setup.catheter_volume, "mL"), "sum"),
    )


def _length(hardware: Hardware) -> str:
    def centimetres(length: Length) -> str:
        return show(length, "cm")

    catheter = hardware.catheter
    if catheter.implanted_length is not None:
        return centimetres(catheter.implanted_length)
    if catheter.implanted_length_range is not None:
        shortest, longest = catheter.implanted_length_range
        return (
            f"{centimetres(shortest)} to {centimetres(longest)}: run with the shortest"
            f" ({hardware.range_note()})"
        )
    return "unknown"


def _constant(name: str, fact: Fact[Quantity] | None, unknown: str = "unknown") -> tuple[str, ...]:
    if fact is None:
        return name, unknown, ""
    return name, fact_value(fact), fact.provenance()
