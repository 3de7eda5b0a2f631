"""What left the tip before a moment, held against the books of the replay and against hand sums."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thecal.care.look_back import explain, look_back, window_span
from thecal.program.delivery import Delivery
from thecal.therapy.events import AccessPort, Therapy
from thecal.therapy.file_reader import read_therapy_file
from thecal.therapy.simulation import simulate
from thecal.units import Volume

EXAMPLES = Path(__file__).parents[2] / "examples"
SPAN = int(window_span().base)
NAMES = ("pain_two_drugs.toml", "spasticity_baclofen.toml", "external_pump.toml")
THERAPIES = {name: read_therapy_file(EXAMPLES / name) for name in NAMES}


def end_of(therapy: Therapy) -> int:
    return int(therapy.instant(therapy.events[-1].time))


def begin_of(therapy: Therapy) -> int:
    return int(therapy.instant(therapy.events[0].time))


def delivered(therapy: Therapy, until: int) -> dict[str, Fraction]:
    done = simulate(therapy, until=Fraction(until), length_needed=False)
    return {name: one.delivered.base for name, one in done.balance.items()}


def test_a_symptom_is_looked_back_from_for_seventy_two_hours() -> None:
    assert SPAN == 72 * 3600


@settings(max_examples=12, deadline=None)
@given(name=st.sampled_from(NAMES), after=st.integers(1, 9 * 24 * 60))
def test_the_sums_are_the_difference_of_the_books_at_both_ends(name: str, after: int) -> None:
    """The account of the pump is kept apart from its deliveries: two ways to one figure."""
    therapy = THERAPIES[name]
    at = begin_of(therapy) + after * 60
    found = look_back(therapy, Fraction(at))
    assert found is not None
    then, start = delivered(therapy, at), int(found.start)
    before = delivered(therapy, start) if start > begin_of(therapy) else {}
    for drug in found.totals:
        expected = then.get(drug, Fraction(0)) - before.get(drug, Fraction(0))
        if start == begin_of(therapy):
            expected = then.get(drug, Fraction(0))
        assert found.total(drug).base == expected, drug


@pytest.mark.parametrize("name", NAMES)
def test_rows_bars_and_sums_say_the_same(name: str) -> None:
    therapy = THERAPIES[name]
    found = look_back(therapy, Fraction(end_of(therapy) + 7 * 3600 + 13))
    assert found is not None
    assert found.whole
    assert len(found.hours) == 72
    assert found.hours[0].start == found.start
    assert found.hours[-1].end == found.at
    for drug in found.totals:
        total = found.total(drug)
        assert sum((one.mass_of(drug).base for one in found.rows), Fraction(0)) == total.base
        assert sum((one.masses[drug].base for one in found.hours), Fraction(0)) == total.base
    assert all(found.start <= one.start <= one.end <= found.at for one in found.rows)


def test_a_steady_dose_comes_to_its_rate_times_the_strength_times_three_days() -> None:
    """The strength is the true one: what was left at the fill is mixed in, unlike on the label."""
    therapy = THERAPIES["spasticity_baclofen.toml"]
    found = look_back(therapy, Fraction(end_of(therapy) + 5 * 24 * 3600))
    assert found is not None
    then = found.simulation
    volume = then.background.in_unit("mL/d") * 3
    strength = then.reservoir_mixture["baclofen"].in_unit("ug/mL")
    assert found.total("baclofen").in_unit("ug") == volume * strength
    label = then.reservoir_written["baclofen"].in_unit("ug/mL")
    assert volume * label == 450
    assert found.before is not None


def test_deliveries_are_those_of_a_run_of_its_own_summed_by_hand() -> None:
    therapy = THERAPIES["pain_two_drugs.toml"]
    at = end_of(therapy) + 5 * 3600
    rows: list[Delivery] = []
    simulate(therapy, until=Fraction(at), sink=rows.append)
    found = look_back(therapy, Fraction(at))
    assert found is not None
    for drug in found.totals:
        total = Fraction(0)
        for one in rows:
            length = one.end - one.start
            inside = min(one.end, found.at) - max(one.start, found.start)
            if length == 0:
                total += one.mass_of(drug).base if one.start >= found.start else 0
            elif inside > 0:
                total += one.mass_of(drug).base * Fraction(inside) / Fraction(length)
        assert found.total(drug).base == total


def test_a_later_event_changes_nothing_before_it() -> None:
    therapy = THERAPIES["pain_two_drugs.toml"]
    at = Fraction(begin_of(therapy) + 30 * 24 * 3600)
    short = replace(
        therapy, events=tuple(one for one in therapy.events if therapy.instant(one.time) <= at)
    )
    one, other = look_back(therapy, at), look_back(short, at)
    assert one is not None
    assert other is not None
    assert (one.rows, one.totals, one.presses) == (other.rows, other.totals, other.presses)
    assert one.simulation.catheter == other.simulation.catheter


def test_presses_are_told_with_their_answer() -> None:
    therapy = THERAPIES["pain_two_drugs.toml"]
    done = simulate(therapy, length_needed=False)
    pressed = [one for one in therapy.events if one.type == "press"]
    granted = denied = 0
    for one in pressed:
        found = look_back(therapy, therapy.instant(one.time) + 1)
        assert found is not None
        assert found.presses[-1].at == therapy.instant(one.time)
        granted += found.presses[-1].denial is None
        denied += found.presses[-1].denial is not None
    assert (granted, denied) == (done.presses.granted, done.presses.denied)


def test_a_record_that_begins_within_the_window_says_so() -> None:
    therapy = THERAPIES["spasticity_baclofen.toml"]
    found = look_back(therapy, Fraction(begin_of(therapy) + 10 * 3600))
    assert found is not None
    assert not found.whole
    assert found.before is None
    assert len(found.hours) == 10


def test_before_the_first_fill_nothing_can_have_left_a_tip() -> None:
    therapy = THERAPIES["spasticity_baclofen.toml"]
    assert look_back(therapy, Fraction(begin_of(therapy) - 1)) is None
    assert look_back(replace(therapy, events=()), Fraction(begin_of(therapy))) is None


def test_the_catheter_holds_what_the_replay_says() -> None:
    therapy = THERAPIES["pain_two_drugs.toml"]
    found = look_back(therapy, Fraction(end_of(therapy)))
    assert found is not None
    held = sum((one.volume.base for one in found.simulation.catheter), Fraction(0))
    assert Volume(held) == found.simulation.hardware.catheter.volume()


def test_how_it_began_is_taken_from_the_record_where_nobody_noted_it() -> None:
    therapy = THERAPIES["pain_two_drugs.toml"]
    found = look_back(therapy, Fraction(end_of(therapy) + 3600))
    assert found is not None
    known = explain(therapy, found, {}, "")
    assert known.onset_from == "fill"
    assert known.answer.case.findings["onset"] == "after-refill"
    noted = explain(therapy, found, {"onset": "sudden"}, "")
    assert noted.onset_from == ""
    assert noted.answer.case.findings["onset"] == "sudden"


def test_a_sick_patient_comes_before_every_cause() -> None:
    therapy = THERAPIES["spasticity_baclofen.toml"]
    found = look_back(therapy, Fraction(end_of(therapy) + 3600))
    assert found is not None
    sick = explain(therapy, found, {}, "withdrawal").answer
    assert "baclofen" in sick.first[0].what.value
    assert (
        explain(therapy, found, {"patient": "steady"}, "").answer.case.findings["patient"]
        == "steady"
    )
    assert "patient" not in explain(therapy, found, {}, "no such state").answer.case.findings


def test_a_push_at_the_very_minute_of_the_symptom_is_in_its_window() -> None:
    """Times are told to the minute: who fell ill at an injection did so after it."""
    therapy = THERAPIES["spasticity_baclofen.toml"]
    when = therapy.events[-1].time + timedelta(days=2)
    pushed = AccessPort(time=when, injected=Volume.of(1, "mL"))
    therapy = replace(therapy, events=(*therapy.events, pushed))
    at = therapy.instant(when)
    before, now, after = (look_back(therapy, at + one) for one in (-1, 0, 1))
    assert before is not None
    assert now is not None
    assert after is not None
    pushes = [one for one in now.rows if one.start == one.end]
    assert pushes
    mass = sum((one.mass_of("baclofen").base for one in pushes), Fraction(0))
    assert mass > 0
    assert now.total("baclofen").base > before.total("baclofen").base + mass / 2
    assert abs(after.total("baclofen").base - now.total("baclofen").base) < mass / 100
    for found in (before, now, after):
        bars = sum((one.masses["baclofen"].base for one in found.hours), Fraction(0))
        assert bars == found.total("baclofen").base
    later = look_back(therapy, at + 1800)
    assert later is not None
    inside = [one for one in later.hours if one.masses["baclofen"].base >= mass]
    assert len(inside) == 1
    on_the_edge = look_back(therapy, at + 3600)
    assert on_the_edge is not None
    bars = sum((one.masses["baclofen"].base for one in on_the_edge.hours), Fraction(0))
    assert bars == on_the_edge.total("baclofen").base
