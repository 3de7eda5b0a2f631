"""The topic `weaning` of `thecal advise`: calendar, end, watch for withdrawal, pause."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.care.advice import Advice, Disagreement, Listing, Reason, Weight
from thecal.care.conversion.regimen import TRANSDERMAL, OpioidLine
from thecal.care.derivation import Value, warn
from thecal.care.document import Document
from thecal.care.weaning.calendar import day_calendar, week_calendar
from thecal.care.weaning.case import DAYS, HALF, PACES, STOP, WeaningCase, read_case
from thecal.care.weaning.figures import cited, figure
from thecal.care.weaning.plan_document import weaning_plan
from thecal.care.weaning.steps import steps_of
from thecal.care.weaning.taper import (
    ONE_AT_A_TIME,
    Plan,
    Step,
    last_day,
)
from thecal.care.weaning.withdrawal import withdrawal_band
from thecal.errors import BadFileError, CannotComputeError
from thecal.safety.finding import Finding, Severity
from thecal.therapy.table import Table
from thecal.units import Duration, show, show_date, show_number, show_percent

TOPIC = "weaning"
PLANNED, PAUSE, OPEN_END = "planned", "pause", "open-end"


def advise(case: Table) -> Advice:
    """Return the calendar for a table `[weaning]`.

    Raises
    ------
    BadFileError
        If the table cannot be read, or the taper it asks for would never end.
    """
    try:
        return advice_on(read_case(case))
    except CannotComputeError as error:
        raise BadFileError(
            error.what, why=error.why, remedy=error.remedy, place=case.place
        ) from None


def documents(case: Table) -> tuple[Document, ...]:
    """Return the plan for the patient of a table `[weaning]`; raises `BadFileError`."""
    return (weaning_plan(read_case(case)),)


def advice_on(case: WeaningCase) -> Advice:
    """Return the calendar of a case with what to watch."""
    steps = steps_of(case)
    end = last_day(steps)
    held = case.held
    verdict = PAUSE if held else PLANNED if end is not None else OPEN_END
    results: dict[str, Value] = {
        "pace": case.pace,
        "starts": show_date(steps[0].day),
        "ends": None if end is None else show_date(end),
        "reductions": str(len(steps)),
        "withdrawal": None if case.cows is None else withdrawal_band(case.cows),
    }
    listings: tuple[Listing, ...] = (week_calendar(steps),)
    if case.calendar == DAYS:
        listings += (day_calendar(case.lines, case.start, steps),)
    return Advice(
        topic=TOPIC,
        verdict=verdict,
        summary=_summary(case, steps, held),
        reasons=tuple(_reasons(case, held)),
        results=results,
        listings=listings,
        disagreements=_disagreements(case),
        findings=tuple(_findings(case, steps)),
        not_checked=tuple(_not_checked(case)),
    )


def _summary(case: WeaningCase, steps: tuple[Step, ...], held: bool) -> str:
    end = last_day(steps)
    finish = "no end is planned" if end is None else f"nothing is left from {show_date(end)}"
    if held:
        return f"hold the dose; the next reduction is on {show_date(steps[0].day)}, {finish}"
    return f"first reduction on {show_date(steps[0].day)}; {finish}"


def _reasons(case: WeaningCase, held: bool) -> Iterator[Reason]:
    if held:
        yield Reason(
            "pause",
            Weight.AGAINST,
            f"COWS {case.cows}, {withdrawal_band(case.cows or 0)}: no further reduction until the"
            " next interval and a lower score",
            cited("cows", "pause-from", "moderate-from"),
        )
    if case.pace in PACES:
        part = show_percent(figure("pace", case.pace, Fraction).value, signed=False)
        base = case.plan.of if case.plan is not None else ""
        yield Reason(
            "pace",
            Weight.NOTE,
            f"{part} of the {base} dose every week",
            cited("pace", case.pace, "interval"),
        )
    if case.pace == HALF:
        yield Reason("half-kept", Weight.NOTE, "half is kept", cited("half-kept", "part"))
    if case.plan is not None and case.plan.order == ONE_AT_A_TIME:
        yield Reason(
            "order", Weight.NOTE, "each drug to its end first", cited("order", ONE_AT_A_TIME)
        )
    yield Reason(
        "rounding",
        Weight.NOTE,
        "only whole pieces of the strengths named, never more than wanted; both doses stand beside"
        " each other",
    )
    yield Reason(
        "watch",
        Weight.CAUTION,
        f"score withdrawal (COWS) {_hours('from')} to {_hours('until')} after each change; hold"
        f" the dose at {show_number(figure('cows', 'pause-from', Fraction).value)} or above",
        cited("watch", "from", "until") + cited("cows", "pause-from"),
    )
    yield Reason("goal", Weight.NOTE, f"aim, {case.setting}", cited("goal", case.setting))


def _hours(parameter: str) -> str:
    return show(figure("watch", parameter, Duration).value, "h")


def _disagreements(case: WeaningCase) -> tuple[Disagreement, ...]:
    chosen = case.pace if case.pace in PACES else None
    order = sorted(PACES, key=lambda one: one != chosen)
    found = [Disagreement("How fast?", cited("pace", *order), used=chosen is not None)]
    if case.setting == "cancer":
        answers = cited("goal", "cancer")
        if case.pace == HALF:
            answers = answers[::-1]
        found.append(
            Disagreement(
                "What happens to the other opioids when the pump starts?",
                answers,
                used=case.pace in (STOP, HALF),
            )
        )
    return tuple(found)


def _findings(case: WeaningCase, steps: tuple[Step, ...]) -> Iterator[Finding]:
    if case.pace in (STOP, HALF):
        goal = cited("goal", "cancer")[0 if case.pace == STOP else 1].fact
        if case.setting != "cancer":
            yield _asks(f"{case.pace} is on record for cancer pain only", goal.provenance())
        if case.pump_running is not True:
            yield _asks(
                f"{case.pace} presumes that intrathecal therapy runs; the case does not say so",
                goal.provenance(),
            )
    for line in case.lines:
        if case.plan is not None:
            yield from _steep(line, tuple(one for one in steps if one.line is line))
        if case.plan is not None and line.worn is not None and _between(case.plan, line.worn):
            yield warn(
                "K4",
                f"{line.name}: changes fall between two patches; move them to a patch day",
                "the wearing time that was typed",
            )


def _steep(line: OpioidLine, steps: tuple[Step, ...]) -> Iterator[Finding]:
    """Yield that pieces make a step steeper than any rate on record; an early end asks."""
    fastest = figure("pace", "fast-high", Fraction)
    shown = show_percent(fastest.value, signed=False)
    worst = max((one.fall for one in steps if one.given.dose), default=Fraction(0))
    if worst > fastest.value:
        yield warn(
            "K4",
            f"{line.name}: one step, rounded down to the strengths, is a fall of"
            f" {show_percent(worst, signed=False)} of what was given before, more than the"
            f" fastest rate on record ({shown}): smaller strengths or smaller parts soften it",
            fastest.provenance(),
        )
    before = line.daily
    for one in steps:
        if one.wanted and not one.given.dose and before > line.daily.scaled(fastest.value):
            part = show_percent(before.ratio(line.daily), signed=False)
            yield _asks(
                f"{line.name}: on {show_date(one.day)} the strengths leave nothing of what is"
                f" wanted: {part} of the first dose stops at once, more than the fastest rate on"
                f" record ({shown}); smaller strengths are needed",
                fastest.provenance(),
            )
        before = one.given.dose


def _between(plan: Plan, worn: Duration) -> bool:
    return Duration.of(plan.days, "d").ratio(worn).denominator != 1


def _asks(message: str, source: str) -> Finding:
    return Finding("K4", Severity.SOFT, message, source)


def _not_checked(case: WeaningCase) -> Iterator[str]:
    if case.cows is None:
        yield "withdrawal now: no COWS score was given"
    if case.pump_running is None:
        yield "whether intrathecal therapy runs"
    if case.plan is not None and any(
        line.route == TRANSDERMAL and line.worn is None for line in case.lines
    ):
        yield "whether changes of a patch fall on a patch day: how long one is worn was left out"
    if case.pace == HALF:
        yield "how the kept half is weaned: no source on record gives a rate"
    yield "how pieces are spread over the day, and which may be split: as prescribed"
