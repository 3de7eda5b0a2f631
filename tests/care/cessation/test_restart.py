"""The dose after a gap: by class, never silently the old one, and always watched."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import BACLOFEN, baclofen
from thecal.care.advice import Weight
from thecal.care.cessation.restart import RestartCase, restart
from thecal.care.cessation.restart_advise import advice_on
from thecal.pharmacy.restart import restart_rule
from thecal.safety.finding import Severity
from thecal.units import Duration, MassRate

DAY = Duration.of(24, "h")


def mg(number: str) -> MassRate:
    return MassRate.of(number, "mg/d")


@pytest.mark.inventory("W16", "S1.R10")
def test_w16_an_opioid_at_the_old_dose_after_60_days_is_refused() -> None:
    case = RestartCase("morphine", mg("6"), Duration.of(60, "d"), mg("6"), DAY)
    advice = advice_on(case)
    assert advice.verdict == "new-start"
    assert [one.severity for one in advice.findings] == [Severity.HARD]
    assert restart(case).by_fraction == mg("3")
    assert restart(case).highest == mg("0.5")


@pytest.mark.inventory("S1.R10", "W16")
@pytest.mark.parametrize(("hours", "findings"), [(None, 1), (23, 1), (24, 0)])
def test_a_restart_without_a_day_of_watching_asks(hours: int | None, findings: int) -> None:
    watched = None if hours is None else Duration.of(hours, "h")
    case = RestartCase("morphine", mg("6"), Duration.of(3, "d"), mg("0.5"), watched)
    found = advice_on(case).findings
    assert len(found) == findings
    assert all(one.severity is Severity.SOFT for one in found)


def test_up_to_the_gap_of_the_class_the_old_dose_runs_on() -> None:
    at_edge = RestartCase("morphine", mg("6"), DAY, mg("6"), DAY)
    assert restart(at_edge).word == "resume"
    assert advice_on(at_edge).findings == ()
    beyond = RestartCase("morphine", mg("6"), DAY + Duration.of(1, "s"), mg("6"), DAY)
    assert restart(beyond).word == "new-start"


def test_an_unknown_gap_counts_as_a_new_start() -> None:
    case = RestartCase("morphine", mg("6"), None, mg("6"), DAY)
    advice = advice_on(case)
    assert advice.verdict == "gap-unknown"
    assert advice.findings[0].severity is Severity.HARD


def test_baclofen_is_restored_soon_within_a_week_and_started_anew_after_it() -> None:
    old = MassRate.of("300", "ug/d")
    soon = RestartCase("baclofen", old, Duration.of(2, "d"), old, DAY, ran_empty=False)
    assert restart(soon).word == "restore"
    assert restart(soon).highest == old
    assert advice_on(soon).findings == ()
    late = RestartCase("baclofen", old, Duration.of(8, "d"))
    assert restart(late).word == "new-start"
    assert restart(late).highest == MassRate.of("100", "ug/d")


@pytest.mark.inventory("W16")
@pytest.mark.parametrize("drug", ["baclofen", "clonidine", "bupivacaine", "ziconotide"])
def test_after_a_pump_that_ran_empty_the_old_dose_is_refused_for_every_class(drug: str) -> None:
    old, gap = MassRate.of("300", "ug/d"), Duration.of(60, "h")
    empty = RestartCase(drug, old, gap, old, DAY, ran_empty=True)
    assert restart(empty).highest == old.scaled(Fraction(1, 2))
    (refused,) = advice_on(empty).findings
    assert (refused.check, refused.severity) == ("K12", Severity.HARD)
    assert "recalled" in refused.source
    half = replace(empty, requested=old.scaled(Fraction(1, 2)))
    assert advice_on(half).findings == ()


@pytest.mark.inventory("W16")
def test_whether_it_ran_empty_is_asked_before_the_old_dose_runs_on() -> None:
    old = MassRate.of("300", "ug/d")
    unknown = advice_on(RestartCase("baclofen", old, Duration.of(3, "d"), old, DAY))
    assert [one.severity for one in unknown.findings] == [Severity.SOFT]
    assert "ran-empty" in {one.rule for one in unknown.reasons if one.weight is Weight.MISSING}


@pytest.mark.inventory("W16")
@pytest.mark.parametrize("how", ["stopped", "empty"])
@pytest.mark.parametrize("days", [3, 8])
@pytest.mark.parametrize("dose", [600, 500, 495, 494, 251, 250, 100])
def test_what_is_advised_is_never_milder_than_what_the_review_says(
    how: str, days: int, dose: int
) -> None:
    chart = baclofen("500 ug/d")
    if how == "stopped":
        chart.add("stop", 5, "09:00", reason="infection")
        gap = Duration.of(days, "d")
        reviewed = chart.run(5 + days, "09:00", "baclofen", f"{dose} ug/d").review()
    else:
        gap = Duration.of(60, "d")
        chart.fill(100, "09:00", BACLOFEN, aspirated="0 mL")
        reviewed = chart.run(100, "09:00", "baclofen", f"{dose} ug/d").review()
    case = RestartCase(
        "baclofen",
        MassRate.of("500", "ug/d"),
        gap,
        MassRate.of(dose, "ug/d"),
        DAY,
        ran_empty=how == "empty",
    )
    order = ["silent", "info", "warn", "soft", "hard"]
    advised = [str(one.severity) for one in advice_on(case).findings]
    severest = max(advised, key=order.index, default="warn")
    assert order.index(severest) >= order.index(reviewed.worst("K12", 4))


@given(
    drug=st.sampled_from(["morphine", "hydromorphone", "fentanyl", "baclofen", "clonidine"]),
    dose=st.integers(1, 20000),
    hours=st.integers(0, 24 * 90) | st.none(),
)
def test_a_restart_is_never_proposed_above_the_old_dose_or_a_start(
    drug: str, dose: int, hours: int | None
) -> None:
    gap = None if hours is None else Duration.of(hours, "h")
    old = MassRate.of(dose, "ug/d")
    answer = restart(RestartCase(drug, old, gap))
    assert answer.highest is not None
    assert answer.highest <= old
    if answer.word == "new-start":
        assert gap is not None
        assert gap > restart_rule(drug).gap.value
        for one in (answer.by_fraction, answer.start_high):
            assert one is None or answer.highest <= one
