"""Steps 1 to 4 as fields: who and which pump, how the patient is, what the pump tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thecal.care.visit.arrival import Consciousness, Gait, Identifier
from thecal.clinic.refill.form import (
    Form,
    Recorded,
    Typed,
    choice,
    count,
    mixture_typed,
    parts,
    table_of,
    yes_no,
)
from thecal.clinic.refill.mixture_text import HOW, write_mixture
from thecal.clinic.refill.now_or_typed import now_or_typed, put_now
from thecal.clinic.refill.reading import events_told, reading_table
from thecal.clinic.refill.situation import Situation
from thecal.clinic.web.sheet import Sheet, SheetField
from thecal.pharmacy import drug
from thecal.program.program import Mode

_SCALE, _MOST = "nrs", 10


def _identify_fields(situation: Situation) -> Sequence[SheetField]:
    asked = (
        SheetField(
            "identifiers",
            "Identified by (two at least)",
            kind="choices",
            choices=tuple((str(one), str(one).replace("-", " ")) for one in Identifier),
        ),
        yes_no("identifiers_match", "Do they match this record?"),
    )
    if situation.by_telemetry:
        return asked
    return (
        *asked,
        SheetField(
            "serial",
            "Serial number that the pump told",
            hint="read it from the pump, without telemetry from the card that the patient"
            " carries; this page does not show it",
        ),
    )


def _identity(sheet: Sheet, situation: Situation, _: str) -> Recorded:
    table = table_of(sheet, situation)
    read = _read_at_this_visit(situation)
    return Recorded(table if read is None else {**table, "serial": read["serial"]})


def _read_at_this_visit(situation: Situation) -> Mapping[str, Any] | None:
    """Return what the pump told by telemetry; None where it is typed."""
    read = situation.talks.read
    return read.reading if read is not None and situation.by_telemetry else None


def _plain(sheet: Sheet, situation: Situation, _: str) -> Recorded:
    return Recorded(table_of(sheet, situation))


def _complaints_fields(_: Situation) -> Sequence[SheetField]:
    return (
        yes_no("weakness", "New weakness since the last visit?"),
        yes_no("numbness", "New numbness?"),
        yes_no("bladder_or_bowel", "New trouble with bladder or bowel?"),
        yes_no("walking", "New trouble with walking?"),
        yes_no("alarms_heard", "Alarms heard?"),
        yes_no("mri_since", "A scan (MRI) since the last visit?"),
        SheetField("symptoms", "Symptoms, pain or tone", kind="long", required=False),
        SheetField("side_effects", "Side effects", kind="long", required=False),
        count("score", "Pain or spasm, 0 to 10", required=False),
        SheetField(
            "oral_drug_changes",
            "Changes of other medicines",
            required=False,
            hint="several: parted by semicolons",
        ),
        SheetField(
            "other_events",
            "Surgery, falls, cardioversion, hospital",
            required=False,
            hint="several: parted by semicolons",
        ),
    )


def _complaints(sheet: Sheet, situation: Situation, _: str) -> Recorded:
    table = table_of(sheet, situation)
    for name in ("oral_drug_changes", "other_events"):
        if name in table:
            table[name] = parts(table[name])
    for name in ("symptoms", "side_effects"):
        if name in table:
            table[name] = " ".join(table[name].split())
    score = table.pop("score", None)
    if score is None:
        return Recorded(table)
    if score > _MOST:
        sheet.refuse("score", f"Pain or spasm: {score} is not on a scale from 0 to {_MOST}")
    return Recorded(table, {"score": {"scale": _SCALE, "value": score}})


def _score_shown(situation: Situation) -> Typed:
    score = situation.beside("complaints").get("score")
    return {} if score is None else {"score": str(score["value"])}


def _vitals_fields(_: Situation) -> Sequence[SheetField]:
    return (
        choice("consciousness", "Consciousness", Consciousness),
        choice("gait", "Gait", Gait),
        count("heart_rate", "Pulse, per minute"),
        count("systolic", "Blood pressure, systolic, mmHg"),
        count("diastolic", "Blood pressure, diastolic, mmHg"),
        count("respiratory_rate", "Breaths per minute"),
        count("saturation_percent", "Oxygen saturation, %", required=False),
    )


def _reading_fields(situation: Situation) -> Sequence[SheetField]:
    if situation.by_telemetry:
        read = _read_at_this_visit(situation)
        alarms = () if read is None else events_told(read, situation)
        words = tuple((str(number), one["words"]) for number, one in enumerate(alarms))
        ticks = SheetField(
            "alarms_read", "I have read each stall and alarm", kind="choices", choices=words
        )
        return (ticks,) if alarms else ()
    return _typed_reading_fields(situation)


def _typed_reading_fields(situation: Situation) -> Sequence[SheetField]:
    program = situation.program_before
    primary = None if program is None else program.primary
    dose = (
        ()
        if primary is None
        else (
            SheetField(
                "dose",
                f"Background of {primary} that it runs",
                kind="quantity",
                unit=f"{drug(primary).mass_unit}/d",
                required=False,
            ),
        )
    )
    return (
        now_or_typed("read_at", "Read at"),
        SheetField("mixture", "Solution that the pump was told", hint=f"write {HOW}", wide=True),
        choice("mode", "Mode that it runs", Mode),
        *dose,
        SheetField(
            "expected", "Volume that it reckons is left", kind="quantity", unit="mL", required=False
        ),
        count("boluses_requested", "Boluses asked for", required=False),
        count("boluses_granted", "Boluses given", required=False),
        SheetField("alarm_date", "Low reservoir alarm", kind="date", required=False),
        count("months_to_replacement", "Months to replacement", required=False),
        SheetField("pump_clock", "Clock of the pump", kind="moment", required=False),
        SheetField("programmer_clock", "Clock of the programmer", kind="moment", required=False),
        SheetField(
            "events",
            "Stalls and alarms in its log",
            required=False,
            hint="several: parted by semicolons; empty: there are none",
        ),
        SheetField("acknowledged", "I have read each of them", kind="flag", required=False),
    )


def _reading(sheet: Sheet, situation: Situation, who: str) -> Recorded:
    read = _read_at_this_visit(situation)
    if read is None or situation.talks.read is None:
        return _typed_reading(sheet, situation, who)
    table = reading_table(read, situation, sheet.typed.get("alarms_read", ()), who)
    return Recorded(table, {"command": situation.talks.read.command})


def _typed_reading(sheet: Sheet, situation: Situation, who: str) -> Recorded:
    table = table_of(sheet, situation)
    put_now(table, "read_at", situation)
    mixture_typed(sheet, "mixture", table)
    program = situation.program_before
    dose = table.pop("dose", None)
    if dose is not None and program is not None:
        table["daily_doses"] = [{"drug": program.primary, "daily_dose": dose}]
    seen = {"acknowledged_by": who} if table.pop("acknowledged") else {}
    if "events" in table:
        table["events"] = [{"kind": one, **seen} for one in parts(table["events"])]
    return Recorded(table)


def _reading_shown(situation: Situation) -> Typed:
    reading = situation.visit.interrogate
    if reading is None:
        return {}
    if situation.by_telemetry:
        read = [one.acknowledged_by is not None for one in reading.events]
        return {"alarms_read": [str(number) for number, one in enumerate(read) if one]}
    shown: Typed = {
        "mixture": write_mixture(reading.mixture),
        "events": "; ".join(one.kind for one in reading.events),
        "acknowledged": bool(reading.events)
        and all(one.acknowledged_by is not None for one in reading.events),
    }
    return shown


FORMS = (
    Form("identify", _identify_fields, _identity),
    Form("complaints", _complaints_fields, _complaints, shown=_score_shown),
    Form("vitals", _vitals_fields, _plain),
    Form("interrogate", _reading_fields, _reading, shown=_reading_shown),
)
