"""What the review says of a draft: the same review as that of an exported file, read for a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import final

from thecal.care.visit.rules import RULES
from thecal.pharmacy import both_units, drug
from thecal.program.program import WrittenProgram
from thecal.safety.finding import Answer, Finding, Severity, Verdict, verdict_of
from thecal.therapy.events import Event, Override, Therapy
from thecal.therapy.review import ProgramReview, review_therapy
from thecal.therapy.simulation import Simulation, simulate
from thecal.units import Mass, show_number, show_percent

_GRAVE = tuple(Severity)


@final
@dataclass(frozen=True, slots=True)
class DoseRow:
    """The day's total of one drug: before, after, and the most that can leave the tip.

    Attributes
    ----------
    times
        The new total over the old one; None where there was none.
    """

    drug: str
    old: str
    new: str
    percent: str
    worst: str
    worst_hour: str
    times: Fraction | None

    @property
    def words(self) -> str:
        """The change in words, for the confirmation (N11)."""
        if self.times is None:
            return f"{self.drug}: {self.new} each day, where there was none before"
        if self.times == 1:
            return f"{self.drug}: {self.new} each day, as before"
        return (
            f"{self.drug}: {self.new} each day in place of {self.old},"
            f" {show_number(self.times, digits=3)} times the dose of before ({self.percent})"
        )


@final
@dataclass(frozen=True, slots=True)
class Judged:
    """A draft, reviewed as if it were written now.

    Attributes
    ----------
    findings
        On the draft and on the whole therapy with it, the gravest first.
    after
        How the pump stands right after it, with its dates; None where it gives no program.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    doses: tuple[DoseRow, ...]
    program: ProgramReview | None
    after: Simulation | None

    @property
    def asks(self) -> tuple[Finding, ...]:
        """The findings that a reason may answer, one of each check."""
        soft = [one for one in self.findings if one.severity is Severity.SOFT]
        return tuple({one.check: one for one in reversed(soft)}.values())[::-1]


def judge(therapy: Therapy, event: Event, overrides: tuple[Override, ...] = ()) -> Judged:
    """Review an event that follows all others of a therapy; raises what the review raises."""
    ordered = replace(event, override=overrides)
    whole = replace(therapy, events=(*therapy.events, ordered))
    index = len(whole.events) - 1
    review = review_therapy(whole)
    findings = tuple(
        sorted(
            (one for one in review.findings if one.event in (None, index)),
            key=lambda one: _GRAVE.index(one.severity),
        )
    )
    program = next((one for one in review.programs if one.event == index), None)
    return Judged(
        verdict=verdict_of(findings),
        findings=findings,
        doses=() if program is None else tuple(_rows(program)),
        program=program,
        after=simulate(whole, length_needed=False),
    )


def with_findings(judged: Judged, more: Sequence[Finding]) -> Judged:
    """Return a verdict with findings that the review cannot know: of what is taken beside."""
    findings = tuple(sorted((*judged.findings, *more), key=lambda one: _GRAVE.index(one.severity)))
    return replace(judged, findings=findings, verdict=verdict_of(findings))


def answered(findings: Sequence[Finding], overrides: Sequence[Override]) -> tuple[Finding, ...]:
    """Return findings with the reasons that were given; one that has an answer keeps it."""
    reasons = {one.check: Answer(one.reason, one.by) for one in overrides}
    return tuple(
        replace(one, answer=one.answer or reasons.get(one.check))
        if one.severity is Severity.SOFT
        else one
        for one in findings
    )


def _rows(program: ProgramReview) -> Iterator[DoseRow]:
    for name in sorted({*program.daily_doses, *program.before}):
        new = program.daily_doses.get(name, Mass.zero())
        old = program.before.get(name, Mass.zero())
        times = new.ratio(old) if old else None
        yield DoseRow(
            drug=name,
            old=both_units(name, old) if old else "none",
            new=both_units(name, new),
            percent="" if times is None else show_percent(times - 1),
            worst=both_units(name, program.worst_case_24h.get(name, Mass.zero())),
            worst_hour=both_units(name, program.worst_case_1h.get(name, Mass.zero())),
            times=times,
        )


def why_second_person(old: WrittenProgram | None, new: WrittenProgram) -> tuple[str, ...]:
    """Return why a second person checks a program; empty where no rule asks for one (K8).

    A program that stops the pump, runs at minimum or only lowers never waits for anybody.
    """
    if not new.program.is_therapy or (old is not None and lowers_only(old, new)):
        return ()
    reasons = []
    if old is None or old.mixture != new.mixture:
        reasons.append("the solution is another")
    if old is None or old.program.mode is not new.program.mode:
        reasons.append("the mode is another")
    if old is not None and old.program.primary != new.program.primary:
        reasons.append("the primary drug is another")
    classes = {fact.value for fact in RULES.every("K8", "high-risk-class")}
    reasons += [
        f"{name} is a drug of high risk" for name in new.mixture if drug(name).drug_class in classes
    ]
    return tuple(reasons)


def lowers_only(old: WrittenProgram, new: WrittenProgram) -> bool:
    """Return whether nothing about a program gives more than the old one did, at any time."""
    if old.mixture != new.mixture or new.program.bridge is not None:
        return False
    before, after = old.daily_doses(), new.daily_doses()
    if any(mass > before[name] for name, mass in after.items()):
        return False
    return new.largest_rate() <= old.largest_rate() and not _more_bolus(old, new)


def _more_bolus(old: WrittenProgram, new: WrittenProgram) -> bool:
    first, second = old.program.patient_bolus, new.program.patient_bolus
    if second is None:
        return False
    if first is None or second.dose > first.dose:
        return True
    return new.boluses_per_day() > old.boluses_per_day()
