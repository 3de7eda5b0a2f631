"""How a patient's pump stands at a moment: the figures of the overview, folded from the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import final

from thecal.care.refill import RefillPlan, plan_after
from thecal.clinic.ledger.folding import Folded
from thecal.pharmacy import both_units
from thecal.program.clock import SECONDS_PER_DAY, Instant
from thecal.program.delivery import Purpose
from thecal.program.program import WrittenProgram
from thecal.pump.state import Activity
from thecal.report.battery import battery_rows
from thecal.report.findings import FindingGroup, finding_groups
from thecal.report.words import ACTIVITIES, PURPOSES, daily_dose, duration, solution
from thecal.safety.finding import Finding
from thecal.therapy.events import Explant, Fill, Program, Replace, Therapy
from thecal.therapy.review import TherapyReview
from thecal.therapy.simulation import Simulation
from thecal.units import HOUR, Duration, Mass, show, show_time

_FOLLOWS = "follows from the mixture"
_NONE = "none"


@final
@dataclass(frozen=True, slots=True)
class DoseRow:
    """The four numbers of one drug, each for a day, never merged."""

    drug: str
    ordered: str
    programmed: str
    achievable: str
    delivered: str


@final
@dataclass(frozen=True, slots=True)
class DateRow:
    """A date ahead: days of the calendar until then, below zero once it has passed; None: never."""

    name: str
    moment: datetime | None
    days: int | None
    why: str = ""


@final
@dataclass(frozen=True, slots=True)
class BatteryRow:
    """What comes next of the battery; `basis` are the figures behind it."""

    name: str
    when: str
    why: str
    basis: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True)
class Outlook:
    """How the pump stands at a moment.

    Attributes
    ----------
    at
        The moment; later than asked where an event was entered ahead.
    ahead
        Whether it is later than asked.
    delivered_over
        Over what time `delivered` was counted, in words; empty where it was over none.
    programmable
        Whether the pump takes a program; else it has a flow and no alarm, count or bolus.
    """

    simulation: Simulation
    at: datetime
    ahead: bool
    activity: str
    volume: str
    capacity: str
    mixture: str
    written_mixture: str
    doses: tuple[DoseRow, ...]
    delivered_over: str
    bolus: str
    dates: tuple[DateRow, ...]
    plan: RefillPlan | None
    refill_by: DateRow
    battery: tuple[BatteryRow, ...]
    programmable: bool


def outlook(folded: Folded, now: datetime) -> Outlook | None:
    """Return how a folded record's pump stands now; None before its first event."""
    therapy = folded.therapy
    if therapy is None:
        return None
    asked = therapy.instant(now)
    result = folded.simulation(asked)
    before = folded.simulation(asked - SECONDS_PER_DAY)
    assert result is not None
    assert before is not None
    end = result.end
    plan = plan_after(result)
    return Outlook(
        simulation=result,
        at=therapy.moment(end),
        ahead=end > asked,
        activity=_activity(result),
        volume=show(result.reservoir_volume, "mL"),
        capacity=show(result.model.capacity.value, "mL") if result.model.capacity else "",
        mixture=solution(result.reservoir_mixture),
        written_mixture=solution(result.reservoir_written),
        doses=_doses(result, _delivered(before, result)),
        delivered_over=_over(therapy.moment(before.end), end - before.end),
        bolus=_bolus(result.program),
        dates=_dates(result, end),
        plan=plan,
        refill_by=_date(
            result, "refill by", None if plan is None else plan.refill_by, end, _decided(plan)
        ),
        battery=tuple(_battery(*row) for row in battery_rows(result)),
        programmable=result.model.programmable,
    )


def standing_findings(therapy: Therapy, answer: TherapyReview) -> list[FindingGroup]:
    """Return the findings on the fill and the program that are in the pump now, and later ones."""
    return finding_groups(therapy, _only(answer, _current(therapy), earlier=False))


def earlier_findings(therapy: Therapy, answer: TherapyReview) -> list[FindingGroup]:
    """Return the findings on what is in the pump no more."""
    return finding_groups(therapy, _only(answer, _current(therapy), earlier=True))


def _current(therapy: Therapy) -> Callable[[Finding], bool]:
    """Return whether a finding is on what is in the pump now.

    That is the last fill and what came after it, and the program in force, which may be older: a
    fill or a program that another one followed is in the pump no more, and what a pump held that
    was taken out is in no pump any more.
    """
    begun = 0
    last: dict[type, int] = {}
    for index, event in enumerate(therapy.events):
        if isinstance(event, Explant | Replace):
            begun = index
            last.clear()
        elif isinstance(event, Fill | Program):
            last[type(event)] = index
    program = last.get(Program)
    since = last.get(Fill, begun if program is None else program)

    def current(one: Finding) -> bool:
        if one.event is None or one.event == program:
            return True
        followed = isinstance(therapy.events[one.event], Program)
        return one.event >= since and not followed

    return current


