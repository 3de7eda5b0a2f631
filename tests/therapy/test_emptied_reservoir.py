"""A reservoir that was emptied and not filled: nothing is there, nothing flows, somebody is asked.

Contract: the therapy file's `empty`; requirement: what was emptied is neither counted nor given.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import BACLOFEN, MORPHINE, Chart, baclofen, morphine
from thecal.care.due import due_items
from thecal.care.due.from_replay import knowledge_of
from thecal.errors import BadFileError
from thecal.pump.state import Activity
from thecal.report.events_table import event_words
from thecal.therapy.file_reader import read_therapy
from thecal.therapy.file_writer import write_therapy
from thecal.therapy.simulation import Simulation, simulate
from thecal.units import Mass, Volume, VolumeRate, show

ROLLER, VALVES, CONSTANT = "synchromed-ii-40", "prometra-20", "isomed-35-10"
PROMETRA_LINE = {"model": "prometra-11823", "implanted_length": "76 cm"}


def running(pump: str, volume: str = "20 mL") -> Chart:
    """Return a pump of a kind that runs since day 0."""
    if pump == CONSTANT:
        return Chart(pump=pump).fill(0, "09:00", MORPHINE, volume)
    line = PROMETRA_LINE if pump == VALVES else None
    return morphine("0.5 mg/d", pump=pump, catheter=line, volume=volume)


def standing(chart: Chart, day: int) -> Simulation:
    """Return how a chart stands at a day, 09:00."""
    therapy = chart.add("note", day, "09:00", text="now").therapy()
    return simulate(therapy)


@pytest.mark.parametrize("pump", [ROLLER, VALVES, CONSTANT])
def test_an_emptied_pump_holds_nothing_and_gives_nothing(pump: str) -> None:
    chart = running(pump).add("empty", 5, "09:00", reason="a scan")
    at_once, later = standing(chart, 5), standing(running(pump).add("empty", 5, "09:00"), 40)
    for done in (at_once, later):
        assert done.emptied
        assert done.activity is Activity.DRY
        assert done.reservoir_volume == Volume.zero()
        assert done.background == VolumeRate.zero()
        assert done.outlook.refill_by is None
    assert at_once.delivered_by_purpose == later.delivered_by_purpose


@pytest.mark.parametrize("pump", [ROLLER, VALVES, CONSTANT])
def test_what_was_drawn_is_booked_as_withdrawn_and_mass_is_kept(pump: str) -> None:
    full = standing(running(pump), 5)
    chart = running(pump).add("empty", 5, "09:00", aspirated="12 mL")
    book = standing(chart, 9).balance["morphine"]
    assert book.withdrawn == Mass.of(120, "mg")
    there = full.balance["morphine"].reservoir - book.reservoir
    assert book.unaccounted == there - book.withdrawn
    kept = book.withdrawn + book.reservoir + book.line + book.delivered + book.unaccounted
    assert book.filled == kept


@given(
    st.sampled_from([ROLLER, VALVES, CONSTANT]),
    st.integers(1, 60),
    st.integers(0, 20_000) | st.none(),
    st.integers(0, 30),
)
def test_whatever_is_drawn_and_whenever_mass_is_kept_and_a_refill_goes_on(
    pump: str, day: int, drawn: int | None, wait: int
) -> None:
    aspirated = None if drawn is None else f"{drawn} uL"
    chart = running(pump).add("empty", day, "09:00", aspirated=aspirated)
    chart.fill(day + wait, "10:00", MORPHINE, "10 mL", aspirated="0 mL")
    done = standing(chart, day + wait + 3)
    assert not done.emptied
    book = done.balance["morphine"]
    kept = book.withdrawn + book.reservoir + book.line + book.delivered + book.unaccounted
    assert book.filled == kept
    assert done.activity is Activity.RUNNING
    assert Volume.zero() < done.reservoir_volume < Volume.of(10, "mL")


def test_the_residual_that_no_syringe_reaches_mixes_with_the_next_solution() -> None:
    strong, weak = {"morphine": "20 mg/mL"}, {"morphine": "10 mg/mL"}
    chart = Chart().fill(0, "09:00", strong).add("empty", 0, "09:30").fill(0, "10:00", weak)
    left, filled = Fraction("1.4"), Fraction(20)
    mixed = (left * 20 + filled * 10) / (left + filled)
    done = simulate(chart.therapy())
    assert done.reservoir_mixture["morphine"].in_unit("mg/mL") == mixed


@pytest.mark.req("K19")
@pytest.mark.inventory("S3.24")
@pytest.mark.parametrize("pump", ["prometra-20", "prometra-ii-20"])
def test_a_prometra_that_was_emptied_may_be_scanned(pump: str) -> None:
    chart = morphine("0.5 mg/d", pump=pump, catheter=PROMETRA_LINE, volume="10 mL")
    scan = {"field": "1.5 T", "duration": "30 min"}
    assert chart.add("mri", 5, "09:00", **scan).review().worst("K19", 3) == "hard"
    chart.events.pop()
    chart.add("empty", 5, "08:00", aspirated="9.7 mL", reason="a scan")
    found = chart.add("mri", 5, "09:00", **scan).review()
    assert found.worst("K19", 4) == "warn"
    assert "without drug" in found.message("K19", 4)
    assert "K19" not in {check for check, _ in found.grave()}


@pytest.mark.req("K13")
def test_a_pump_left_emptied_is_asked_about_with_what_its_drug_does() -> None:
    chart = baclofen().add("empty", 5, "09:00", aspirated="18 mL")
    found = chart.review()
    assert found.worst("K13", 3) == "warn"
    assert "left emptied" in found.message("K13", 3)
    assert "give the reason" in found.message("K13", 3)
    assert "rebound spasticity" in found.message("K13", 3)
    assert found.of("K13", 3)[0].follow_up


@pytest.mark.req("K13")
def test_a_pump_emptied_and_filled_in_one_visit_is_not_left_emptied() -> None:
    chart = baclofen().add("empty", 5, "09:00", aspirated="18 mL", reason="wrong solution")
    chart.fill(5, "10:00", BACLOFEN, aspirated="0 mL")
    assert chart.review().worst("K13", 3) == "silent"


@pytest.mark.req("K2")
@pytest.mark.req("K17")
@pytest.mark.parametrize(("drawn", "graver"), [("0 mL", "K2"), ("20 mL", "K17")])
def test_emptying_is_never_held_up_whatever_the_syringe_drew(drawn: str, graver: str) -> None:
    chart = morphine("2 mg/d").add("empty", 60, "09:00", aspirated=drawn)
    found = chart.review()
    assert found.worst(graver, 3) == "warn"
    assert not [one for one in found.grave() if one[1] == 3]


@pytest.mark.req("K2")
def test_an_emptying_without_its_volume_is_reported_as_not_checked() -> None:
    found = morphine().add("empty", 5, "09:00", reason="a scan").review()
    assert found.worst("K2", 3) == "warn"
    assert "not checked" in found.message("K2", 3)


@pytest.mark.req("K12")
def test_a_long_time_emptied_is_an_interruption_for_whatever_restarts() -> None:
    chart = morphine("2 mg/d").add("empty", 10, "09:00", aspirated="17 mL", reason="infection")
    chart.fill(70, "09:00", MORPHINE, aspirated="0 mL", confirmed_by=["ultrasound"])
    found = chart.run(70, "09:30", "morphine", "2 mg/d").review()
    assert found.worst("K12", 5) == "hard"
    assert "1,440 h empty" in found.message("K12", 5)
    low = morphine("2 mg/d").add("empty", 10, "09:00", aspirated="17 mL", reason="infection")
    low.fill(70, "09:00", MORPHINE, aspirated="0 mL", confirmed_by=["ultrasound"])
    low.run(70, "09:30", "morphine", "0.5 mg/d")
    assert low.review().worst("K12", 5) != "hard"


@pytest.mark.req("K36")
@pytest.mark.req("K12")
def test_the_refill_after_it_is_not_late_and_asks_where_the_needle_is() -> None:
    chart = morphine("2 mg/d").add("empty", 10, "09:00", aspirated="17 mL", reason="infection")
    chart.fill(200, "09:00", MORPHINE, aspirated="0 mL", confirmed_by=["template"])
    found = chart.review()
    assert found.worst("K36", 4) == "hard"
    assert "refill-by" not in found.message("K12", 4)
    assert found.worst("K17", 4) == "silent"


@pytest.mark.req("K13")
@pytest.mark.req("K12")
def test_today_asks_when_an_emptied_pump_runs_again_and_no_longer_to_refill_it() -> None:
    chart = baclofen().add("empty", 5, "09:00", aspirated="18 mL", reason="infection")
    done = standing(chart, 30)
    rules = {one.rule: one for one in due_items(knowledge_of(done), done.therapy.moment(done.end))}
    assert "emptied since" in rules["pump-standing"].what
    assert "infection" in rules["pump-standing"].what
    assert "rebound spasticity" in rules["pump-standing"].what
    assert not {"refill", "empty", "interval", "beyond-use"} & set(rules)


def test_a_pump_that_was_never_filled_or_was_taken_out_is_left_as_it_is() -> None:
    never = Chart().add("empty", 0, "09:00", aspirated="0 mL").fill(1, "09:00", MORPHINE)
    assert never.review().worst("K13", 0) == "silent"
    assert simulate(never.therapy()).reservoir_volume == Volume.of(20, "mL")
    gone = morphine().add("explant", 5, "09:00", reason="infection").add("empty", 6, "09:00")
    assert [one.event for one in simulate(gone.therapy()).refused] == [4]


def test_an_emptying_survives_the_way_through_a_file_and_is_told() -> None:
    chart = morphine().add(
        "empty", 5, "09:00", aspirated="17.25 mL", reason="a scan", witness="a pharmacist"
    )
    therapy = chart.therapy()
    again = read_therapy(write_therapy(therapy).encode(), "again.toml")
    assert again == therapy
    assert simulate(again) == simulate(therapy)
    told = event_words(therapy.events[3])
    assert show(Volume.of("17.25", "mL"), "mL") in told
    assert "a scan" in told
    assert "a pharmacist" in told


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"aspirated": "5mL"}, "aspirated"),
        ({"aspirated": "-1 mL"}, "aspirated"),
        ({"volume": "5 mL"}, "volume"),
        ({"reason": 5}, "reason"),
        ({"witness": ""}, "witness"),
    ],
)
def test_what_an_emptying_cannot_say_is_refused(more: dict[str, object], place: str) -> None:
    with pytest.raises(BadFileError) as refused:
        morphine().add("empty", 5, "09:00", **more).therapy()
    assert "event 3 (empty)" in str(refused.value)
    assert place in str(refused.value)
