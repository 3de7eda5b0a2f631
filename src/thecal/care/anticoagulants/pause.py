"""The pause of one agent around one procedure: last dose, restart, and how the entry stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import final

from thecal.care.anticoagulants.agents import Agent, Procedure
from thecal.data import Fact
from thecal.units import Duration

DAYS = "d"


@final
class Standing(StrEnum):
    """How a pause stands."""

    LONG_ENOUGH = "long enough"
    TOO_LATE = "too late"
    LAST_DOSE_UNKNOWN = "last dose unknown"
    NO_LENGTH = "no length is given"
    NO_HOLD_USUAL = "no hold usual"


@final
@dataclass(frozen=True, slots=True)
class Pause:
    """One agent around one procedure.

    Attributes
    ----------
    hold
        The length in use; None where none is given or none is usual.
    last_day, last_time
        Not later than this the last dose: a day (any time of it) where the length is in days, else
        a time; both None where there is no length.
    restart
        The wait in use; None where no hold is usual.
    restart_from
        Not before this the next dose; None where the end of the procedure is not known.
    renal_unknown
        Whether the length depends on the kidneys and nobody said how they are: the longer is used.
    standing
        How the last dose stands against it.
    """

    agent: Agent
    hold: Fact[Duration] | None
    last_day: date | None
    last_time: datetime | None
    restart: Fact[Duration] | None
    restart_from: datetime | None
    renal_unknown: bool
    standing: Standing

    @property
    def rests_on_memory(self) -> bool:
        """Whether a length in use is only recalled, so that it asks and does not decide."""
        return any(one is not None and one.recalled for one in (self.hold, self.restart))

    @property
    def last_dose(self) -> date | datetime | None:
        """The latest last dose: a day, a time, or None."""
        return self.last_day if self.last_time is None else self.last_time


def pause(
    agent: Agent,
    procedure: Procedure,
    begins: datetime,
    *,
    ends: datetime | None = None,
    last_dose: datetime | None = None,
    renal_impairment: bool | None = None,
) -> Pause:
    """Return the pause of an agent around a procedure, from the procedure's own times.

    Parameters
    ----------
    begins, ends
        Of the procedure; `ends` None where it is not known yet, then no restart time is named.
    last_dose
        When it was taken last; None where nobody knows.
    renal_impairment
        None where it is not known; the longer hold is then in use.

    Notes
    -----
    Holds in days are counted as calendar days before the day of the procedure (day D: warfarin
    last on D-5 or earlier, facts pharmacology.md T33), holds in hours from its beginning.
    """
    if not procedure.is_high_risk:
        return Pause(agent, None, None, None, None, None, False, Standing.NO_HOLD_USUAL)
    renal = bool(agent.hold_renal) and renal_impairment is not False
    answers = agent.hold_renal if renal else agent.hold
    hold = answers[0] if answers else None
    restart = agent.restart[0] if agent.restart else None
    last_day, last_time = _latest(hold, begins)
    return Pause(
        agent=agent,
        hold=hold,
        last_day=last_day,
        last_time=last_time,
        restart=restart,
        restart_from=None if restart is None or ends is None else ends + _elapsed(restart.value),
        renal_unknown=bool(agent.hold_renal) and renal_impairment is None,
        standing=_standing(hold, last_day, last_time, last_dose),
    )


def _latest(hold: Fact[Duration] | None, begins: datetime) -> tuple[date | None, datetime | None]:
    if hold is None:
        return None, None
    latest = begins - _elapsed(hold.value)
    return (latest.date(), None) if hold.unit == DAYS else (None, latest)


def _standing(
    hold: Fact[Duration] | None,
    last_day: date | None,
    last_time: datetime | None,
    last_dose: datetime | None,
) -> Standing:
    if hold is None:
        return Standing.NO_LENGTH
    if last_dose is None:
        return Standing.LAST_DOSE_UNKNOWN
    late = (last_time is not None and last_dose > last_time) or (
        last_day is not None and last_dose.date() > last_day
    )
    return Standing.TOO_LATE if late else Standing.LONG_ENOUGH


def _elapsed(duration: Duration) -> timedelta:
    """Return a duration of the table, whole seconds all of them, for calendar arithmetic."""
    return timedelta(seconds=int(duration.base))
