"""K27, K32, D18: absolute limits by drug, population and class, with every bolus taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from thecal.pharmacy import Limit, ceiling, drug, limits
from thecal.program.program import PatientBolus, WrittenProgram
from thecal.safety.doses import amount, comparator, scheduled, shown
from thecal.safety.finding import Amount, Finding, Severity
from thecal.safety.rules import hard_unless_recalled
from thecal.safety.situation import BolusOrder, FillOrder, ProgramOrder, Situation
from thecal.units import Mass, show, show_number, show_percent

_NOT_FOR_PATIENT_BOLUS = ("baclofen", "ziconotide")


def check_daily_limits(situation: Situation) -> Iterator[Finding]:
    """Hold each drug's day, and each opioid's share together, against label, consensus, ceiling."""
    order = situation.order
    if isinstance(order, BolusOrder):
        yield from _judge_all(situation, order.worst_case_24h, with_boluses=True)
        return
    basal = scheduled(order)
    if not basal:
        return
    yield from _judge_all(situation, basal, with_boluses=False)
    more = _more_than(basal, order) if isinstance(order, ProgramOrder) else {}
    yield from _judge_all(situation, more, with_boluses=True)
    yield from _check_opioids_together(situation, {**basal, **more})


def _more_than(basal: Mapping[str, Mass], order: ProgramOrder) -> dict[str, Mass]:
    """Return the worst 24 hours where they exceed the schedule: boluses, or a change of programs.

    A late step of the old program and an early one of the new can fall into one day.
    """
    more: dict[str, Mass] = {}
    for drug_id, scheduled_mass in basal.items():
        none = Mass.zero()
        worst = max(
            order.own_worst_case_24h.get(drug_id, none), order.worst_case_24h.get(drug_id, none)
        )
        if worst > scheduled_mass:
            more[drug_id] = worst
    return more


def _judge_all(
    situation: Situation, totals: Mapping[str, Mass], *, with_boluses: bool
) -> Iterator[Finding]:
    for drug_id, total in totals.items():
        yield from _judge(situation, drug_id, total, with_boluses=with_boluses)


def _judge(
    situation: Situation, drug_id: str, total: Mass, *, with_boluses: bool
) -> Iterator[Finding]:
    check = "K32" if with_boluses else "K27"
    what = "with every bolus and what ran before, " if with_boluses else ""
    highest = ceiling(drug_id, populations=situation.patient.populations)
    if highest is None:
        if not with_boluses:
            yield Finding(
                check=check,
                severity=Severity.INFO,
                message=f"not checked: no source reports a highest daily dose given for {drug_id}",
                source="catalogue of limits",
            )
    elif total > highest.rate.per_day():
        yield Finding(
            check=check,
            severity=hard_unless_recalled(highest.fact),
            message=(
                f"{what}{shown(drug_id, total)} is above the clinic's ceiling,"
                f" {shown(drug_id, highest.rate.per_day())}: the highest dose that any source"
                " reports as given"
            ),
            source=highest.whose(),
            value=amount(drug_id, total),
            limit=amount(drug_id, highest.rate.per_day()),
        )
    for limit in _maxima(situation, drug_id):
        most = limit.rate.per_day()
        if total >= most:
            above = total > most
            yield Finding(
                check=check,
                severity=Severity.SOFT if above else Severity.WARN,
                message=(
                    f"{what}{shown(drug_id, total)} is {'above' if above else 'exactly at'} the"
                    f" maximum of {shown(drug_id, most)}"
                ),
                source=limit.whose(),
                value=amount(drug_id, total),
                limit=amount(drug_id, most),
            )


def _maxima(situation: Situation, drug_id: str) -> list[Limit]:
    found = limits(drug_id, "maximum-daily", populations=situation.patient.populations)
    return [limit for limit in found if limit.rank == 1]


def _check_opioids_together(situation: Situation, totals: Mapping[str, Mass]) -> Iterator[Finding]:
    """Add up opioids as parts of each one's own lowest maximum: no conversion is needed."""
    share = Fraction(0)
    names = []
    for drug_id, total in totals.items():
        if drug(drug_id).drug_class != "opioid":
            continue
        least = min((limit.rate.per_day() for limit in _maxima(situation, drug_id)), default=None)
        if least is not None:
            share += total.ratio(least)
            names.append(drug_id)
    if len(names) > 1 and share > 1:
        yield Finding(
            check="D18",
            severity=Severity.SOFT,
            message=(
                f"{' and '.join(names)} together are {show_number(share)} times the maximum of one"
                " opioid alone"
            ),
            source="standards.md D18",
        )


