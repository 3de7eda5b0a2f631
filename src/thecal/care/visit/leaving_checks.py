"""Steps 13 to 15: K23 the balance, K11 and K29 the watch, K12 the next visit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from thecal.care.appointments.booking import too_late
from thecal.care.interactions.rules import rule as interaction_rule
from thecal.care.spans import span
from thecal.care.visit.arrival import Consciousness, Gait
from thecal.care.visit.knowledge import Knowledge
from thecal.care.visit.leaving import Observation, Waste
from thecal.care.visit.rules import RULES
from thecal.care.visit.visit import Visit
from thecal.data import Fact
from thecal.pharmacy import DRUG_FREE, Mixture, both_units, drug
from thecal.safety.finding import Amount, Finding, Severity
from thecal.units import Duration, Volume, show

_BALANCE = "workflow.md 4c K23"
_UNSEEN = "no witness has signed for the waste"


def check_balance(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Account for every millilitre of the new solution and of the old one (K23)."""
    waste = visit.waste
    if waste is None:
        if any(one.step == "waste" for one in visit.skipped):
            yield Finding(
                check="K23",
                severity=Severity.WARN,
                message="the drug of this visit is not accounted for yet",
                source=_BALANCE,
                follow_up="account for the drug of this visit, with a witness",
            )
        return
    new, old = _solutions(visit, knowledge)
    controlled = controlled_drugs(visit, knowledge)
    differences = [
        *((what, volume, new) for what, volume in _of_the_new(visit, waste)),
        *((what, volume, old) for what, volume in _of_the_old(visit, waste)),
    ]
    for what, missing, mixture in differences:
        counted = any(one in knowledge.controlled for one in mixture)
        yield Finding(
            check="K23",
            severity=Severity.SOFT if counted else Severity.WARN,
            message=f"{what}{_masses(mixture, missing)}: find it, or record what became of it",
            source=_tolerance().provenance(),
            value=Amount(abs(missing), "mL"),
            limit=Amount(_tolerance().value, "mL"),
            follow_up=f"{what}: close the balance",
        )
    if controlled and waste.witness in (None, visit.operator):
        yield Finding(
            check="K23",
            severity=Severity.SOFT,
            message=(
                f"{_UNSEEN} of {', '.join(controlled)} yet: whoever saw it signs, in a login of"
                " their own"
            ),
            source=_BALANCE,
        )


def is_unseen_waste(finding: Finding) -> bool:
    """Whether a finding asks for the signature of a witness; the account itself may be right."""
    return finding.check == "K23" and finding.message.startswith(_UNSEEN)


def controlled_drugs(visit: Visit, knowledge: Knowledge) -> tuple[str, ...]:
    """Return the drugs of both solutions whose waste somebody else has to see."""
    new, old = _solutions(visit, knowledge)
    return tuple(one for one in sorted({*new, *old}) if one in knowledge.controlled)


def _solutions(visit: Visit, knowledge: Knowledge) -> tuple[Mixture, Mixture]:
    new = DRUG_FREE if visit.verify is None else visit.verify.label
    return new, knowledge.pump.last_fill or DRUG_FREE


def _tolerance() -> Fact[Volume]:
    return RULES.get("K23", "tolerance", Volume)


def new_solution_apart(waste: Waste) -> Iterator[tuple[str, Volume]]:
    """Yield what was received and went nowhere, or went and was not received; nothing: neither."""
    missing = waste.received - waste.injected - waste.wasted - waste.returned
    if abs(missing) > _tolerance().value:
        too_much = missing < Volume.zero()
        yield (
            f"new solution: {show(abs(missing), 'mL')} {'too much' if too_much else 'missing'}:"
            f" {show(waste.received, 'mL')} received, but {show(waste.injected, 'mL')} injected +"
            f" {show(waste.wasted, 'mL')} destroyed + {show(waste.returned, 'mL')} given back ="
            f" {show(waste.received - missing, 'mL')}",
            missing,
        )


def _of_the_new(visit: Visit, waste: Waste) -> Iterator[tuple[str, Volume]]:
    """Yield what does not add up of the new solution, in words and as a volume."""
    yield from new_solution_apart(waste)
    if visit.program is not None:
        apart = waste.injected - visit.program.first
        if abs(apart) > _tolerance().value:
            yield (
                f"new solution: {show(waste.injected, 'mL')} injected, but"
                f" {show(visit.program.first, 'mL')} entered as injected before",
                apart,
            )


