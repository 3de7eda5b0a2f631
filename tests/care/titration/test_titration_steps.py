"""How far and how often a dose may rise: worked vectors, refusals, boundaries for every drug."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.advice import Advice
from thecal.care.titration.advise import advice_on
from thecal.care.titration.bounds import bounds
from thecal.care.titration.calendar import calendar
from thecal.care.titration.case import TitrationCase
from thecal.care.titration.history import DoseChange, DoseHistory, after
from thecal.care.titration.next_dose import most_careful, next_dose
from thecal.care.titration.schemes import editions, schemes
from thecal.safety.finding import Amount, Severity
from thecal.units import Duration, MassRate

START = datetime.fromisoformat("2026-03-02T10:00")
DAY = timedelta(days=1)
DRUGS = (
    "morphine",
    "hydromorphone",
    "fentanyl",
    "sufentanil",
    "bupivacaine",
    "ropivacaine",
    "clonidine",
    "ziconotide",
    "baclofen",
)


ANSWERED = {"response": "insufficient", "side_effects": "none", "refill_overdue": False}


def ug(number: str) -> MassRate:
    return MassRate.of(number, "ug/d")


def history(*changes: tuple[timedelta, str]) -> DoseHistory:
    return DoseHistory(tuple(DoseChange(START + when, ug(dose)) for when, dose in changes))


def spinal(now: timedelta, *changes: tuple[timedelta, str], **more: object) -> TitrationCase:
    given_doses = history(*changes) if changes else history((0 * DAY, "100"))
    case = TitrationCase("baclofen", START + now, given_doses, origin="spinal", age=45, **ANSWERED)
    return replace(case, **more)


def doses(advice: Advice) -> list[MassRate]:
    rows = next(one for one in advice.listings if one.title.startswith("Fastest")).rows
    return [row[1].quantity for row in rows if isinstance(row[1], Amount)]


def severities(advice: Advice) -> dict[str, Severity]:
    return {one.check: one.severity for one in advice.findings}


@pytest.mark.inventory("T9", "S1.6")
def test_t9_spinal_baclofen_rises_by_thirty_percent_a_day() -> None:
    advice = advice_on(spinal(DAY, steps=4))
    assert doses(advice) == [ug("100"), ug("130"), ug("169"), ug("219.7"), ug("285.61")]
    assert advice.verdict == "may-raise"


@pytest.mark.inventory("T9")
def test_t9_no_rise_in_the_first_day() -> None:
    early = advice_on(spinal(DAY - timedelta(minutes=1), requested=ug("110")))
    assert early.verdict == "refused"
    assert severities(early) == {"step-interval": Severity.HARD}
    on_time = advice_on(spinal(DAY, requested=ug("110")))
    assert on_time.findings == ()


@pytest.mark.inventory("T9")
def test_t9_from_100_to_140_is_refused_and_130_is_named() -> None:
    advice = advice_on(spinal(DAY, requested=ug("140")))
    assert advice.verdict == "refused"
    assert severities(advice) == {"step-size": Severity.HARD}
    limit = advice.findings[0].limit
    assert isinstance(limit, Amount)
    assert limit.quantity == ug("130")
    assert advice_on(spinal(DAY, requested=ug("130"))).findings == ()


@pytest.mark.inventory("T10")
@pytest.mark.parametrize(
    ("origin", "age"), [("cerebral", 45), ("cerebral", 8), ("spinal", 8), ("spinal", 15)]
)
def test_t10_cerebral_origin_and_children_rise_by_fifteen_percent(origin: str, age: int) -> None:
    advice = advice_on(spinal(DAY, origin=origin, age=age, steps=4))
    expected = ["100", "115", "132.25", "152.0875", "174.900625"]
    assert doses(advice) == [ug(one) for one in expected]
    refused = advice_on(spinal(DAY, origin=origin, age=age, requested=ug("120")))
    assert severities(refused) == {"step-size": Severity.HARD}


@pytest.mark.inventory("S1.6")
def test_an_unknown_origin_or_age_takes_the_smaller_step() -> None:
    for unknown in ({"origin": None}, {"age": None}):
        advice = advice_on(spinal(DAY, **unknown))
        highest = advice.results["allowed"][1]
        assert highest.quantity == ug("115")
        assert any(one.weight.value == "missing" for one in advice.reasons)


@pytest.mark.inventory("S1.6")
def test_a_refill_visit_allows_the_wider_step_of_the_label() -> None:
    assert advice_on(spinal(DAY, at_refill=True, requested=ug("140"))).findings == ()
    over = advice_on(spinal(DAY, at_refill=True, requested=ug("141")))
    assert severities(over) == {"step-size": Severity.HARD}


def ziconotide(scheme: str, *changes: tuple[timedelta, str], now: timedelta) -> TitrationCase:
    return TitrationCase(
        "ziconotide",
        START + now,
        history(*changes),
        cancer=False,
        inpatient=False,
        refill_overdue=False,
        scheme=scheme,
    )


@pytest.mark.inventory("T16")
def test_t16_the_fast_scheme_takes_seven_steps_within_21_days() -> None:
    case = ziconotide("label-us", (0 * DAY, "2.4"), now=DAY)
    scheme = next(one for one in schemes(case) if one.edition == "label-us")
    assert case.history is not None
    planned = calendar(
        scheme, bounds("ziconotide", case.populations), case.history, case.now, target=ug("19.2")
    )
    assert planned.rises == 7
    assert [row.dose for row in planned.rows][-1] == ug("19.2")
    assert planned.rows[-1].time - START <= 21 * DAY
    for place, row in enumerate(planned.rows[4:], start=4):
        assert row.time - planned.rows[place - 3].time >= 7 * DAY


@pytest.mark.parametrize(("age", "asked"), [(3, True), (4, False)])
def test_a_rise_below_the_age_of_the_label_asks_as_the_trial_does(age: int, asked: bool) -> None:
    advice = advice_on(spinal(DAY, age=age, requested=ug("110")))
    assert severities(advice) == ({"age": Severity.SOFT} if asked else {})


@pytest.mark.inventory("T16")
def test_t16_a_fourth_step_in_a_week_is_refused() -> None:
    three = [(0 * DAY, "2.4"), (2 * DAY, "4.8"), (4 * DAY, "7.2"), (6 * DAY, "9.6")]
    case = ziconotide("label-us", *three, now=9 * DAY - timedelta(minutes=1))
    asked = replace(case, requested=ug("12"), **ANSWERED)
    assert severities(advice_on(asked)) == {"step-interval": Severity.HARD}
    assert advice_on(replace(asked, now=START + 9 * DAY)).findings == ()


@pytest.mark.inventory("T16")
def test_t16_the_slow_scheme_from_half_a_microgram_needs_thirteen_weekly_steps() -> None:
    case = ziconotide("practice", (0 * DAY, "0.5"), now=0 * DAY)
    advice = advice_on(replace(case, target=ug("6.9")))
    assert len(doses(advice)) - 1 == 13
    rows = next(one for one in advice.listings if one.title.startswith("Fastest")).rows
    assert rows[-1][0] == (START + 13 * 7 * DAY).isoformat(timespec="minutes")


@pytest.mark.inventory("T16", "S1.6")
def test_without_a_choice_the_slow_scheme_of_ziconotide_holds_and_the_others_are_shown() -> None:
    case = replace(ziconotide("practice", (0 * DAY, "1.2"), now=7 * DAY), scheme=None)
    advice = advice_on(case)
    assert advice.results["scheme"] == "practice"
    steps = next(one for one in advice.disagreements if "at once" in one.question)
    assert len(steps.answers) == len(editions("ziconotide")) == 4


@pytest.mark.inventory("S1.6")
@pytest.mark.parametrize(
    ("cancer", "inpatient", "highest", "wait"),
    [
        (False, False, "1300", 7 * DAY),
        (False, True, "1300", DAY),
        (True, False, "1500", DAY),
        (None, None, "1300", 7 * DAY),
    ],
)
@pytest.mark.parametrize("drug", ["morphine", "hydromorphone"])
def test_opioids_rise_by_setting(
    drug: str, cancer: bool | None, inpatient: bool | None, highest: str, wait: timedelta
) -> None:
    case = TitrationCase(
        drug, START + wait, history((0 * DAY, "1000")), cancer=cancer, inpatient=inpatient
    )
    found = most_careful(
        tuple(
            next_dose(one, bounds(drug, case.populations), history((0 * DAY, "1000")))
            for one in schemes(case)
        )
    )
    assert found.computed == ug(highest)
    assert found.earliest == START + wait
    assert advice_on(case).verdict == "ask-first"
    case = replace(case, sedation="1", **ANSWERED)
    assert advice_on(case).verdict == "may-raise"
    assert advice_on(replace(case, now=case.now - timedelta(seconds=1))).verdict == "wait"


@pytest.mark.inventory("S1.6", "S1.R21")
@pytest.mark.parametrize("drug", DRUGS)
def test_every_drug_has_a_scheme_and_a_maximum_above_which_nothing_is_proposed(drug: str) -> None:
    case = TitrationCase(drug, START + 30 * DAY, history((0 * DAY, "1")), cancer=True, age=45)
    case = replace(case, sedation="1", **ANSWERED)
    held = bounds(drug, case.populations).lowest
    assert held is not None
    top = replace(case, history=DoseHistory((DoseChange(START, held.rate),)))
    advice = advice_on(top)
    assert advice.verdict == "at-maximum"
    near = DoseHistory((DoseChange(START, held.rate.scaled(Fraction("0.95"))),))
    advice = advice_on(replace(case, history=near, scheme=editions(drug)[0]))
    assert advice.verdict == "may-raise"
    allowed = advice.results["allowed"]
    computed = advice.results["computed_by_step"]
    assert isinstance(allowed, tuple)
    assert isinstance(allowed[1], Amount)
    assert isinstance(computed, Amount)
    assert allowed[1].quantity == min(held.rate, computed.quantity)


def test_a_computed_dose_above_the_maximum_is_shown_and_refused() -> None:
    advice = advice_on(spinal(DAY, (0 * DAY, "900")))
    reason = next(one for one in advice.reasons if one.rule == "maximum")
    assert "1,170" in reason.text
    assert "refused" in reason.text
    assert advice.results["allowed"][1].quantity == ug("1000")


def test_the_highest_reported_dose_refuses_and_the_label_maximum_asks() -> None:
    above_label = advice_on(spinal(DAY, (0 * DAY, "990"), requested=ug("1100")))
    assert severities(above_label) == {"maximum": Severity.SOFT}
    assert above_label.verdict == "needs-a-reason"
    above_all = advice_on(spinal(DAY, (0 * DAY, "1900"), requested=ug("2001")))
    assert Severity.HARD in [one.severity for one in above_all.findings]
    assert above_all.verdict == "refused"


RATES = st.integers(1, 3000).map(lambda number: MassRate.of(number, "ug/d"))


@given(
    drug=st.sampled_from(DRUGS),
    dose=RATES,
    cancer=st.sampled_from([True, False, None]),
    inpatient=st.booleans(),
    age=st.integers(4, 90),
)
def test_nothing_is_proposed_beyond_step_or_maximum(
    drug: str, dose: MassRate, cancer: bool | None, inpatient: bool, age: int
) -> None:
    doses_so_far = DoseHistory((DoseChange(START, dose),))
    case = TitrationCase(
        drug, START + DAY, doses_so_far, cancer=cancer, inpatient=inpatient, age=age
    )
    held = bounds(drug, case.populations)
    for scheme in schemes(case):
        found = next_dose(scheme, held, doses_so_far)
        assert dose <= found.lowest <= found.highest <= max(dose, found.computed)
        assert held.lowest is not None
        assert found.highest <= max(dose, held.lowest.rate)
        planned = calendar(scheme, held, doses_so_far, case.now, steps=5)
        for before, later in zip(planned.rows, planned.rows[1:], strict=False):
            assert before.dose < later.dose <= scheme.highest(before.dose)
            assert later.dose <= held.lowest.rate
            assert later.time >= after(before.time, scheme.wait()) or before is planned.rows[0]


@given(dose=RATES, asked=RATES)
def test_a_lower_dose_is_never_refused_and_a_request_is_judged_at_the_exact_edge(
    dose: MassRate, asked: MassRate
) -> None:
    case = spinal(DAY, history=DoseHistory((DoseChange(START, dose),)), requested=asked)
    checks = severities(advice_on(case))
    if asked <= dose:
        assert checks == {}
    assert ("step-size" in checks) == (asked > dose and asked > dose.scaled(Fraction("1.3")))


@given(hours=st.integers(0, 24 * 20), rises=st.lists(st.integers(1, 72), max_size=6))
def test_no_fourth_rise_within_any_seven_days(hours: int, rises: list[int]) -> None:
    when, changes = timedelta(0), [(timedelta(0), "1")]
    for place, gap in enumerate(rises):
        when += timedelta(hours=gap)
        changes.append((when, str(place + 2)))
    case = ziconotide("label-us", *changes, now=when + timedelta(hours=hours))
    scheme = next(one for one in schemes(case) if one.edition == "label-us")
    assert case.history is not None
    earliest = scheme.earliest(case.history)
    within = [one for one in case.history.rises() if one > earliest - 7 * DAY]
    assert len(within) <= 2
    assert earliest >= after(case.history.changes[-1].time, Duration.of(24, "h"))