def _only(
    answer: TherapyReview, current: Callable[[Finding], bool], *, earlier: bool
) -> TherapyReview:
    chosen = tuple(one for one in answer.findings if current(one) != earlier)
    return TherapyReview(answer.verdict, chosen, answer.programs, answer.care)


def _delivered(before: Simulation, result: Simulation) -> Mapping[str, Mapping[Purpose, Mass]]:
    earlier = before.delivered_by_purpose
    return {
        drug: {
            purpose: mass - earlier.get(drug, {}).get(purpose, Mass.zero())
            for purpose, mass in by_purpose.items()
        }
        for drug, by_purpose in result.delivered_by_purpose.items()
    }


def _over(since: datetime, seconds: Fraction) -> str:
    """Return over what time it is: a day, or since the last entry, which is shorter ago."""
    if not seconds:
        return ""
    over = Duration(seconds)
    shown = show(over, "h" if over >= HOUR else "min", digits=2)
    if seconds == SECONDS_PER_DAY:
        return f"in the last {shown}"
    return f"since {show_time(since)}, {shown}"


def _doses(
    result: Simulation, delivered: Mapping[str, Mapping[Purpose, Mass]]
) -> tuple[DoseRow, ...]:
    written = result.program
    programmed = {} if written is None else written.daily_doses()
    achievable = {} if written is None else written.achievable_daily_doses()
    rows = []
    for drug in sorted({*programmed, *result.reservoir_written, *result.balance}):
        given = {purpose: mass for purpose, mass in delivered.get(drug, {}).items() if mass}
        total = Mass(sum((mass.base for mass in given.values()), Fraction(0)))
        parts = ", ".join(
            f"{PURPOSES[one]} {both_units(drug, mass)}" for one, mass in given.items()
        )
        rows.append(
            DoseRow(
                drug,
                _ordered(written, drug),
                daily_dose(drug, programmed[drug]) if drug in programmed else _NONE,
                daily_dose(drug, achievable[drug]) if drug in achievable else _NONE,
                f"{both_units(drug, total)}: {parts}" if given else _NONE,
            )
        )
    return tuple(rows)


def _ordered(written: WrittenProgram | None, drug: str) -> str:
    if written is None:
        return _NONE
    order = written.program
    if order.primary != drug or order.daily_dose is None:
        return _FOLLOWS
    text = daily_dose(drug, order.daily_dose)
    steps = len(order.steps)
    return f"{text}, and {steps} {'step' if steps == 1 else 'steps'}" if steps else text


def _bolus(written: WrittenProgram | None) -> str:
    if written is None or written.bolus is None or written.program.patient_bolus is None:
        return _NONE
    bolus, volume = written.program.patient_bolus, written.bolus.programmed
    doses = ", ".join(
        f"{drug} {both_units(drug, written.mixture.mass_of(drug, volume))}"
        for drug in written.mixture
    )
    most = "" if bolus.max_per_day is None else f", at most {bolus.max_per_day} a day"
    return f"{doses} in {duration(bolus.duration)}, lockout {duration(bolus.lockout)}{most}"


def _decided(plan: RefillPlan | None) -> str:
    if plan is None or not plan.decided_by:
        return "nothing on record limits it"
    return f"decided by the {plan.decided_by}"


def _battery(name: str, when: str, why: str) -> BatteryRow:
    first, _, rest = why.partition("\n")
    return BatteryRow(name, when, first, tuple(rest.split("\n")) if rest else ())


def _activity(result: Simulation) -> str:
    flow = result.hardware.setup.nominal_flow
    if result.model.programmable or result.activity is not Activity.RUNNING or flow is None:
        return ACTIVITIES[result.activity]
    return f"giving its constant flow, {show(flow, 'mL/d')}"


def _dates(result: Simulation, now: Instant) -> tuple[DateRow, ...]:
    ahead, count = result.outlook, "by the pump's count"
    every = "low-reservoir alarm, every allowed bolus taken"
    real = "by what is really in the reservoir"
    if not result.model.programmable:
        flow = "reckoned from what was filled and its flow; it has no alarm"
        return (_date(result, "empty at its constant flow", ahead.empty, now, flow),)
    return (
        _date(result, "low-reservoir alarm, no bolus taken", ahead.low_reservoir, now, count),
        _date(result, every, ahead.low_reservoir_all_boluses, now, count),
        _date(result, "empty, no bolus taken", ahead.empty, now, real),
    )


def _date(
    result: Simulation, name: str, instant: Instant | None, now: Instant, why: str
) -> DateRow:
    if instant is None:
        return DateRow(name, None, None, why)
    at, today = result.therapy.moment(instant), result.therapy.moment(now).date()
    days = (at.date() - today).days
    return DateRow(name, at, days if instant >= now else min(days, -1), why)
