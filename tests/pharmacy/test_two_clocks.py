"""Beyond-use times by USP <797> of 2023, the decline of mixtures, and what was tested together."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.pharmacy import (
    STORAGES,
    Making,
    compatibility_of,
    content_of,
    decline_of,
    longest_beyond_use,
    obsolete_beyond_use,
    stability_in_pump,
)
from thecal.units import Concentration, Duration, Mass

USP_797_2023 = [
    ("1", "aseptic", "sterile", False, ("12 h", "24 h", None)),
    ("2", "aseptic", "non-sterile", False, ("1 d", "4 d", "45 d")),
    ("2", "aseptic", "sterile", False, ("4 d", "10 d", "45 d")),
    ("2", "aseptic", "sterile", True, ("30 d", "45 d", "60 d")),
    ("2", "aseptic", "non-sterile", True, ("30 d", "45 d", "60 d")),
    ("2", "terminal", "non-sterile", False, ("14 d", "28 d", "45 d")),
    ("2", "terminal", "sterile", True, ("45 d", "60 d", "90 d")),
    ("3", "aseptic", "sterile", True, ("60 d", "90 d", "120 d")),
    ("3", "terminal", "sterile", True, ("90 d", "120 d", "180 d")),
]


def days(number: str | int | Fraction) -> Duration:
    return Duration.of(number, "d")


def mixed(partner: str, strength: str, ziconotide: str = "25") -> dict[str, Concentration]:
    return {
        partner: Concentration.of(strength, "mg/mL"),
        "ziconotide": Concentration.of(ziconotide, "ug/mL"),
    }


@pytest.mark.req("K31")
@pytest.mark.parametrize(("category", "method", "start", "tested", "times"), USP_797_2023)
def test_the_table_of_2023(
    category: str, method: str, start: str, tested: bool, times: tuple[str | None, ...]
) -> None:
    for storage, time in zip(STORAGES, times, strict=True):
        row = longest_beyond_use(Making(category, method, start, tested, storage))
        if time is None:
            assert row is None
            continue
        assert row is not None
        number, unit = time.split()
        assert row.fact.value == Duration.of(number, unit)
        assert row.edition == "usp-797-2023"


@pytest.mark.req("K31")
@pytest.mark.parametrize(
    ("storage", "time"), [*zip(STORAGES, ("48 h", "14 d", "45 d"), strict=True)]
)
def test_the_times_of_2008_are_recognised_as_obsolete_and_never_used(
    storage: str, time: str
) -> None:
    number, unit = time.split()
    (old,) = obsolete_beyond_use(storage)
    assert old.fact.value == Duration.of(number, unit)
    assert "obsolete" in old.fact.note
    used = longest_beyond_use(Making("2", "aseptic", "sterile", False, storage))
    assert used is not None
    assert used.edition != old.edition


def test_a_category_3_without_a_test_has_no_time() -> None:
    assert longest_beyond_use(Making("3", "aseptic", "sterile", False, "room")) is None


@given(storage=st.sampled_from(STORAGES), start=st.sampled_from(("sterile", "non-sterile")))
def test_a_test_of_sterility_and_a_sterile_start_never_shorten_the_time(
    storage: str, start: str
) -> None:
    def time(tested: bool, beginning: str) -> Fraction:
        row = longest_beyond_use(Making("2", "aseptic", beginning, tested, storage))
        assert row is not None
        return row.fact.value.base

    assert time(True, start) >= time(False, start)
    assert time(False, "sterile") >= time(False, "non-sterile")


@pytest.mark.inventory("T28")
def test_t28_ziconotide_with_morphine_20_is_at_90_percent_on_day_19_and_80_on_day_34() -> None:
    course = decline_of(mixed("morphine", "20"))
    assert course is not None
    assert course.time_to(Fraction(9, 10)) == days(19)
    assert course.time_to(Fraction(8, 10)) == days(34)
    assert course.remaining(days(30)) == Fraction(9, 10) - Fraction(11, 15) / 10
    assert all(fact.recalled for fact, _ in course.points)


@pytest.mark.inventory("T28")
def test_the_table_is_interpolated_and_no_exponential() -> None:
    """First order through the first point predicts 80 % at 40 d; the table says 34."""
    course = decline_of(mixed("morphine", "20"))
    assert course is not None
    predicted = 19 * math.log(0.8) / math.log(0.9)
    assert round(predicted) == 40
    assert course.time_to(Fraction(8, 10)) == days(34)


@pytest.mark.inventory("T28")
@pytest.mark.parametrize(
    ("partner", "strength", "ninety", "eighty"),
    [
        ("morphine", "10", 34, 65),
        ("morphine", "10.1", 19, 34),  # between two courses the faster one holds
        ("hydromorphone", "35", 19, 40),
        ("fentanyl", "1", 26, 58),
        ("sufentanil", "1", 33, 68),
        ("bupivacaine", "5", 22, 45),
        ("clonidine", "2", 60, None),
        ("baclofen", "2", 30, None),
    ],
)
def test_the_tables_of_the_mixtures_with_ziconotide(
    partner: str, strength: str, ninety: int, eighty: int | None
) -> None:
    course = decline_of(mixed(partner, strength))
    assert course is not None
    assert course.time_to(Fraction(9, 10)) == days(ninety)
    assert course.time_to(Fraction(8, 10)) == (None if eighty is None else days(eighty))


def test_nothing_is_said_beyond_the_last_point_or_the_strongest_mixture_tested() -> None:
    course = decline_of(mixed("morphine", "20"))
    assert course is not None
    assert course.remaining(days(34)) == Fraction(8, 10)
    assert course.remaining(days("34.01")) is None
    assert decline_of(mixed("morphine", "20.1")) is None
    three = {**mixed("morphine", "20"), "clonidine": Concentration.of(1, "mg/mL")}
    assert decline_of(three) is None


@given(first=st.fractions(0, 34), second=st.fractions(0, 34))
def test_what_is_left_only_falls(first: Fraction, second: Fraction) -> None:
    course = decline_of(mixed("morphine", "20"))
    assert course is not None
    early, late = (course.remaining(days(one)) for one in sorted((first, second)))
    assert early is not None
    assert late is not None
    assert 1 >= early >= late >= Fraction(8, 10)


@pytest.mark.inventory("T17")
def test_t17_a_new_pump_with_ziconotide_is_refilled_by_day_14_later_by_84_or_40() -> None:
    first = stability_in_pump(["ziconotide"], first_fill=True, diluted=False)
    assert [one.fact.value for one in first] == [days(14)]
    for diluted, time in ((False, 84), (True, 40)):
        later = stability_in_pump(["ziconotide"], first_fill=False, diluted=diluted)
        assert [one.fact.value for one in later] == [days(time)]


@pytest.mark.inventory("T27")
def test_t27_the_label_of_baclofen_forbids_a_mixture() -> None:
    known = compatibility_of(["baclofen", "morphine"])
    assert [(drug, fact.value) for drug, fact in known.label] == [("baclofen", "forbidden")]
    assert compatibility_of(["baclofen"]).label == ()


def test_what_was_tested_for_a_part_of_a_mixture_is_no_test_of_the_whole() -> None:
    assert compatibility_of(["morphine", "bupivacaine", "clonidine"]).tested
    more = compatibility_of(["morphine", "bupivacaine", "clonidine", "ziconotide"])
    assert not more.tested
    assert frozenset({"morphine", "clonidine"}) in more.tested_parts


def test_the_content_is_told_in_single_intrathecal_doses() -> None:
    content = content_of("bupivacaine", Mass.of(300, "mg"))
    assert content.times == 120
    assert content_of("ropivacaine", Mass.of(300, "mg")).times is None
    assert content_of("morphine", Mass.of(100, "mg")).times == 200