def _of_the_old(visit: Visit, waste: Waste) -> Iterator[tuple[str, Volume]]:
    """Yield what was drawn of the old solution and not destroyed, or the other way round."""
    if visit.aspirate is not None:
        apart = visit.aspirate.volume - waste.old_wasted
        if abs(apart) > _tolerance().value:
            yield (
                f"old solution: {show(visit.aspirate.volume, 'mL')} drawn out of the pump, but"
                f" {show(waste.old_wasted, 'mL')} destroyed",
                apart,
            )


def _masses(mixture: Mixture, volume: Volume) -> str:
    told = ", ".join(f"{both_units(d, mixture.mass_of(d, abs(volume)))} of {d}" for d in mixture)
    return f" ({told})" if told else ""


def watch_after(mixture: Mixture) -> Fact[Duration]:
    """Return how long a patient is watched after a fill: the longest that a drug of it wants."""
    found = [RULES.get("K11", "watch-any", Duration)]
    for name in mixture:
        parameter = f"watch-{drug(name).drug_class}"
        if RULES.has("K11", parameter):
            found.append(RULES.get("K11", parameter, Duration))
    return max(reversed(found), key=lambda fact: fact.value.base)


def watch_left(observation: Observation, mixture: Mixture, now: datetime) -> timedelta:
    """Return how much of the watch is left at `now`; nothing where it is over."""
    end = observation.started + span(watch_after(mixture).value)
    return max(timedelta(), end - (observation.ended or now))


def check_watch(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Ask about a release before the time, a patient who is worse, documents given early (K11)."""
    watch = visit.observe
    if watch is None or visit.verify is None:
        return
    wanted = watch_after(visit.verify.label)
    until = watch.started + span(wanted.value)
    if watch.ended is not None and watch.ended < until:
        yield _watch_finding(
            Severity.SOFT,
            f"released after {_minutes(watch.ended - watch.started)} of"
            f" {show(wanted.value, 'min')}",
            wanted,
        )
    handed = None if visit.leave is None else visit.leave.given_at
    if handed is not None and handed < until:
        yield _watch_finding(
            Severity.WARN,
            f"documents handed over {_minutes(handed - watch.started)} after the fill,"
            f" {show(wanted.value, 'min')} are watched",
            wanted,
        )
    for worse in _worse(visit, watch):
        yield _watch_finding(Severity.SOFT, worse, wanted)
    if watch.ended is not None and watch.escort is None:
        yield Finding(
            check="K11",
            severity=Severity.WARN,
            message="the patient goes home alone: name an escort, or say why none is needed",
            source="workflow.md 2.R step 14",
        )
    yield from _start_watch(watch, knowledge)


def _watch_finding(severity: Severity, what: str, wanted: Fact[Duration]) -> Finding:
    return Finding(
        check="K11",
        severity=severity,
        message=f"{what}: drug beside the pump shows late; keep the patient, or call",
        source=wanted.provenance(),
        follow_up=f"{what}: call the patient today, again tomorrow",
    )


def _worse(visit: Visit, watch: Observation) -> Iterator[str]:
    if visit.vitals is None:
        return
    scales = (
        ("consciousness", visit.vitals.consciousness, watch.consciousness, tuple(Consciousness)),
        ("gait", visit.vitals.gait, watch.gait, tuple(Gait)),
    )
    for name, before, after, order in scales:
        if after is None:
            if watch.ended is not None:
                yield f"{name} was not looked at again"
        elif order.index(after) > order.index(before):
            yield f"{name} is worse than before the fill: {after}, it was {before}"


def _minutes(span: timedelta) -> str:
    return f"{int(span.total_seconds()) // 60} min"


def _start_watch(watch: Observation, knowledge: Knowledge) -> Iterator[Finding]:
    """Ask for the long watch after a start or restart (K29)."""
    if knowledge.starts is None:
        return
    wanted = interaction_rule("monitoring", "depressant-at-start", Duration)
    until = watch.watched_until
    if until is not None and until - watch.started >= span(wanted.value):
        return
    yield Finding(
        check="K29",
        severity=Severity.SOFT,
        message=(
            f"a {knowledge.starts} is watched for {show(wanted.value, 'h')};"
            f" {'no watch is arranged' if until is None else 'the watch arranged is shorter'}"
        ),
        source=wanted.provenance(),
        follow_up=f"watch the patient for {show(wanted.value, 'h')} after the {knowledge.starts}",
    )


def check_next_visit(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Refuse a next visit after the refill-by time, and say the latest one (K12)."""
    if visit.leave is not None:
        by, latest = knowledge.refill_by_decided_by, knowledge.refill_by
        here = None if latest is None else latest.astimezone(knowledge.now.tzinfo)
        yield from too_late(visit.leave.next_visit, visit.leave.visit_at, here, by)
