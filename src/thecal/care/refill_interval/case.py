"""The case of the topic `refill-interval`: one pump with what is in it, and how long that lasts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import final

from thecal.care.refill_interval.interval import Interval, interval
from thecal.care.titration.reader import take_drug
from thecal.device import PumpModel, pump_model, pump_models
from thecal.errors import EntryError
from thecal.pharmacy import Stability, shortest_stability
from thecal.safety.rules import window_before_alarm
from thecal.therapy.table import Table
from thecal.units import Concentration, Duration, MassRate, Volume, VolumeRate


@final
@dataclass(frozen=True, slots=True)
class IntervalCase:
    """One pump with what is in it.

    Attributes
    ----------
    alarm
        Alarm volume; None: the model's own.
    window
        Time before the alarm; None: the clinic's default.
    planned
        An interval that somebody has in mind.
    implanted, today
        For the replacement; None where left out.
    first_fill, diluted
        Whether the pump is new, and whether the solution was diluted; None: not known, and then
        the shortest answer on how long it keeps counts.
    """

    drug: str
    dose: MassRate
    concentration: Concentration
    filled: Volume
    pump: str
    alarm: Volume | None = None
    window: Duration | None = None
    planned: Duration | None = None
    implanted: date | None = None
    today: date | None = None
    first_fill: bool | None = None
    diluted: bool | None = None

    @property
    def model(self) -> PumpModel:
        """The pump's model."""
        return pump_model(self.pump)

    @property
    def keeps(self) -> Stability | None:
        """How long the drug alone keeps in this pump; None where no figure is on record."""
        first = (True, False) if self.first_fill is None else (self.first_fill,)
        found = [
            shortest_stability([self.drug], first_fill=one, diluted=self.diluted, pump=self.pump)
            for one in first
        ]
        return min(
            (one for one in found if one is not None),
            key=lambda one: one.fact.value,
            default=None,
        )


def read_interval(case: Table) -> IntervalCase:
    """Return the case; raises `BadFileError` naming the key that cannot be read."""
    found = IntervalCase(
        drug=take_drug(case),
        dose=case.take_quantity("dose", MassRate),
        concentration=case.take_quantity("concentration", Concentration),
        filled=case.take_quantity("filled", Volume),
        pump=case.take_choice("pump", [one.id for one in pump_models()]),
        alarm=case.optional("alarm_volume", lambda key: case.take_quantity(key, Volume)),
        window=case.optional("window", lambda key: case.take_quantity(key, Duration)),
        planned=case.optional("planned", lambda key: case.take_quantity(key, Duration)),
        implanted=case.optional("implanted", case.take_date),
        today=case.optional("today", case.take_date),
        first_fill=case.optional("first_fill", case.take_flag),
        diluted=case.optional("diluted", case.take_flag),
    )
    case.finish()
    if (found.implanted is None) != (found.today is None):
        raise case.error("implanted and today belong together", "give both or neither")
    if found.implanted is not None and found.today is not None and found.today < found.implanted:
        raise case.error("today is before the implant", "correct one of the two", "implanted")
    return found


def intervals(case: IntervalCase) -> Interval:
    """Return the interval of a case; raises `EntryError` if no alarm volume is known."""
    longest, keeps = case.model.maximum_refill_interval, case.keeps
    return interval(
        case.filled,
        alarm_volume(case),
        daily_volume(case),
        window(case),
        longest=None if longest is None else longest.value,
        kept=None if keeps is None else keeps.fact.value,
    )


def daily_volume(case: IntervalCase) -> VolumeRate:
    """Return the volume a day: of the pump where its flow is fixed, else of dose and strength."""
    fixed = case.model.nominal_flow
    if not case.model.programmable and fixed is not None:
        return fixed.value
    return case.dose / case.concentration


def alarm_volume(case: IntervalCase) -> Volume:
    """Return the alarm volume; raises `EntryError` where neither case nor model has one."""
    known = case.model.low_reservoir_alarm
    if case.alarm is not None:
        return case.alarm
    if known is None:
        raise EntryError(f"{case.pump} has no alarm volume on record", remedy="give alarm_volume")
    return known.value


def window(case: IntervalCase) -> Duration:
    """Return the time before the alarm: of the case, else as checks have it."""
    return case.window or window_before_alarm(case.model).value
