"""One pump for the evidence: filled, running for hours, and asked what flows and what sounded."""

from __future__ import annotations

from fractions import Fraction

from thecal.device import PumpKind
from thecal.pharmacy import Mixture, drug
from thecal.program.delivery import Delivery, Purpose
from thecal.program.program import InfusionProgram, Mode
from thecal.program.quantise import DeliveryGrid
from thecal.program.setup import PumpSetup
from thecal.pump.pump import Pump
from thecal.units import (
    Concentration,
    Duration,
    Mass,
    MassRate,
    Volume,
    VolumePerLength,
    VolumeRate,
)

HOUR = Fraction(3600)
DAY = 24 * HOUR
MONDAY = Fraction(1_772_409_600)
DRUG_OF_CLASS = {
    "opioid": "morphine",
    "local-anaesthetic": "bupivacaine",
    "calcium-channel-blocker": "ziconotide",
    "alpha-2-agonist": "clonidine",
    "gaba-b-agonist": "baclofen",
}
LEAST = VolumeRate.of("0.006", "mL/d")
DAILY = Volume.of("0.2", "mL")


def setup_of(kind: PumpKind) -> PumpSetup:
    """Return a pump of 40 mL; a valve-gated one gives strokes of 2 uL, an external one watches."""
    return PumpSetup(
        programmable=True,
        capacity=Volume.of(40, "mL"),
        residual=Volume.of("1.4", "mL"),
        minimum_rate=VolumeRate.of("0.048", "mL/d"),
        maximum_rate=VolumeRate.of(24, "mL/d"),
        grid=DeliveryGrid(
            stroke=Volume.of(2, "uL") if kind == "valve-gated" else None, minimum_rate=LEAST
        ),
        tubing_volume=Volume.of("0.14", "mL"),
        bridge_tubing_volume=Volume.of("0.14", "mL"),
        catheter_volume=Volume.of("0.1672", "mL"),
        low_reservoir_alarm=Volume.of(2, "mL"),
        stopped_alarm_after=Duration.of(48, "h"),
        catheter_volume_per_length=VolumePerLength.of("0.0022", "mL/cm"),
        occlusion_volume=Volume.of("0.25", "mL") if kind == "external" else None,
        air_volume=Volume.of("0.2", "mL") if kind == "external" else None,
        kind=kind,
    )


class Running:
    """A pump that was filled on Monday and has run for a day."""

    def __init__(self, drug_class: str = "opioid", kind: PumpKind = "roller") -> None:
        self.rows: list[Delivery] = []
        self.setup = setup_of(kind)
        self.pump = Pump.implanted(self.setup, MONDAY, self.rows.append)
        self.drug = DRUG_OF_CLASS[drug_class]
        assert drug(self.drug).drug_class == drug_class
        self.mixture = Mixture.of({self.drug: Concentration.of(1, "mg/mL")})
        self.pump.fill(Volume.of(30, "mL"), self.mixture)
        self.program = InfusionProgram(
            Mode.CONTINUOUS,
            self.drug,
            MassRate((DAILY.base * self.mixture[self.drug].base) / DAY),
        )
        self.pump.write(self.program)
        self.wait(DAY)
        self.since = self.pump.state.now

    def wait(self, seconds: Fraction) -> None:
        """Let time pass."""
        self.pump.advance(self.pump.state.now + seconds)

    def alarms(self) -> list[tuple[str, Fraction]]:
        """Return the alarms since the pump was handed over, with seconds since then."""
        return [
            (alarm.kind.value, alarm.time - self.since)
            for alarm in self.pump.state.alarms
            if alarm.time >= self.since
        ]

    def flow_now(self) -> VolumeRate:
        """Return what leaves the tip in the next hour, as a rate."""
        begun = len(self.rows)
        self.wait(HOUR)
        moved = sum((row.volume.base for row in self.rows[begun:]), Fraction(0))
        return VolumeRate(moved / HOUR)

    def books_balance(self) -> bool:
        """Whether filled equals what is somewhere, for the drug, exactly."""
        state = self.pump.state
        account = state.account
        inside = state.solution.actual.mass_of(self.drug, Volume(state.physical))
        somewhere = (
            inside
            + state.line.mass().get(self.drug, Mass.zero())
            + account.delivered(self.drug)
            + account.left_otherwise(self.drug)
        )
        missing = account.unaccounted.get(self.drug, Fraction(0))
        return somewhere.base + missing == account.filled[self.drug]

    def fault_volume(self) -> Volume:
        """Return what faults pushed out at the tip."""
        return Volume(
            sum((r.volume.base for r in self.rows if r.purpose is Purpose.FAULT), Fraction(0))
        )
