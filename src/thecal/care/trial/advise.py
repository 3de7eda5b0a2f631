"""The topic `trial` of `thecal advise`: verdict, next dose, observation, start dose, hand-over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from thecal.care.advice import Advice, Cited, Disagreement, Listing, Reason, Weight
from thecal.care.derivation import Derivation, Value
from thecal.care.document import Document
from thecal.care.trial.case import BOLUS_METHODS, NO_TRIAL, START_RULES, TrialCase
from thecal.care.trial.chart import chart
from thecal.care.trial.decision import decision_letter
from thecal.care.trial.doses import (
    bolus_limits,
    ceiling_known,
    check_daily_dose,
    check_doses,
    outpatient_limits,
)
from thecal.care.trial.facts import cited, figure, subject
from thecal.care.trial.hand_over import HandOver, TrialResult, hand_over
from thecal.care.trial.judge import judge
from thecal.care.trial.ladder import BACLOFEN, check_ladder, interval, next_bolus, rungs
from thecal.care.trial.no_trial import WITHOUT_TRIAL, judge_no_trial
from thecal.care.trial.observation import (
    check_spacing,
    group_of,
    observation_listing,
    schedule_figures,
    watched_until,
)
from thecal.care.trial.reader import read_trial
from thecal.care.trial.rules import ANY, trial_rules
from thecal.care.trial.scales import scale_name
from thecal.care.trial.start_dose import StartDose, after_prolonged_reaction, start_doses
from thecal.care.trial.verdict import (
    DISCUSS,
    FAILED,
    INCOMPLETE,
    NEXT_BOLUS,
    NO_CANDIDATE,
    PASSED,
    PLANNED,
    Verdict,
    deciding_rules,
    effective_bolus,
    left_out,
    verdict,
    verdict_reasons,
)
from thecal.pharmacy import both_units, drug, limits
from thecal.safety.finding import Amount, Finding
from thecal.therapy.table import Table
from thecal.units import show_time

TOPIC = "trial"
_SUMMARIES = {
    PASSED: "the trial meets its rule; team and patient decide on the implant",
    DISCUSS: "the scores meet the rule, but goals or function do not: the team has to talk",
    FAILED: "the trial does not support an implant",
    NEXT_BOLUS: "no response so far: the next bolus may follow",
    NO_CANDIDATE: "no response to any screening bolus: not a candidate, no further bolus",
    PLANNED: "nothing was given yet: doses, times of observation and scores below",
    INCOMPLETE: "a dose was given, but no score before and after it can be compared",
}
_ORDER = (Weight.AGAINST, Weight.FOR, Weight.MISSING, Weight.CAUTION, Weight.NOTE)


def advise(case: Table) -> Advice:
    """Return what a table `[trial]` comes to.

    Raises
    ------
    BadFileError
        If the table cannot be read.
    """
    return advice_on(read_trial(case))


def documents(case: Table) -> tuple[Document, ...]:
    """Return chart, decision and hand-over of a table `[trial]`; raises `BadFileError`."""
    read = read_trial(case)
    if read.method == NO_TRIAL:
        return (hand_over(read, TrialResult(WITHOUT_TRIAL)).document,)
    found = verdict(read)
    start = _observed_from(read)
    charts = () if start is None else (chart(read, start),)
    handed = hand_over(read, _result(read, found, _chosen(read, _starts(read, found))))
    if found.word == PLANNED:
        return charts
    return (*charts, decision_letter(read, found), handed.document)


def advice_on(case: TrialCase) -> Advice:
    """Return the advice on one trial."""
    if case.method == NO_TRIAL:
        word, reasons, findings = judge_no_trial(case)
        handed = hand_over(case, TrialResult(WITHOUT_TRIAL))
        return Advice(
            TOPIC,
            word,
            "no trial is held" if word == WITHOUT_TRIAL else "a trial is asked for first",
            reasons,
            _hand_over_results(handed),
            (hand_over_listing(handed),),
            findings=findings,
        )
    found = verdict(case)
    starts = _starts(case, found)
    chosen = _chosen(case, starts)
    handed = hand_over(case, _result(case, found, chosen))
    return Advice(
        topic=TOPIC,
        verdict=found.word,
        summary=_SUMMARIES[found.word],
        reasons=_reasons(case, found, starts, handed),
        results=_results(case, found, chosen, handed),
        listings=tuple(_listings(case, found, handed)),
        disagreements=tuple(_disagreements(case, starts, chosen)),
        steps=tuple(_steps(case, found, starts)),
        findings=tuple(_findings(case, chosen)),
        not_checked=tuple(_not_checked(case, found, starts, chosen)),
    )


def hand_over_listing(handed: HandOver) -> Listing:
    """Return the hand-over as a table of an advice."""
    section = handed.document.sections[0]
    rows = tuple((one.label.en, one.value.en) for one in section.fields)
    return Listing("Hand-over to the implanter", ("field", "entry"), rows)


def _reasons(
    case: TrialCase, found: Verdict, starts: tuple[StartDose, ...], handed: HandOver
) -> tuple[Reason, ...]:
    reasons = list(verdict_reasons(case, found))
    if found.word in (PASSED, DISCUSS) and handed.missing:
        text = "the hand-over lacks " + ", ".join(handed.missing)
        figures = (*cited("hand-over", "fields"), *cited("hand-over", "why"))
        reasons.append(Reason("hand-over", Weight.MISSING, text, figures))
    reasons.append(
        Reason(
            "method",
            Weight.NOTE,
            f"{figure(f'method-{case.method}', 'name', str).value}: beware of its usual errors",
            (
                *cited(f"method-{case.method}", "caution"),
                *cited("methods", "evidence"),
                *cited("methods", "failure-rate"),
                *(() if case.method in BOLUS_METHODS else cited("methods", "usual-duration")),
            ),
        )
    )
    reasons.extend(_dose_reasons(case))
    group = group_of(case.drug or BACLOFEN, infusion=case.infusion is not None)
    text = f"observation as for {group}" if group is not None else "times of scoring"
    reasons.append(Reason("observation", Weight.NOTE, text, schedule_figures(group)))
    chosen = _chosen(case, starts)
    if chosen is not None and chosen.recalled:
        text = f"the start rule {chosen.rule} is only recalled: compare it with the label"
        reasons.append(Reason("start-rule", Weight.CAUTION, text, chosen.cited()))
    if case.prolonged_reaction and starts:
        text = "after a bad or prolonged reaction the bolus counts once, whatever its duration"
        reasons.append(
            Reason("prolonged", Weight.CAUTION, text, cited(BACLOFEN, "prolonged-reaction-factor"))
        )
    if case.naloxone is not True and drug(case.drug or BACLOFEN).drug_class == "opioid":
        text = "naloxone at hand: " + ("no" if case.naloxone is False else "nobody has said")
        weight = Weight.MISSING if case.naloxone is None else Weight.CAUTION
        reasons.append(Reason("naloxone", weight, text, cited("before", "naloxone")))
    if case.hand_over.anticoagulant_plan is None:
        text = "no plan for anticoagulants is given"
        reasons.append(
            Reason("anticoagulant", Weight.MISSING, text, cited("before", "anticoagulant"))
        )
    return tuple(sorted(reasons, key=lambda one: _ORDER.index(one.weight)))


def _dose_reasons(case: TrialCase) -> Iterator[Reason]:
    if case.method not in BOLUS_METHODS or case.drug is None:
        return
    figures = tuple(
        Cited(f"{one.parameter} ({one.edition}, {one.population})", one.fact)
        for one in bolus_limits(case)
    )
    if case.drug == BACLOFEN:
        figures = (
            *(Cited(f"screening bolus {n}", one.fact) for n, one in enumerate(rungs(), 1)),
            Cited("between two boluses at least", interval().fact),
            *cited(BACLOFEN, "small-child-step"),
        )
    for parameter in ("typical-bolus-low", "typical-bolus-high"):
        typical = subject(case.drug).get(parameter, ())
        figures = (*figures, *(Cited(f"{parameter}, practice", one) for one in typical))
    if figures:
        yield Reason("doses", Weight.NOTE, "doses of a trial by source", figures)
    else:
        text = f"no source gives a trial bolus of {case.drug}: nothing to hold it against"
        yield Reason("doses", Weight.MISSING, text)


def _starts(case: TrialCase, found: Verdict) -> tuple[StartDose, ...]:
    bolus = effective_bolus(case, found)
    if case.drug != BACLOFEN or bolus is None or found.word not in (PASSED, DISCUSS):
        return ()
    if case.prolonged_reaction:
        return (after_prolonged_reaction(bolus.dose),)
    if bolus.effect_duration is None:
        return ()
    return start_doses(bolus.dose, bolus.effect_duration)


def _chosen(case: TrialCase, starts: tuple[StartDose, ...]) -> StartDose | None:
    """Return the start that counts: only one, or that of the rule that somebody chose."""
    if len(starts) == 1:
        return starts[0]
    return next((one for one in starts if one.rule == case.start_rule), None)


def _result(case: TrialCase, found: Verdict, chosen: StartDose | None) -> TrialResult:
    bolus = effective_bolus(case, found)
    worked = found.effective is not None and case.infusion is not None
    return TrialResult(
        verdict=found.word,
        bolus=None if bolus is None else bolus.dose,
        daily_dose=case.infusion.daily_dose if worked and case.infusion is not None else None,
        effect_duration=None if bolus is None else bolus.effect_duration,
        start_dose=None if chosen is None else chosen.dose,
    )


def _results(
    case: TrialCase, found: Verdict, chosen: StartDose | None, handed: HandOver
) -> dict[str, Value]:
    unit = drug(case.drug or BACLOFEN).mass_unit
    results: dict[str, Value] = {"method": case.method, "drug": case.drug}
    if case.systemic_opioid is not None:
        results["systemic_opioid_before"] = Amount(case.systemic_opioid, "mg/d")
    results["rules"] = tuple(one.id for one in deciding_rules(case))
    decisive = found.decisive
    if decisive is not None:
        for one in decisive.outcomes:
            if one.best is not None:
                results["best_fall_points"] = one.best.points
                if one.best.fraction is not None:
                    results["best_fall_percent"] = one.best.fraction * 100
                break
    bolus = effective_bolus(case, found)
    if bolus is not None:
        results["effective_bolus"] = Amount(bolus.dose, unit)
    if case.infusion is not None and found.effective is not None:
        results["effective_daily_dose"] = Amount(case.infusion.daily_dose, f"{unit}/d")
    results.update(_watch(case))
    asks_next = found.word in (NEXT_BOLUS, PLANNED) and case.method in BOLUS_METHODS
    if asks_next and case.drug == BACLOFEN:
        following = next_bolus(case)
        if following is not None:
            results["next_bolus"] = Amount(following.dose, "ug")
            if following.earliest is not None:
                results["next_not_before"] = show_time(following.earliest)
    if chosen is not None:
        results["start_rule"] = chosen.rule
        results["start_dose"] = Amount(chosen.dose, "ug/d")
        results.update(_flow(chosen))
    return results | _hand_over_results(handed)


def _watch(case: TrialCase) -> dict[str, Value]:
    start = _observed_from(case)
    if start is None or case.drug is None:
        return {}
    end = watched_until(group_of(case.drug, infusion=case.infusion is not None), start)
    return {} if end is None else {"watched_at_least_until": show_time(end)}


def _observed_from(case: TrialCase) -> datetime | None:
    """Return the start of the dose to watch: the planned one, else the last given."""
    if case.planned is not None:
        return case.planned.time
    return case.starts[-1] if case.starts else None


def _flow(chosen: StartDose) -> dict[str, Value]:
    for one in limits(BACLOFEN, "start-concentration", populations=()):
        return {
            "start_concentration": Amount(one.concentration, "ug/mL"),
            "start_flow": Amount(chosen.dose / one.concentration, "mL/d"),
        }
    return {}


def _hand_over_results(handed: HandOver) -> dict[str, Value]:
    return {"hand_over_complete": not handed.missing, "hand_over_missing": handed.missing}


def _listings(case: TrialCase, found: Verdict, handed: HandOver) -> Iterator[Listing]:
    start = _observed_from(case)
    if start is not None and case.drug is not None:
        group = group_of(case.drug, infusion=case.infusion is not None)
        yield observation_listing(group, start)
    if found.decisive is not None:
        rows = tuple(
            (one.id, judge(one, found.decisive.course).told())
            for one in trial_rules(case.indication or ANY)
            if case.therapy in one.therapies
        )
        yield Listing("What each published rule says", ("rule", "answer"), rows)
    yield hand_over_listing(handed)


def _disagreements(
    case: TrialCase, starts: tuple[StartDose, ...], chosen: StartDose | None
) -> Iterator[Disagreement]:
    deciding = deciding_rules(case)
    others = [one for one in trial_rules(case.indication or ANY) if case.therapy in one.therapies]
    rules = [*deciding, *(one for one in others if one not in deciding)]
    yield Disagreement(
        "What counts as a successful trial?",
        tuple(Cited(one.name.value, fact) for one in rules for fact in one.thresholds),
    )
    if len(starts) > 1:
        ordered = sorted(starts, key=lambda one: one is not chosen)
        yield Disagreement(
            "When is the effect of the bolus long, and what is then the first daily dose?",
            tuple(figure for one in ordered for figure in one.cited()),
            used=chosen is not None,
        )
    factors = subject("opioid")["start-after-bolus-factor"]
    if drug(case.drug or BACLOFEN).drug_class == "opioid" and case.method in BOLUS_METHODS:
        yield Disagreement(
            "Which part of the trial bolus is the first daily dose?",
            tuple(Cited("part of the trial dose", one) for one in factors),
            used=False,
        )


def _steps(case: TrialCase, found: Verdict, starts: tuple[StartDose, ...]) -> Iterator[Derivation]:
    for response in found.responses:
        for one in response.outcomes:
            if one.best is not None and one.measure is not None:
                began = show_time(response.course.start)
                yield Derivation(
                    f"Largest fall of the {scale_name(one.measure)} after {began}",
                    "before - after, over before where the rule counts parts",
                    one.told(),
                    "met" if one.passed else "not met",
                    one.rule.threshold.provenance(),
                )
    bolus = effective_bolus(case, found)
    for start in starts:
        if bolus is not None:
            yield Derivation(
                f"First daily dose by the rule {start.rule}",
                "factor x effective bolus, over 24 h",
                start.numbers(bolus.dose),
                both_units(BACLOFEN, start.dose.per_day()) + " a day",
                start.factor.provenance(),
            )


def _findings(case: TrialCase, chosen: StartDose | None) -> Iterator[Finding]:
    if case.drug == BACLOFEN:
        yield from check_ladder(case)
    else:
        yield from check_spacing(case)
    yield from check_doses(case)
    dose = case.hand_over.start_dose or (None if chosen is None else chosen.dose)
    if dose is not None:
        yield from check_daily_dose(case, dose, "first daily dose", asked=True)


def _not_checked(
    case: TrialCase, found: Verdict, starts: tuple[StartDose, ...], chosen: StartDose | None
) -> Iterator[str]:
    if case.drug is not None:
        group = group_of(case.drug, infusion=case.infusion is not None)
        if group is None:
            yield f"observation: no source gives a schedule for {case.drug}; use the ward's own"
        if not ceiling_known(case):
            yield f"ceiling: no source reports a highest daily dose of {case.drug} for this person"
        if case.age is None and limits(case.drug, "minimum-age", populations=()):
            yield f"age: nobody has said it, and the label of {case.drug} has a least age"
    if case.outpatient is None and outpatient_limits(case):
        yield "ceiling of an outpatient bolus: nobody has said whether the person goes home"
    if case.tolerant is None and drug(case.drug or BACLOFEN).drug_class == "opioid":
        yield "limits of naive and tolerant patients: opioid_tolerant is not given"
    if found.word == PLANNED:
        return
    yield from left_out(case)
    bolus = effective_bolus(case, found)
    if case.drug == BACLOFEN and bolus is not None and not starts:
        yield "first daily dose: the duration of the effect (effect_duration) is not given"
    elif len(starts) > 1 and chosen is None:
        yield "first daily dose: no rule was chosen (start_rule: " + ", ".join(START_RULES) + ")"
