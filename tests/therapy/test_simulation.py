"""Running a therapy to an end: every microgram is somewhere."""

from __future__ import annotations

from fractions import Fraction

import pytest

from builders import BACLOFEN, BACLOFEN_STRONG, MORPHINE, Chart, baclofen, morphine
from thecal.errors import BadFileError
from thecal.program.delivery import Purpose
from thecal.therapy.simulation import simulate
from thecal.units import Mass

NONE = Mass.zero()


def _courses():
    mixed = {"morphine": "5 mg/mL", "bupivacaine": "7.5 mg/mL"}
    yield "continuous", baclofen()
    yield (
        "a stronger solution",
        baclofen()
        .fill(36, "09:00", BACLOFEN_STRONG, aspirated="3.9 mL")
        .run(36, "09:10", "baclofen", "200 ug/d", bridge={"daily_dose": "200 ug/d"}),
    )
    yield (
        "two drugs, boluses, stop",
        Chart()
        .start(
            mixed,
            "morphine",
            "1 mg/d",
            patient_bolus={"dose": "0.1 mg", "duration": "5 min", "lockout": "1 h"},
        )
        .add("press", 3, "10:00")
        .add("press", 3, "10:30")
        .add("stop", 4, "09:00")
        .add("resume", 5, "09:00"),
    )
    yield "ran dry", morphine("5 mg/d").fill(60, "09:00", MORPHINE, aspirated="0.5 mL")
    yield (
        "port, revision, new pump",
        baclofen()
        .add("access-port", 5, "09:00", aspirated="1 mL", injected="0.5 mL", mixture={})
        .add(
            "revise",
            9,
            "09:00",
            catheter={"model": "ascenda-8780", "tip": "T9", "implanted_length": "60 cm"},
        )
        .add("replace", 12, "09:00", pump={"model": "synchromed-ii-20", "serial": "N2"})
        .fill(12, "09:10", BACLOFEN)
        .run(12, "09:40", "baclofen", "200 ug/d"),
    )


@pytest.mark.parametrize("chart", [pytest.param(c, id=n) for n, c in _courses()])
@pytest.mark.parametrize("days", [0, 1, 80])
@pytest.mark.inventory("S0.1")
def test_mass_is_conserved_in_the_balance_and_in_the_rows(chart, days):
    therapy = chart.therapy()
    rows = []
    end = therapy.instant(therapy.events[-1].time) + days * 86400
    result = simulate(therapy, until=end, sink=rows.append)
    for drug, balance in result.balance.items():
        assert balance.filled == (
            balance.withdrawn
            + balance.reservoir
            + balance.line
            + balance.delivered
            + balance.unaccounted
        )
        delivered = sum((row.mass_of(drug) for row in rows if drug in row.mixture), NONE)
        assert delivered == balance.delivered
        by_purpose = sum(result.delivered_by_purpose[drug].values(), NONE)
        assert by_purpose == balance.delivered


@pytest.mark.inventory("S0.1")
def test_what_leaves_the_reservoir_in_a_day_is_in_the_line_or_has_left_the_tip():
    """3.072 mg stand in a line of 0.3072 mL that was primed, and 2 mg follow."""
    therapy = morphine("2 mg/d").therapy()
    start = therapy.instant(therapy.events[2].time)
    before, after = (simulate(therapy, until=start + days * 86400) for days in (0, 1))
    one, other = before.balance["morphine"], after.balance["morphine"]
    gone = one.reservoir - other.reservoir
    assert gone == (other.line - one.line) + (other.delivered - one.delivered)
    assert gone == Mass.of(2, "mg")
    assert other.line == Mass.of("3.072", "mg")


@pytest.mark.inventory("S0.4")
def test_a_flex_day_gives_the_dose_that_was_declared_for_it():
    steps = [
        {"days": "daily", "start": "07:00", "duration": "1 h", "dose": "0.2 mg"},
        {"days": "daily", "start": "21:00", "duration": "2 h", "dose": "0.3 mg"},
    ]
    chart = Chart().start(MORPHINE, "morphine", "1.2 mg/d", steps=steps)
    declared = chart.review().review.programs[0].daily_doses["morphine"]
    # 21 hours of 1.2 mg a day, and both steps.
    assert declared == Mass.of("1.55", "mg")
    therapy = chart.therapy()
    start = therapy.instant(therapy.events[2].time)
    given = [
        simulate(therapy, until=start + day * 86400).delivered_by_purpose["morphine"]
        for day in (5, 6)
    ]
    assert given[1][Purpose.THERAPY] - given[0][Purpose.THERAPY] == declared


def test_the_end_may_lie_between_events_and_later_ones_are_left_out():
    therapy = baclofen().add("stop", 10, "09:00").therapy()
    half = therapy.instant(therapy.events[0].time) + 5 * 86400
    result = simulate(therapy, until=half)
    assert result.end == half
    given = result.delivered_by_purpose["baclofen"][Purpose.THERAPY].in_unit("ug")
    assert given == 200 * (5 - Fraction(1, 48))
    with pytest.raises(BadFileError, match="before the first event"):
        simulate(therapy, until=half - 6 * 86400)


def test_an_unknown_catheter_cannot_be_replayed():
    with pytest.raises(BadFileError, match="catheter length is not known"):
        simulate(Chart(catheter={}).fill(0, "09:00", MORPHINE).therapy())


def test_progress_is_told_in_chunks_that_add_up():
    therapy = baclofen().add("note", 100, "09:00", text="x").therapy()
    told = []
    with_progress = simulate(therapy, progress=told.append)
    assert sum(told) == 100 * 86400
    assert with_progress.balance == simulate(therapy).balance


def test_each_alarm_sounds_once_per_fill():
    result = simulate(morphine("5 mg/d").add("note", 90, "09:00", text="x").therapy())
    kinds = [alarm.kind for alarm in result.alarms]
    assert len(kinds) == len(set(kinds))
    assert len(kinds) >= 2


@pytest.mark.req("EC6")
def test_a_prime_that_runs_dry_ends_and_does_not_go_on_at_the_next_refill():
    chart = Chart().fill(0, "09:00", MORPHINE, "1.5 mL").add("prime", 0, "09:05")
    chart = chart.run(0, "09:10", "morphine", "1 mg/d")
    chart = chart.fill(20, "09:00", MORPHINE, aspirated="0 mL").add("note", 21, "09:00", text="x")
    rows = []
    result = simulate(chart.therapy(), sink=rows.append)
    primed = sum(row.volume.base for row in rows if row.purpose is Purpose.PRIME)
    assert primed == 100  # microlitres: 1.5 mL less the residual of 1.4 mL
    assert result.activity == "running"
    assert not result.refused
