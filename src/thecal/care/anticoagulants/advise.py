"""The topic `anticoagulants` of `thecal advise`: the calendar of a pause, and what stays open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from fractions import Fraction

from thecal.care.advice import Advice, Cited, Disagreement, Listing, Reason, Weight
from thecal.care.anticoagulants.agents import ANY, HIGH, LOW, Agent, general
from thecal.care.anticoagulants.pause import Pause, Standing, pause
from thecal.care.anticoagulants.reader import AnticoagulantCase, Taken, read_anticoagulants
from thecal.data import Fact, FactValue
from thecal.safety.finding import Amount, Finding, Severity
from thecal.therapy.table import Table
from thecal.units import show, show_date, show_number, show_time

TOPIC = "anticoagulants"
CHECK = "K35"
CHECK_SOURCE = "workflow.md 4c K35, unverified (read)"
TOO_LATE, OPEN, MET, NO_HOLD = "too-late", "open", "hold-met", "no-hold-usual"


def advise(case: Table) -> Advice:
    """Return the pause of every drug of a table `[anticoagulants]`; raises `BadFileError`."""
    return advice_on(read_anticoagulants(case))


def advice_on(case: AnticoagulantCase) -> Advice:
    """Return last doses, restarts and open questions of a case."""
    pauses = tuple(_pause(case, one) for one in case.taken)
    reasons: list[Reason] = [_risk(case)]
    findings: list[Finding] = []
    for taken, one in zip(case.taken, pauses, strict=True):
        for reason, asks in _judged(case, taken, one):
            reasons.append(reason)
            if asks:
                findings.append(_asked(reason, taken))
    for reason in _not_known(case):
        reasons.append(reason)
        findings.append(_open(reason))
    findings += [_no_hold(case)] if case.taken and not case.procedure.is_high_risk else []
    verdict = _verdict(case, pauses, findings)
    return Advice(
        topic=TOPIC,
        verdict=verdict,
        summary=_summary(verdict, case),
        reasons=tuple(reasons),
        results={"procedure": case.procedure.name, "begins": show_time(case.begins)},
        listings=(_calendar(pauses),),
        disagreements=tuple(_disagreements(case, pauses)),
        findings=tuple(findings),
        not_checked=(
            "whether a pause is safe for the heart, vessels and brain: whoever prescribed it"
            " decides that",
            "other medicines that raise bleeding, herbal ones included",
        ),
    )


def _pause(case: AnticoagulantCase, taken: Taken) -> Pause:
    return pause(
        taken.agent,
        case.procedure,
        case.begins,
        ends=case.ends,
        last_dose=taken.last_dose,
        renal_impairment=case.renal_impairment,
    )


def _risk(case: AnticoagulantCase) -> Reason:
    fact = case.procedure.risk[0]
    note = f" ({fact.note})" if fact.note else ""
    text = f"{case.procedure.name}: {fact.value} risk of bleeding{note}"
    weight = Weight.CAUTION if fact.recalled else Weight.NOTE
    return Reason("risk", weight, text, (Cited(case.procedure.name, fact),))


def _judged(case: AnticoagulantCase, taken: Taken, one: Pause) -> Iterator[tuple[Reason, bool]]:
    """Yield the reasons of one drug, each with whether it asks a person."""
    agent = one.agent
    if one.standing is Standing.NO_HOLD_USUAL:
        fact = general(LOW, "decision")
        yield Reason("hold", Weight.NOTE, f"{agent.name}: no hold is usual", _cited(fact)), False
        return
    yield _hold_reason(taken, one), one.standing is not Standing.LONG_ENOUGH
    if one.rests_on_memory:
        text = (
            f"{agent.name}: the lengths are only remembered: compare them with the current"
            " guideline and with whoever prescribes it"
        )
        facts = tuple(_cite(f"{agent.name}: hold", one.hold))
        facts += tuple(_cite(f"{agent.name}: restart", one.restart))
        yield Reason("remembered", Weight.CAUTION, text, facts), True
    if one.renal_unknown:
        text = f"{agent.name}: say how the kidneys are; the longer hold is used"
        figures = tuple(Cited(fact.note, fact) for fact in agent.hold_renal)
        yield Reason("kidneys", Weight.MISSING, text, figures), False
    if agent.test is not None:
        yield from _test(case, agent, agent.test)


def _hold_reason(taken: Taken, one: Pause) -> Reason:
    agent = one.agent
    if one.hold is None:
        text = f"{agent.name}: no length is given"
        if agent.decision is None:
            return Reason("hold", Weight.MISSING, text)
        text = f"{agent.name}: {agent.decision.value}"
        return Reason("hold", Weight.MISSING, text, (Cited(agent.name, agent.decision),))
    latest = f"{agent.name}: last dose not later than {_told(one.last_dose)}"
    latest += f" ({show(one.hold.value, one.hold.unit)} before)"
    figures = (Cited(f"{agent.name}: hold", one.hold),)
    if taken.last_dose is None:
        return Reason("hold", Weight.MISSING, f"{latest}; say when it was taken last", figures)
    text = f"{latest}; it was taken on {show_time(taken.last_dose)}"
    late = one.standing is Standing.TOO_LATE
    weight = Weight.AGAINST if late else Weight.CAUTION if one.hold.recalled else Weight.FOR
    return Reason("hold", weight, f"{text}: too late" if late else text, figures)


def _test(case: AnticoagulantCase, agent: Agent, test: Fact[str]) -> Iterator[tuple[Reason, bool]]:
    limit = general(HIGH, "inr-normal").of_kind(Fraction)
    figures = (
        Cited(f"{agent.name}: besides the hold", test),
        Cited("INR taken as normal, at or below", limit),
    )
    name = f"{agent.name}: {test.value} before the procedure"
    if case.inr is None:
        yield Reason("inr", Weight.MISSING, f"{name}; it is not measured yet", figures), True
        return
    shown, edge = show_number(case.inr), show_number(limit.value)
    if case.inr <= limit.value:
        text = f"{name}: it is {shown}, at or below {edge}, a limit that is only remembered"
        yield Reason("inr", Weight.CAUTION, text, figures), False
        return
    text = f"{name}: it is {shown}, above {edge}; the limit is remembered: look again"
    yield Reason("inr", Weight.CAUTION, text, figures), True


def _asked(reason: Reason, taken: Taken) -> Finding:
    source = "; ".join(one.fact.provenance() for one in reason.figures) or CHECK_SOURCE
    return Finding(
        CHECK, Severity.SOFT, reason.text, f"{CHECK_SOURCE}; {source}", answer=taken.answer
    )


def _not_known(case: AnticoagulantCase) -> Iterator[Reason]:
    """Yield what nobody knows and a hold depends on; a procedure without a hold asks nothing."""
    if not case.procedure.is_high_risk:
        return
    for name in case.unlisted:
        text = (
            f"not checked: {name} is in no table; ask whether it raises bleeding, and whoever"
            " prescribes it how long it is paused"
        )
        yield Reason("not-in-a-table", Weight.MISSING, text)
    if case.unreconciled:
        text = f"{case.unreconciled}: ask again what is taken against clotting"
        yield Reason("list", Weight.MISSING, text)


def _open(reason: Reason) -> Finding:
    return Finding(CHECK, Severity.SOFT, reason.text, CHECK_SOURCE)


def _no_hold(case: AnticoagulantCase) -> Finding:
    fact = general(LOW, "decision")
    names = ", ".join(one.agent.name for one in case.taken)
    return Finding(
        CHECK,
        Severity.WARN,
        f"{names}: {fact.value} before a {case.procedure.name}, and a missed refill is a hazard of"
        " its own; this is only remembered: ask the team, and watch the pocket for bleeding",
        fact.provenance(),
    )


def _verdict(case: AnticoagulantCase, pauses: tuple[Pause, ...], findings: list[Finding]) -> str:
    if not case.procedure.is_high_risk:
        return NO_HOLD
    if any(one.standing is Standing.TOO_LATE for one in pauses):
        return TOO_LATE
    return OPEN if any(one.blocks for one in findings) else MET


def _summary(verdict: str, case: AnticoagulantCase) -> str:
    name = case.procedure.name
    return {
        NO_HOLD: f"{name}: no hold is usual, by memory only; the team decides",
        TOO_LATE: f"{name}: a last dose was too late; the procedure waits or a person answers",
        OPEN: f"{name}: the calendar stands, questions are open",
        MET: f"{name}: every last dose lies far enough before it",
    }[verdict]


def _calendar(pauses: tuple[Pause, ...]) -> Listing:
    columns = ("drug", "hold", "last dose not later than", "restart not before", "standing")
    return Listing("Calendar", columns, tuple(_row(one) for one in pauses))


def _row(one: Pause) -> tuple[Amount | str | None, ...]:
    hold = None if one.hold is None else Amount(one.hold.value, one.hold.unit)
    return (
        one.agent.name,
        hold,
        _told(one.last_dose) if one.last_dose is not None else None,
        _restart(one),
        f"{one.standing.value}{', unverified memory' if one.rests_on_memory else ''}",
    )


def _restart(one: Pause) -> str | None:
    if one.restart is None:
        return None
    wait = show(one.restart.value, one.restart.unit)
    if one.restart_from is None:
        return f"{wait} after the end of the procedure"
    return f"{show_time(one.restart_from)} ({wait} after the end)"


def _told(latest: date | datetime | None) -> str:
    if isinstance(latest, datetime):
        return show_time(latest)
    if latest is None:
        return "no time"
    return f"{show_date(datetime.combine(latest, time.min))}, any time of that day"


def _disagreements(case: AnticoagulantCase, pauses: tuple[Pause, ...]) -> Iterator[Disagreement]:
    if len(case.procedure.risk) > 1:
        answers = tuple(Cited(one.note or one.value, one) for one in case.procedure.risk)
        yield Disagreement(f"What risk of bleeding has a {case.procedure.name}?", answers)
    for one in pauses:
        agent = one.agent
        if one.hold is not None and agent.surgery:
            surgery = tuple(Cited(fact.note, fact) for fact in agent.surgery)
            yield Disagreement(
                f"How long is {agent.name} paused? Two tables that must not be mixed",
                (Cited("before a spinal procedure of high risk", one.hold), *surgery),
            )
            rule = replace(general(HIGH, "half-lives"), note="")
            answers = (Cited("this table", one.hold), Cited("general rule: half-lives", rule))
            yield Disagreement(f"By what is the hold of {agent.name} counted?", answers)
        for what, facts in (
            ("paused", agent.hold_renal if one.hold in agent.hold_renal else agent.hold),
            ("started again", agent.restart),
        ):
            if len(facts) > 1 and one.hold is not None:
                spread = tuple(Cited(fact.note or what, fact) for fact in facts)
                yield Disagreement(f"When is {agent.name} {what}?", spread)


def _cited(fact: Fact[FactValue]) -> tuple[Cited, ...]:
    return (Cited(f"{ANY} anticoagulant", fact),)


def _cite(what: str, fact: Fact[FactValue] | None) -> Iterator[Cited]:
    if fact is not None:
        yield Cited(what, fact)