def _is_read_label(limit: Limit) -> bool:
    """Whether a label says it, and somebody has read that."""
    return limit.edition.startswith("label") and not limit.fact.recalled


def check_start(situation: Situation) -> Iterator[Finding]:
    """Hold the first dose of each drug against the start of label and consensus."""
    old = comparator(situation)
    for drug_id, total in scheduled(situation.order).items():
        if old.get(drug_id):
            continue
        found = limits(drug_id, "start-high", populations=situation.patient.populations)
        broken = [one for one in found if one.rank == 1 and total > one.rate.per_day()]
        # Editions that name the same figure speak once.
        for most in dict.fromkeys(one.rate.per_day() for one in broken):
            agreeing = [one for one in broken if one.rate.per_day() == most]
            label = any(_is_read_label(one) for one in agreeing)
            yield Finding(
                check="K27",
                severity=Severity.SOFT if label else Severity.WARN,
                message=f"a start with {shown(drug_id, total)} is above {shown(drug_id, most)}",
                source="; ".join(one.whose() for one in agreeing),
                value=amount(drug_id, total),
                limit=amount(drug_id, most),
                follow_up="24-hour watch after the start",
            )


def check_concentrations(situation: Situation) -> Iterator[Finding]:
    """Hold each concentration of a fill against its maximum, and the mixture against the label."""
    order = situation.order
    if not isinstance(order, FillOrder):
        return
    for drug_id in order.mixture:
        unit = drug(drug_id).concentration_unit
        found = limits(drug_id, "maximum-concentration", populations=situation.patient.populations)
        for limit in found:
            concentration = order.mixture[drug_id]
            if limit.rank != 1 or concentration < limit.concentration:
                continue
            above = concentration > limit.concentration
            yield Finding(
                check="K27",
                severity=Severity.SOFT if above else Severity.WARN,
                message=(
                    f"{drug_id} {show(concentration, unit)} is"
                    f" {'above' if above else 'exactly at'} the maximum of"
                    f" {show(limit.concentration, unit)}"
                ),
                source=limit.whose(),
                value=Amount(concentration, unit),
                limit=Amount(limit.concentration, unit),
            )
    several = len(order.mixture) > 1
    unapproved = [drug_id for drug_id in order.mixture if not drug(drug_id).approved_for_pump]
    if "baclofen" in order.mixture and several:
        yield Finding(
            check="K33",
            severity=Severity.SOFT,
            message="the label of baclofen forbids mixing it with other drugs",
            source="pharmacology.md L4d, L4e, unverified (read)",
        )
    elif several or unapproved:
        yield Finding(
            check="K33",
            severity=Severity.INFO,
            message=(
                "this solution is outside the label: it needs consent and lowers the life of the"
                " pump"
            ),
            source="pharmacology.md K1, K2, unverified (read)",
        )


def check_single_dose(situation: Situation) -> Iterator[Finding]:
    """Hold what is given at once, or within an hour, against the largest single dose."""
    order = situation.order
    if isinstance(order, BolusOrder):
        yield from _judge_single(situation, order.masses, "a bolus of", asked=True)
    elif isinstance(order, ProgramOrder) and order.written is not None:
        program = order.written.program
        if program.steps or program.patient_bolus is not None:
            yield from _judge_single(
                situation, order.worst_case_1h, "in one hour up to", asked=False
            )


