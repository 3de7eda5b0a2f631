"""A bench for virtual pumps: their constants, short ways to write orders, and rows joined."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from thecal.pharmacy import Mixture
from thecal.program.delivery import Delivery, Purpose
from thecal.program.program import BridgeOrder, InfusionProgram, Mode, PatientBolus
from thecal.program.quantise import DeliveryGrid
from thecal.program.setup import PumpSetup
from thecal.pump.pump import Pump
from thecal.units import Concentration, Duration, Mass, MassRate, Volume, VolumeRate

HOUR = 3600
DAY = 86400
MONDAY = Fraction(1_772_409_600)  # 2026-03-02 00:00 on the pump clock

ROLLER = PumpSetup(
    programmable=True,
    capacity=Volume.of(40, "mL"),
    residual=Volume.of("1.4", "mL"),
    minimum_rate=VolumeRate.of("0.048", "mL/d"),
    maximum_rate=VolumeRate.of(24, "mL/d"),
    grid=DeliveryGrid(stroke=None, minimum_rate=VolumeRate.of("0.006", "mL/d")),
    tubing_volume=Volume.of("0.14", "mL"),
    bridge_tubing_volume=Volume.of("0.14", "mL"),
    catheter_volume=Volume.of("0.1672", "mL"),
    low_reservoir_alarm=Volume.of(2, "mL"),
    stopped_alarm_after=Duration.of(48, "h"),
)
"""SynchroMed II with 76 cm of catheter at 0.0022 mL/cm; the highest rate is recalled only."""

STROKES = replace(
    ROLLER,
    residual=Volume.zero(),
    minimum_rate=VolumeRate.zero(),
    maximum_rate=VolumeRate.of("28.8", "mL/d"),
    grid=DeliveryGrid(stroke=Volume.of(2, "uL"), minimum_rate=VolumeRate.of("0.01", "mL/d")),
)
"""A valve-gated pump with strokes of 2 uL."""


def mixture(**drugs: str) -> Mixture:
    """Return the mixture of such texts as `morphine="10 mg/mL"`."""
    return Mixture.of({drug: Concentration.of(*text.split(" ")) for drug, text in drugs.items()})


def milligrams(text: str) -> Mass:
    return Mass.of(text, "mg")


def hours(number: int | str) -> Duration:
    return Duration.of(number, "h")


def minutes(number: int | str) -> Duration:
    return Duration.of(number, "min")


def continuous(
    dose: str,
    primary: str = "morphine",
    *,
    bolus: PatientBolus | None = None,
    bridge: BridgeOrder | None = None,
) -> InfusionProgram:
    """Return the continuous program of such a dose as `2 mg/d`."""
    return InfusionProgram(
        Mode.CONTINUOUS,
        primary,
        MassRate.of(*dose.split(" ")),
        patient_bolus=bolus,
        bridge=bridge,
    )


class Bench:
    """One pump and the rows it delivered."""

    def __init__(self, setup: PumpSetup = ROLLER, start: Fraction = MONDAY) -> None:
        self.rows: list[Delivery] = []
        self.start = start
        self.pump = Pump.implanted(setup, start, self.rows.append)

    def wait(self, seconds: int | str | Fraction) -> None:
        """Let so many seconds pass."""
        self.pump.advance(self.pump.state.now + Fraction(seconds))

    def go_to(self, seconds: int | str | Fraction) -> None:
        """Let time pass until so many seconds after the start."""
        self.pump.advance(self.start + Fraction(seconds))

    def mass(
        self,
        drug: str,
        purpose: Purpose | None = None,
        *,
        since: Fraction | None = None,
        until: Fraction | None = None,
    ) -> Mass:
        """Return the mass at the tip from the rows, cut evenly at `since` and `until`."""
        total = Fraction(0)
        for row in self.rows:
            if purpose is None or row.purpose is purpose:
                total += row.mass_of(drug).base * share(row, since, until)
        return Mass(total)

    def volume(self, purpose: Purpose | None = None) -> Volume:
        """Return the volume at the tip from the rows."""
        return Volume(
            sum(
                (r.volume.base for r in self.rows if purpose is None or r.purpose is purpose),
                Fraction(0),
            )
        )


def share(row: Delivery, since: Fraction | None, until: Fraction | None) -> Fraction:
    """Return the part of a row that lies between two instants."""
    if row.start == row.end:
        inside = (since is None or since <= row.start) and (until is None or row.end <= until)
        return Fraction(inside)
    low = row.start if since is None else max(since, row.start)
    high = row.end if until is None else min(until, row.end)
    return max(Fraction(0), high - low) / (row.end - row.start)


def joined(rows: list[Delivery]) -> list[Delivery]:
    """Join rows that follow each other with the same purpose, mixture and rate."""
    done: list[Delivery] = []
    open_rows: dict[Purpose, int] = {}
    for row in rows:
        place = open_rows.get(row.purpose)
        if place is not None and row.start < row.end:
            last = done[place]
            if (
                last.start < last.end == row.start
                and last.mixture == row.mixture
                and last.volume.base * (row.end - row.start)
                == row.volume.base * (last.end - last.start)
            ):
                done[place] = replace(last, end=row.end, volume=last.volume + row.volume)
                continue
        open_rows[row.purpose] = len(done)
        done.append(row)
    return sorted(done, key=lambda row: (row.start, row.end, row.purpose))
