"""Therapies of which only days, pumps and fills matter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path

from thecal.pharmacy import Mixture
from thecal.therapy.events import (
    CatheterRecord,
    Event,
    Explant,
    Fill,
    PumpRecord,
    Replace,
    Revise,
    Therapy,
)
from thecal.therapy.file_reader import read_therapy_file
from thecal.units import Concentration, Volume

EXAMPLE = read_therapy_file(Path(__file__).parents[1] / "examples" / "pain_two_drugs.toml")
START = date(2020, 1, 1)
PUMP, NEXT_PUMP = "synchromed-ii-40", "synchromed-iii-40"


def at(day: int) -> datetime:
    moment = datetime.combine(START + timedelta(day), time(10))
    return moment.replace(tzinfo=timezone(timedelta(hours=1)))


def on(day: int) -> date:
    return START + timedelta(day)


def fill(day: int, drug: str = "morphine") -> Fill:
    mixture = Mixture(((drug, Concentration.of(5, "mg/mL")),))
    return Fill(time=at(day), volume=Volume.of(20, "mL"), mixture=mixture)


def exchange(day: int) -> Replace:
    return Replace(time=at(day), pump=PumpRecord(NEXT_PUMP, "N2"))


def revise(day: int) -> Revise:
    return Revise(time=at(day), catheter=CatheterRecord("ascenda-8780", "T10"))


def explant(day: int) -> Explant:
    return Explant(time=at(day))


def therapy(*events: Event, implanted: date | None = None, model: str = PUMP) -> Therapy:
    pump = PumpRecord(model, "N1", implanted=implanted)
    return replace(EXAMPLE, pump=pump, events=tuple(sorted(events, key=lambda one: one.time)))