def _judge_single(
    situation: Situation, masses: Mapping[str, Mass], what: str, *, asked: bool
) -> Iterator[Finding]:
    for drug_id, mass in masses.items():
        unit = drug(drug_id).mass_unit
        for limit in limits(drug_id, "trial-high", populations=situation.patient.populations):
            if limit.rank != 1 or mass <= limit.mass:
                continue
            yield Finding(
                check="K27",
                severity=Severity.SOFT if asked and _is_read_label(limit) else Severity.WARN,
                message=(
                    f"{what} {show(mass, unit)} of {drug_id} is above the largest single dose of a"
                    f" trial, {show(limit.mass, unit)}"
                ),
                source=limit.whose(),
                value=Amount(mass, unit),
                limit=Amount(limit.mass, unit),
            )


def check_patient_bolus(situation: Situation) -> Iterator[Finding]:
    """Ask about boluses for patients and drugs that the labels exclude from them."""
    order = situation.order
    if not isinstance(order, ProgramOrder) or order.written is None:
        return
    bolus = order.written.program.patient_bolus
    if bolus is None:
        return
    mixture = order.written.mixture
    opioids = [drug_id for drug_id in mixture if drug(drug_id).drug_class == "opioid"]
    if opioids and not situation.patient.opioid_tolerant:
        known = situation.patient.opioid_tolerant is not None
        yield Finding(
            check="K32",
            severity=Severity.SOFT,
            message=(
                f"a patient bolus of {' and '.join(opioids)} for a patient who is "
                + ("opioid-naive" if known else "not recorded as opioid-tolerant")
                + ": the label excludes it"
            ),
            source="devices.md S10, unverified (read)",
        )
    for drug_id in _NOT_FOR_PATIENT_BOLUS:
        if drug_id in mixture:
            yield Finding(
                check="K32",
                severity=Severity.SOFT,
                message=f"a patient bolus of {drug_id}: the label does not provide for it",
                source="devices.md S75, unverified (read)",
            )
    if order.written.program.is_therapy:
        yield from _check_usual_settings(order.written, bolus)


def _check_usual_settings(written: WrittenProgram, bolus: PatientBolus) -> Iterator[Finding]:
    """Point at a patient bolus outside the settings of practice."""
    assert written.program.primary is not None
    part = bolus.dose.ratio(written.daily_doses()[written.program.primary])
    most = _usual("patient-bolus-fraction-high")
    if part > most.number:
        yield _unusual(
            f"one patient bolus is {show_percent(part, signed=False)} of the daily dose; at most"
            f" {show_percent(most.number, signed=False)} is usual",
            most,
        )
    shortest = _usual("patient-bolus-lockout-low")
    if bolus.lockout < shortest.duration:
        yield _unusual(
            f"the lockout of {show(bolus.lockout, 'min')} is shorter than the usual"
            f" {show(shortest.duration, 'min')}",
            shortest,
        )
    count = _usual("patient-bolus-count-high")
    if written.boluses_per_day() > count.number:
        yield _unusual(
            f"{show_number(written.boluses_per_day())} patient boluses a day are possible;"
            f" {show_number(count.number)} are usual",
            count,
        )


def _usual(parameter: str) -> Limit:
    return limits("any", parameter, populations=())[0]


def _unusual(message: str, limit: Limit) -> Finding:
    return Finding(check="K32", severity=Severity.WARN, message=message, source=limit.whose())


def check_age(situation: Situation) -> Iterator[Finding]:
    """Ask about a drug below the age of its label."""
    order = situation.order
    if not isinstance(order, FillOrder):
        return
    for drug_id in order.mixture:
        for limit in limits(drug_id, "minimum-age", populations=situation.patient.populations):
            if limit.rank == 1 and situation.patient.age < limit.number:
                yield Finding(
                    check="K27",
                    severity=Severity.SOFT,
                    message=(
                        f"the patient is {situation.patient.age} years old; {drug_id} is labelled"
                        f" from {show_number(limit.number)} years"
                    ),
                    source=limit.whose(),
                    value=str(situation.patient.age),
                    limit=show_number(limit.number),
                )
