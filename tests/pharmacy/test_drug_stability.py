"""Stability in the pump: all answers, the shortest as the default, unknown as unknown."""

from __future__ import annotations

import pytest

from thecal.data import rows
from thecal.pharmacy import drugs, shortest_stability, stability_in_pump


def days(*mixture: str, **options: bool | str | None) -> list[int]:
    """Return every answer in days, shortest first, for a pump that is not new."""
    found = stability_in_pump(mixture, first_fill=False, **options)
    return [int(one.fact.value.in_unit("d")) for one in found]


def test_t11_baclofen_is_capped_at_eleven_weeks_and_the_longer_figure_is_shown() -> None:
    assert days("baclofen") == [77, 180]
    assert days("baclofen", pump="infusaid-400") == [28, 77, 180]
    assert days("baclofen", pump="synchromed-ii-40") == [77, 180]


def test_morphine_sources_disagree_and_the_shorter_is_the_default() -> None:
    assert days("morphine") == [90, 180]


@pytest.mark.parametrize(
    ("mixture", "expected"),
    [
        ("hydromorphone", 120),
        ("morphine bupivacaine clonidine", 90),
        ("morphine bupivacaine", 90),
        ("bupivacaine", 90),
        ("morphine clonidine", 28),
        ("hydromorphone clonidine", 35),
        ("morphine ropivacaine ziconotide", 21),
        ("baclofen morphine", 30),
    ],
)
def test_the_shortest_answer_is_the_default(mixture: str, expected: int) -> None:
    found = shortest_stability(mixture.split(), first_fill=False)
    assert found is not None
    assert found.fact.value.in_unit("d") == expected


def test_a_subset_of_a_tested_mixture_says_that_it_is_one() -> None:
    found = shortest_stability(["morphine", "bupivacaine"], first_fill=False)
    assert found is not None
    assert "subset of the tested mixture" in found.fact.note


@pytest.mark.parametrize(
    "mixture", ["hydromorphone bupivacaine", "fentanyl", "morphine baclofen clonidine"]
)
def test_a_mixture_that_nobody_tested_is_not_checked(mixture: str) -> None:
    assert shortest_stability(mixture.split(), first_fill=False) is None
    assert stability_in_pump(mixture.split(), first_fill=True) == ()


def test_t17_ziconotide_fourteen_days_in_a_new_pump_then_84_or_40() -> None:
    first = stability_in_pump(["ziconotide"], first_fill=True)
    assert [one.fact.value.in_unit("d") for one in first] == [14]
    assert days("ziconotide", diluted=False) == [84]
    assert days("ziconotide", diluted=True) == [40]
    assert days("ziconotide") == [40, 84]


def test_the_first_fill_limit_of_ziconotide_holds_in_a_mixture_too() -> None:
    found = shortest_stability(["ziconotide", "morphine"], first_fill=True)
    assert found is not None
    assert found.fact.value.in_unit("d") == 14


def test_t28_ziconotide_with_morphine_rests_on_recalled_figures() -> None:
    """Below 90 % from day 19 and below 80 % from day 34 at morphine 20 mg/mL."""
    found = stability_in_pump(["morphine", "ziconotide"], first_fill=False)
    at_20 = [one for one in found if one.condition == "morphine 20 mg/mL"]
    assert [(one.endpoint, one.fact.value.in_unit("d")) for one in at_20] == [
        ("90 %", 19),
        ("80 %", 34),
    ]
    assert all(one.fact.recalled for one in found)


def test_what_was_tested_in_a_syringe_says_nothing_about_a_pump() -> None:
    four = ["morphine", "ropivacaine", "baclofen", "clonidine"]
    assert stability_in_pump(four, first_fill=False) == ()


def test_the_table_names_only_drugs_of_the_formulary() -> None:
    known = {one.id for one in drugs()}
    for row in rows("stability"):
        assert set(row["drugs"].split("+")) <= known
        assert row["drugs"] == "+".join(sorted(row["drugs"].split("+")))
