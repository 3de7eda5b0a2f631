"""A pump on the bench: the reference vectors of facts/standards.md 2.8, and what is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.device import pump_model
from thecal.errors import CannotComputeError, RateRefusalError, ThecalError
from thecal.pump.bench import Bench, BenchOrder, bench_facts, run_bench
from thecal.pump.trumpet import WorstErrors
from thecal.units import Duration, Volume, VolumeRate, parse_quantity

NONE = WorstErrors(Fraction(0), Fraction(0))


def bench(model: str, rate: str | None = None, **more: str) -> Bench:
    return run_bench(
        BenchOrder(
            pump_model(model),
            None if rate is None else parse_quantity(rate, VolumeRate),
            parse_quantity(more["stroke"], Volume) if "stroke" in more else None,
            Fraction(more.get("gain", "1")),
            parse_quantity(more["duration"], Duration) if "duration" in more else None,
        )
    )


def percent(errors: WorstErrors, digits: int) -> tuple[float, float]:
    return round(float(errors.least * 100), digits), round(float(errors.most * 100), digits)


HALF_HOUR, HOUR, SIX_HOURS, DAY, WEEK, FILL = range(6)


@pytest.mark.req("D20")
@pytest.mark.parametrize(
    ("window", "digits", "expected"),
    [
        (HALF_HOUR, 1, (-23.2, 15.2)),
        (HOUR, 1, (-4.0, 15.2)),
        (SIX_HOURS, 1, (-0.8, 2.4)),
        (DAY, 1, (-0.8, 0.0)),
        (WEEK, 2, (-0.11, 0.0)),
    ],
)
def test_reference_vector_2_8_at_250_ul_a_day_from_the_start(
    window: int, digits: int, expected: tuple[float, float]
) -> None:
    found = bench("prometra-ii-20", "250 uL/d")
    assert percent(found.windows[window].from_start, digits) == expected


@pytest.mark.req("D20")
def test_reference_vector_2_8_at_250_ul_a_day_of_the_running_pump() -> None:
    """24 h and 7 d hold 125 and 875 whole intervals: what is short there is the start alone."""
    found = [window.running for window in bench("prometra-ii-20", "250 uL/d").windows]
    assert [percent(one, 1) for one in found[:3]] == [(-23.2, 15.2), (-4.0, 15.2), (-0.8, 2.4)]
    assert found[DAY:] == [NONE, NONE, NONE]


@pytest.mark.req("D20")
def test_reference_vector_2_8_at_48_ul_a_day_of_the_running_pump() -> None:
    found = [window.running for window in bench("prometra-ii-20", "48 uL/d").windows]
    assert found[HALF_HOUR] == WorstErrors(Fraction(-1), Fraction(1))
    assert found[HOUR:] == [NONE] * 5


@pytest.mark.req("D20")
@pytest.mark.parametrize("model", ["isomed-20-05", "codman-3000-30"])
def test_reference_vector_2_8_constant_flow_is_all_zero(model: str) -> None:
    found = bench(model)
    assert all(one.running == NONE == one.from_start for one in found.windows)
    assert all(sample.error == 0 for sample in found.start_up)
    assert found.overall == 0
    assert found.strokes is None


def test_windows_end_with_the_whole_fill() -> None:
    found = bench("prometra-ii-20", "0.25 mL/d")
    assert [one.length.in_unit("h") for one in found.windows] == [
        *(Fraction(1, 2), 1, 6, 24, 168, 80 * 24)
    ]
    assert [one.whole_fill for one in found.windows] == [False] * 5 + [True]
    assert found.left_out == ()


def test_a_shorter_run_has_its_own_length_as_last_window_and_names_what_it_leaves_out() -> None:
    found = bench("prometra-ii-20", "0.25 mL/d", duration="10 h")
    assert [one.length.in_unit("h") for one in found.windows] == [Fraction(1, 2), 1, 6, 10]
    assert [one.in_unit("h") for one in found.left_out] == [24, 168]
    assert len(found.start_up) == 20
    seven = bench("prometra-ii-20", "0.25 mL/d", duration="7 d")
    assert [one.length.in_unit("d") for one in seven.windows][-2:] == [1, 7]


def test_overall_error_is_what_the_grid_leaves_of_the_order() -> None:
    found = bench("prometra-ii-20", "251 uL/d")
    assert found.achievable == VolumeRate.of(250, "uL/d")
    assert found.overall == Fraction(250, 251) - 1
    assert found.windows[DAY].running == WorstErrors(found.overall, found.overall)


@given(st.fractions(min_value=Fraction(1, 2), max_value=2, max_denominator=50))
def test_gain_multiplies_what_comes_out(gain: Fraction) -> None:
    true, other = (
        bench("prometra-ii-20", "130 uL/d", gain=str(one), duration="30 h") for one in (1, gain)
    )
    assert other.overall + 1 == (true.overall + 1) * gain
    for one, two in zip(true.windows, other.windows, strict=True):
        assert two.running.most + 1 == (one.running.most + 1) * gain
        assert two.from_start.least + 1 == (one.from_start.least + 1) * gain
    assert [one.volume.scaled(gain) for one in true.start_up] == [
        one.volume for one in other.start_up
    ]


def test_constant_flow_shows_the_gain_of_its_unit_everywhere() -> None:
    found = bench("isomed-20-05", gain="1.1")
    assert {one.running for one in found.windows} == {WorstErrors(Fraction(1, 10), Fraction(1, 10))}


@given(st.fractions(min_value=10, max_value=900, max_denominator=7))
def test_the_start_up_adds_up_to_the_strokes_of_its_hours(rate: Fraction) -> None:
    run = Duration.of(30, "h")
    order = BenchOrder(pump_model("prometra-ii-20"), VolumeRate.of(rate, "uL/d"), duration=run)
    found = run_bench(order)
    assert found.strokes is not None
    end = found.start_up[-1].end
    total = sum((sample.volume.base for sample in found.start_up), Fraction(0))
    assert total == found.strokes.volume.base * found.strokes.count_before(end)


def test_stated_band_is_that_of_the_model() -> None:
    found = bench("prometra-ii-20", "250 uL/d")
    inside = [found.within_band(window.running) for window in found.windows]
    assert inside == [False, False, True, True, True, True]
    assert bench("isomed-20-05").within_band(NONE) is None


def test_too_little_lies_outside_the_band_as_too_much_does() -> None:
    found = bench("prometra-20", "1 mL/d", duration="1 d")
    band = Fraction("0.15")
    for least, most, inside in (
        (-band, band, True),
        (-band - Fraction(1, 999), Fraction(0), False),
        (Fraction(0), band + Fraction(1, 999), False),
    ):
        assert found.within_band(WorstErrors(least, most)) is inside


@pytest.mark.parametrize("rate", ["0.048 mL/d", "24 mL/d"])
def test_lowest_and_highest_rate_themselves_are_allowed(rate: str) -> None:
    found = bench("synchromed-ii-40", rate, stroke="2 uL", duration="1 h")
    assert found.achievable == found.ordered


def test_a_roller_pump_runs_with_an_assumed_stroke_only() -> None:
    with pytest.raises(CannotComputeError, match="no volume of a stroke for synchromed-ii-40") as e:
        bench("synchromed-ii-40", "0.25 mL/d")
    assert "--stroke" in e.value.remedy
    found = bench("synchromed-ii-40", "0.25 mL/d", stroke="2 uL")
    assert found.stroke_fact is None
    assert found.strokes is not None
    assert percent(found.windows[HALF_HOUR].running, 1) == (-23.2, 15.2)


def test_the_catalogues_other_accumulator_can_be_taken() -> None:
    found = bench("prometra-20", "0.25 mL/d", stroke="2.5 uL")
    assert found.strokes is not None
    assert found.strokes.interval == Duration.of(864, "s")


@pytest.mark.parametrize(
    ("model", "rate", "more", "error", "message"),
    [
        ("prometra-20", None, {}, CannotComputeError, "programmable"),
        ("prometra-20", "30 mL/d", {}, RateRefusalError, "above the highest"),
        ("synchromed-ii-20", "0.04 mL/d", {"stroke": "2 uL"}, RateRefusalError, "below the lowest"),
        ("prometra-20", "1 uL/d", {}, CannotComputeError, "less than one stroke"),
        ("prometra-20", "1 mL/d", {"duration": "21 d"}, CannotComputeError, "lasts 20\xa0days"),
        ("isomed-20-05", "0.6 mL/d", {}, RateRefusalError, "no other rate"),
        ("isomed-20-05", None, {"stroke": "2 uL"}, CannotComputeError, "no strokes"),
        ("ip-2000-v", None, {}, CannotComputeError, "no flow"),
        ("external-port", "1 mL/h", {}, CannotComputeError, "no volume of a stroke"),
        ("external-port", "1 mL/h", {"stroke": "2 uL"}, CannotComputeError, "capacity"),
        ("prometra-20", "1 mL/d", {"stroke": "0.01 uL"}, CannotComputeError, "more than 200000"),
    ],
)
def test_what_cannot_run_is_refused_with_a_remedy(
    model: str, rate: str | None, more: dict[str, str], error: type[ThecalError], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        bench(model, rate, **more)
    assert caught.value.remedy


def test_constant_flow_may_be_given_its_own_rate() -> None:
    assert bench("isomed-20-05", "0.5 mL/d").windows == bench("isomed-20-05").windows


def test_a_pump_of_unknown_capacity_runs_for_a_stated_time() -> None:
    found = bench("external-port", "1 mL/h", stroke="2 uL", duration="7 d")
    assert found.fill is None
    assert found.windows[-1].length == Duration.of(7, "d")


def test_constants_of_the_bench_stand_in_their_table() -> None:
    assert {fact.source for fact in bench_facts().values()} == {
        *("standards.md 2.8", "pkpd.md 4.9", "project rule")
    }
