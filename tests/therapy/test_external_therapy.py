"""An external pump in a therapy file: rates, bags, sets and faults, as written and as replayed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import MORPHINE, Chart
from thecal.errors import BadFileError
from thecal.safety.finding import Verdict
from thecal.therapy.events import BagChange, Program, StrayBag
from thecal.therapy.file_reader import read_therapy
from thecal.therapy.file_writer import write_therapy
from thecal.therapy.simulation import Simulation, simulate
from thecal.units import MassRate, VolumeRate

WEAK = {"morphine": "0.5 mg/mL"}
STRONG = {"morphine": "1 mg/mL"}
PORT = {"model": "intrathecal-port", "implanted_length": "70 cm"}


def external(**more: object) -> Chart:
    """Return cancer pain on an external pump with a port: event 2 is the program, by rate."""
    return (
        Chart("cancer", pump="external-ambulatory", catheter=PORT, **more)
        .fill(0, "09:00", WEAK, "50 mL")
        .add("prime", 0, "09:05")
        .add("program", 0, "09:30", primary="morphine", mode="continuous", rate="0.2 mL/h")
    )


def bag(chart: Chart, day: float, clock: str = "09:00", **more: object) -> Chart:
    return chart.add("bag-change", day, clock, **{"volume": "50 mL", "mixture": WEAK, **more})


def replayed(chart: Chart, days: float) -> Simulation:
    therapy = chart.therapy()
    return simulate(therapy, until=therapy.instant(therapy.events[0].time) + int(days * 86400))


# -- rate ----------------------------------------------------------------------------------------


def test_a_rate_stands_for_the_daily_dose_that_it_gives() -> None:
    program = external().therapy().events[2]
    assert isinstance(program, Program)
    assert program.rate == VolumeRate.of("0.2", "mL/h")
    assert program.program.daily_dose == MassRate.of("2.4", "mg/d")
    by_dose = external()
    by_dose.events[2][1].pop("rate")
    by_dose.events[2][1]["daily_dose"] = "2.4 mg/d"
    assert replayed(by_dose, 5).balance == replayed(external(), 5).balance


def test_the_same_rate_of_a_stronger_bag_is_another_dose() -> None:
    chart = bag(external(), 3, mixture=STRONG).add(
        "program", 3, "09:10", primary="morphine", mode="continuous", rate="0.2 mL/h"
    )
    program = chart.therapy().events[4]
    assert isinstance(program, Program)
    assert program.program.daily_dose == MassRate.of("4.8", "mg/d")


def test_a_rate_runs_as_typed_where_the_stronger_bag_was_never_hung() -> None:
    chart = bag(external().add("fault", 3, "08:59", kind="missed-refill"), 3, mixture=STRONG)
    chart.add("program", 3, "09:10", primary="morphine", mode="continuous", rate="0.2 mL/h")
    without = external()
    assert replayed(chart, 5).reservoir_volume == replayed(without, 5).reservoir_volume


def test_a_missed_bag_that_brought_the_drug_first_leaves_a_program_that_the_pump_refuses() -> None:
    chart = Chart("cancer", pump="external-ambulatory", catheter=PORT)
    chart.fill(0, "09:00", {"bupivacaine": "1 mg/mL"}, "50 mL")
    chart = bag(chart.add("fault", 3, "08:59", kind="missed-refill"), 3)
    chart.add("program", 3, "09:10", primary="morphine", mode="continuous", rate="0.2 mL/h")
    assert [order.event for order in replayed(chart, 5).refused] == [3]


@pytest.mark.parametrize(
    ("chart", "words"),
    [
        (
            Chart()
            .fill(0, "09:00", MORPHINE)
            .add("program", 0, primary="morphine", mode="continuous", rate="0.2 mL/h"),
            "only an external pump is programmed by a rate",
        ),
        (
            external().run(1, "09:00", "morphine", "2 mg/d", rate="0.2 mL/h"),
            "rate stands beside daily_dose",
        ),
        (external().add("infection-care", 1, done=["needle", "needle"]), "done"),
        (external().add("infection-care", 1, done=["catheter"]), "done"),
        (bag(external(), 1, aspirated="3 mL"), "aspirated"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(chart: Chart, words: str) -> None:
    with pytest.raises(BadFileError) as refused:
        chart.therapy()
    assert words in str(refused.value)


# -- bags ----------------------------------------------------------------------------------------


def test_a_bag_change_does_what_a_fill_does_and_wasted_is_what_was_drawn() -> None:
    as_bag = bag(external(), 3, wasted="33 mL")
    as_fill = external().fill(3, "09:00", WEAK, "50 mL", aspirated="33 mL")
    assert isinstance(as_bag.therapy().events[3], BagChange)
    assert replayed(as_bag, 6).balance == replayed(as_fill, 6).balance
    books = replayed(as_bag, 6).balance["morphine"]
    assert books.withdrawn.in_unit("mg") == 33 / 2


@pytest.mark.req("H05", "R04")
def test_a_bag_change_is_judged_as_a_refill_and_h05_says_nothing_of_it() -> None:
    found = bag(external(), 3).review()
    assert not found.of("H05")
    assert "the old bag still held" in found.message("K2", 3)
    other = bag(external(), 3, mixture=STRONG, wasted="33 mL").review()
    assert other.worst("R04", 3) == "hard"
    assert other.verdict is Verdict.REFUSED


@pytest.mark.req("H05")
def test_an_implanted_pump_has_no_bag_and_h05_says_so() -> None:
    chart = bag(Chart().start(MORPHINE, "morphine", "2 mg/d"), 3)
    assert isinstance(chart.therapy().events[3], StrayBag)
    assert "it is not an external pump" in chart.review().message("H05", 3)
    plain = Chart().start(MORPHINE, "morphine", "2 mg/d")
    assert replayed(chart, 6).balance == replayed(plain, 6).balance


@pytest.mark.inventory("S2.8")
def test_the_empty_bag_is_foreseen_and_the_next_one_is_due_half_a_day_before_the_alarm() -> None:
    outlook = replayed(external(), 1).outlook
    assert outlook.low_reservoir is not None
    assert outlook.refill_by is not None
    longest = replayed(external(), 1)
    assert longest.last_fill is not None
    # 7 days between bags come before the alarm of this one, 8.9 days after it.
    assert outlook.refill_by.instant - longest.last_fill == 7 * 86400
    quick = external()
    quick.events[2][1]["rate"] = "0.5 mL/h"
    outlook = replayed(quick, 1).outlook
    assert outlook.low_reservoir_all_boluses is not None
    assert outlook.refill_by is not None
    assert outlook.low_reservoir_all_boluses - outlook.refill_by.instant == 12 * 3600


# -- the line ------------------------------------------------------------------------------------


def test_set_port_and_catheter_make_up_the_line() -> None:
    line = sum((parcel.volume.base for parcel in replayed(external(), 1).line), 0)
    assert line == 1600 + 500 + 154, "set and filter, port, 70 cm of lumen"


def test_a_new_set_without_a_prime_leaves_hours_without_drug_and_is_asked_about() -> None:
    chart = external().add("infection-care", 3, "09:00", done=["set"])
    assert "only after 8 h" in chart.review().message("R09", 3)
    primed = external().add("infection-care", 3, "09:00", done=["set"])
    primed.add("prime", 3, "09:05", kind="back-table")
    assert not primed.review().of("R09")
    assert not primed.review().grave()
    dose = {
        name: replayed(one, 3.9).balance["morphine"].delivered
        for name, one in (("dry", chart), ("primed", primed))
    }
    assert dose["dry"] < dose["primed"]


def test_an_occlusion_of_the_record_shows_by_the_alarm_and_ends_in_a_gap() -> None:
    chart = external().add("fault", 2, "09:00", kind="catheter-occlusion")
    (record,) = replayed(chart, 4).faults
    assert record.detected_by == "alarm"
    for day in (2.5, 30):
        chart = external().add("fault", 2, "09:00", kind="catheter-occlusion")
        chart.add("fault", day, "21:00", kind="catheter-occlusion", mended=True)
        chart.add("resume", day, "21:05")
        assert chart.review().worst("K12", 5) == ("silent" if day < 3 else "soft")


def test_a_pump_that_stopped_itself_stood_since_its_alarm_whoever_mended_it() -> None:
    chart = external().add("fault", 2, "09:00", kind="catheter-occlusion", duration="10 d")
    assert chart.add("resume", 30, "09:00").review().worst("K12", 4) == "soft"


# -- there and back ------------------------------------------------------------------------------


def test_what_is_written_is_read_back_the_same() -> None:
    chart = bag(external(), 3, wasted="33 mL", lot="L1").add(
        "infection-care", 3, "09:30", done=["needle", "set"]
    )
    therapy = chart.therapy()
    text = write_therapy(therapy)
    assert 'rate = "4.8 mL/d"' in text
    assert 'wasted = "33 mL"' in text
    assert read_therapy(text.encode(), "again.toml") == therapy
    stray = bag(Chart().start(MORPHINE, "morphine", "2 mg/d"), 3).therapy()
    assert read_therapy(write_therapy(stray).encode(), "again.toml") == stray


@pytest.mark.req("D03")
@given(
    st.lists(
        st.tuples(st.integers(1, 60), st.integers(5, 90), st.booleans(), st.booleans()),
        max_size=6,
    )
)
def test_mass_is_kept_over_random_bag_changes(
    changes: list[tuple[int, int, bool, bool]],
) -> None:
    chart, hours = external(), 1
    for wait, volume, strong, new_set in changes:
        hours += wait
        day, clock = hours / 24, "10:00"
        mixture = STRONG if strong else WEAK
        bag(chart, day, clock, volume=f"{volume} mL", mixture=mixture, wasted=f"{wait} mL")
        if new_set:
            chart.add("infection-care", day, clock, done=["set"])
            chart.add("prime", day, clock, kind="back-table")
    books = replayed(chart, hours / 24 + 2).balance["morphine"]
    assert books.filled == (
        books.withdrawn + books.reservoir + books.line + books.delivered + books.unaccounted
    )


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("bag-change", {"volume": "50 mL", "mixture": WEAK}),
        ("infection-care", {"done": ["set"]}),
        ("access-port", {"aspirated": "1 mL"}),
        ("set-clock", {"reason": "summer time"}),
        ("fault", {"kind": "catheter-kink"}),
    ],
)
def test_the_review_says_what_a_record_after_the_explant_does_not_do(
    kind: str, more: dict[str, object]
) -> None:
    chart = external().add("explant", 3, "09:00").add(kind, 4, "09:00", **more)
    findings = [one for one in chart.review().findings if one.event == 4]
    assert [one.check for one in findings] == ["H05"]
    assert "taken out" in findings[0].message
    assert [order.event for order in replayed(chart, 5).refused] == [4]
