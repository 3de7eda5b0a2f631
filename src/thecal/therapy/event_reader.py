"""Reading one event of a therapy file: a reader for each type."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from math import isfinite
from typing import TypedDict, TypeVar

from thecal.device import care_task_ids
from thecal.errors import ThecalError
from thecal.pharmacy import Mixture, drugs
from thecal.program.prime_bridge import PrimeKind
from thecal.program.program import (
    BridgeOrder,
    InfusionProgram,
    Mode,
    PatientBolus,
    Step,
    step_intervals,
)
from thecal.safety.catalogue import check_ids
from thecal.therapy.days import read_days, read_time_of_day
from thecal.therapy.events import (
    AccessPort,
    BagChange,
    Bolus,
    Empty,
    Environment,
    Event,
    Explant,
    Fill,
    InfectionCare,
    Interrogate,
    Mri,
    Note,
    Observe,
    Override,
    Press,
    Prime,
    Program,
    Replace,
    Resume,
    Revise,
    SetClock,
    Stop,
)
from thecal.therapy.fault_reader import read_fault
from thecal.therapy.hardware_reader import read_catheter, read_pump
from thecal.therapy.table import Table
from thecal.units import (
    Altitude,
    Duration,
    MagneticField,
    Mass,
    MassRate,
    Temperature,
    Volume,
    VolumeRate,
)

T = TypeVar("T")
Overrides = tuple[Override, ...]
CONFIRMATIONS = ("template", "ultrasound", "fluoroscopy", "two-needle")
_WEEK = Duration.of(7, "d")


class _Filled(TypedDict):
    volume: Volume
    mixture: Mixture
    programmed_volume: Volume | None
    order: Mixture | None
    label: Mixture | None
    lot: str | None
    beyond_use: date | None


def read_overrides(table: Table) -> Overrides:
    """Return the answers to soft findings that an event carries."""
    if not table.has("override"):
        return ()
    answers = []
    for number, entry in enumerate(table.take_list("override")):
        inner = Table(entry, f"{table.place}: override {number}")
        answers.append(
            Override(
                inner.take_choice("check", sorted(check_ids())),
                inner.take_text("reason"),
                inner.optional("by", inner.take_text) or "",
            )
        )
        inner.finish()
    return tuple(answers)


def _fill(table: Table, time: datetime, override: Overrides) -> Event:
    confirmed: tuple[str, ...] = ()
    if table.has("confirmed_by"):
        value = table.take_any("confirmed_by")
        listed = value if isinstance(value, list) else [value]
        chosen = [
            Table({"confirmed_by": one}, table.place).take_choice("confirmed_by", CONFIRMATIONS)
            for one in listed
        ]
        confirmed = tuple(chosen)
    return Fill(
        time=time,
        override=override,
        aspirated=_drawn(table, "aspirated"),
        confirmed_by=confirmed,
        **_filled(table),
    )


def _bag_change(table: Table, time: datetime, override: Overrides) -> Event:
    return BagChange(
        time=time, override=override, aspirated=_drawn(table, "wasted"), **_filled(table)
    )


def _empty(table: Table, time: datetime, override: Overrides) -> Event:
    return Empty(
        time=time,
        override=override,
        aspirated=_drawn(table, "aspirated"),
        reason=table.optional("reason", table.take_text),
        witness=table.optional("witness", table.take_text),
    )


def _drawn(table: Table, key: str) -> Volume | None:
    return table.optional(key, lambda name: table.take_quantity(name, Volume, zero_allowed=True))


def _filled(table: Table) -> _Filled:
    """Return what a fill and a bag change say alike."""

    def mixture(key: str) -> Mixture:
        return table.take_mixture(key)

    return {
        "volume": table.take_quantity("volume", Volume),
        "mixture": table.take_mixture("mixture"),
        "programmed_volume": table.optional(
            "programmed_volume", lambda key: table.take_quantity(key, Volume)
        ),
        "order": table.optional("order", mixture),
        "label": table.optional("label", mixture),
        "lot": table.optional("lot", table.take_text),
        "beyond_use": table.optional("beyond_use", table.take_date),
    }


def _infection_care(table: Table, time: datetime, override: Overrides) -> Event:
    done = [
        Table({"done": one}, table.place).take_choice("done", care_task_ids())
        for one in table.take_list("done")
    ]
    if not done or len(set(done)) < len(done):
        raise table.error("done names each thing that was changed once", "", "done")
    return InfectionCare(time=time, override=override, done=tuple(done))


def _prime(table: Table, time: datetime, override: Overrides) -> Event:
    kind = table.optional("kind", lambda key: table.take_choice(key, tuple(PrimeKind)))
    return Prime(
        time=time,
        override=override,
        kind=PrimeKind(kind) if kind is not None else PrimeKind.FULL,
        volume=table.optional("volume", lambda key: table.take_quantity(key, Volume)),
    )


def _program(table: Table, time: datetime, override: Overrides) -> Event:
    mode = Mode(table.take_choice("mode", tuple(Mode)))
    drug_ids = tuple(drug.id for drug in drugs())

    def drug(key: str) -> str:
        return table.take_choice(key, drug_ids)

    def dose(key: str) -> MassRate:
        return table.take_quantity(key, MassRate)

    reason = table.optional("reason", table.take_text)
    if mode in (Mode.STOPPED, Mode.MINIMUM_RATE):
        primary = table.optional("primary", drug)
        ignored = table.optional("daily_dose", dose)
        order = InfusionProgram(mode, primary)
        return Program(
            time=time,
            override=override,
            program=order,
            reason=reason,
            dose_without_effect=ignored,
        )
    rate = table.optional("rate", lambda key: table.take_quantity(key, VolumeRate))
    if rate is not None and table.has("daily_dose"):
        raise table.error("rate stands beside daily_dose", "give one of the two", "rate")
    order = InfusionProgram(
        mode=mode,
        primary=drug("primary"),
        daily_dose=dose("daily_dose") if rate is None else None,
        steps=_steps(table) if mode is Mode.FLEX else (),
        patient_bolus=table.optional("patient_bolus", lambda key: _patient_bolus(table, key)),
        bridge=table.optional("bridge", lambda key: _bridge(table, key, drug_ids)),
    )
    return Program(time=time, override=override, program=order, reason=reason, rate=rate)


def _steps(table: Table) -> tuple[Step, ...]:
    steps = []
    for number, entry in enumerate(table.take_list("steps")):
        inner = Table(entry, f"{table.place}: steps {number}")
        days = _by_text(inner, "days", read_days)
        start = _by_text(inner, "start", read_time_of_day)
        duration = inner.take_quantity("duration", Duration)
        if duration > _WEEK:
            raise inner.error("the step lasts longer than a week", "", "duration")
        steps.append(
            Step(days, Duration.of(start, "s"), duration, inner.take_quantity("dose", Mass))
        )
        inner.finish()
    try:
        step_intervals(tuple(steps))
    except ThecalError as error:
        raise table.error(error.what, error.remedy, "steps") from None
    return tuple(steps)


def _by_text(table: Table, key: str, read: Callable[[object], T]) -> T:
    try:
        return read(table.take_any(key))
    except ThecalError as error:
        raise table.error(error.what, error.remedy, key) from None


def _patient_bolus(table: Table, key: str) -> PatientBolus:
    inner = Table(table.take_any(key), f"{table.place}: {key}")
    bolus = PatientBolus(
        dose=inner.take_quantity("dose", Mass),
        duration=inner.take_quantity("duration", Duration),
        lockout=inner.take_quantity("lockout", Duration),
        max_per_day=inner.optional("max_per_day", inner.take_count),
        max_dose_per_day=inner.optional(
            "max_dose_per_day", lambda name: inner.take_quantity(name, Mass)
        ),
    )
    inner.finish()
    return bolus


def _bridge(table: Table, key: str, drug_ids: tuple[str, ...]) -> BridgeOrder:
    inner = Table(table.take_any(key), f"{table.place}: {key}")
    bridge = BridgeOrder(
        daily_dose=inner.take_quantity("daily_dose", MassRate),
        drug=inner.optional("drug", lambda name: inner.take_choice(name, drug_ids)),
    )
    inner.finish()
    return bridge


def _access_port(table: Table, time: datetime, override: Overrides) -> Event:
    def volume(key: str) -> Volume:
        return table.take_quantity(key, Volume, zero_allowed=True)

    if not table.has("aspirated") and not table.has("injected"):
        raise table.error("neither aspirated nor injected", 'write aspirated = "2 mL"')
    return AccessPort(
        time=time,
        override=override,
        aspirated=table.optional("aspirated", volume),
        injected=table.optional("injected", volume),
        mixture=table.optional("mixture", lambda key: table.take_mixture(key, empty_allowed=True))
        or Mixture(()),
    )


def _line(table: Table) -> Mixture | None:
    return table.optional("line", lambda key: table.take_mixture(key, empty_allowed=True))


def _replace(table: Table, time: datetime, override: Overrides) -> Event:
    pump = read_pump(table.take_table("pump"))
    return Replace(time=time, override=override, pump=pump, line=_line(table))


def _revise(table: Table, time: datetime, override: Overrides) -> Event:
    catheter = read_catheter(table.take_table("catheter"))
    return Revise(time=time, override=override, catheter=catheter, line=_line(table))


def _interrogate(table: Table, time: datetime, override: Overrides) -> Event:
    return Interrogate(
        time=time,
        override=override,
        serial=table.optional("serial", table.take_text),
        pump_clock=table.optional("pump_clock", table.take_moment),
        programmer_clock=table.optional("programmer_clock", table.take_moment),
    )


def _environment(table: Table, time: datetime, override: Overrides) -> Event:
    event = Environment(
        time=time,
        override=override,
        duration=table.take_quantity("duration", Duration),
        temperature=table.optional(
            "temperature", lambda key: table.take_quantity(key, Temperature)
        ),
        altitude=table.optional("altitude", lambda key: table.take_quantity(key, Altitude)),
        depth=table.optional("depth", lambda key: table.take_quantity(key, Altitude)),
    )
    if event.temperature is None and event.altitude is None and event.depth is None:
        raise table.error("nothing is said of the environment", 'write temperature = "39 Cel"')
    return event


def _observe(table: Table, time: datetime, override: Overrides) -> Event:
    scale = table.take_text("scale")
    value = table.take_any("value")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise table.error("this is neither a number nor a text", "", "value")
    if isinstance(value, float) and not isfinite(value):
        raise table.error(f"{value} is no number that can be observed", "", "value")
    return Observe(time=time, override=override, scale=scale, value=value)


EVENT_READERS: dict[str, Callable[[Table, datetime, Overrides], Event]] = {
    "fill": _fill,
    "empty": _empty,
    "prime": _prime,
    "program": _program,
    "press": lambda table, time, override: Press(time=time, override=override),
    "bolus": lambda table, time, override: Bolus(
        time=time,
        override=override,
        dose=table.take_quantity("dose", Mass),
        duration=table.take_quantity("duration", Duration),
    ),
    "stop": lambda table, time, override: Stop(
        time=time, override=override, reason=table.optional("reason", table.take_text)
    ),
    "resume": lambda table, time, override: Resume(time=time, override=override),
    "interrogate": _interrogate,
    "set-clock": lambda table, time, override: SetClock(
        time=time, override=override, reason=table.optional("reason", table.take_text)
    ),
    "access-port": _access_port,
    "replace": _replace,
    "revise": _revise,
    "explant": lambda table, time, override: Explant(
        time=time, override=override, reason=table.optional("reason", table.take_text)
    ),
    "bag-change": _bag_change,
    "infection-care": _infection_care,
    "environment": _environment,
    "mri": lambda table, time, override: Mri(
        time=time,
        override=override,
        field_strength=table.take_quantity("field", MagneticField),
        duration=table.take_quantity("duration", Duration),
        recovery=table.optional("recovery", lambda key: table.take_quantity(key, Duration)),
        telemetry_mode=table.optional("telemetry_mode", table.take_flag) or False,
    ),
    "fault": read_fault,
    "observe": _observe,
    "note": lambda table, time, override: Note(
        time=time, override=override, text=table.take_text("text")
    ),
}
