"""Every published figure with visible inputs comes out again; the others say why not."""

from __future__ import annotations

from fractions import Fraction

import pytest

from thecal.lab.economics.model import break_even, curves
from thecal.lab.economics.studies import (
    Reproduction,
    kumar_2002,
    not_reproduced,
    number,
    reproductions,
    trial_success,
)

FOUND = {(one.study, one.output): one for one in reproductions()}


@pytest.mark.inventory("W31", "S1.R20")
@pytest.mark.parametrize(
    ("study", "output", "published"),
    [
        ("kumar-2002", "break-even-month", "28"),
        ("kumar-2002", "pump-total", "29410"),
        ("kumar-2002", "conventional-total", "38000"),
        ("kumar-2002", "pump-per-year", "5882"),
        ("kumar-2002", "conventional-per-year", "7600"),
        ("kumar-2002", "pump-initial", "7516"),
        ("kumar-2002", "pump-per-month", "364.90"),
        ("kumar-2002", "conventional-per-month", "633.33"),
        ("kumar-2013", "increment", "13034"),
        ("kumar-2013", "icer", "11326"),
        ("kumar-2013", "net-benefit", "9982"),
        ("de-lissovoy-1997", "base-per-month", "1382"),
        ("de-lissovoy-1997", "best-per-month", "891"),
        ("de-lissovoy-1997", "worst-per-month", "2085"),
        ("bolash-2015", "all-system-cost", "20631"),
        ("bolash-2015", "battery-end-system-cost", "19955"),
        ("de-lissovoy-2007", "quality-years", "1.17"),
        ("hamza-2012", "implanted", "58"),
    ],
)
def test_a_published_figure_comes_out_again(study: str, output: str, published: str) -> None:
    one = FOUND[study, output]
    assert one.published.value == Fraction(published)
    assert one.agrees, (one.computed, one.published.value)


@pytest.mark.inventory("W31")
def test_nothing_is_reproduced_that_no_test_names_and_all_agree() -> None:
    assert len(FOUND) == 18
    assert all(one.agrees for one in FOUND.values())


@pytest.mark.inventory("W31")
def test_kumar_2002_breaks_even_at_28_months_by_the_fitted_costs_as_printed() -> None:
    """T = 7516.25 / (633.33 - 364.90) = 28.0, with the rounded costs of the facts."""
    given, frame = kumar_2002()
    assert Fraction("7516.25") == given.implant
    printed = given.implant / (Fraction("633.33") - Fraction("364.90"))
    assert round(float(printed), 1) == 28.0
    found = curves(given, frame.horizon_months)
    even = break_even(found)
    assert even is not None
    assert (even.month, even.exact, even.stays) == (28, 28, True)
    assert (found.pump[-1], found.conventional[-1]) == (29410, 38000)
    assert (frame.currency, frame.horizon_months) == ("CAD", 60)


@pytest.mark.inventory("W31")
def test_kumar_2013_by_its_printed_figures() -> None:
    icer, benefit = FOUND["kumar-2013", "icer"], FOUND["kumar-2013", "net-benefit"]
    assert round(icer.computed) == 11326
    assert benefit.computed == 9982


@pytest.mark.inventory("W31", "S0.R1")
def test_58_of_61_trials_succeed() -> None:
    assert trial_success() == Fraction(58, 61)


def test_a_figure_that_is_off_by_more_than_its_last_digit_does_not_agree() -> None:
    right = FOUND["kumar-2013", "icer"]
    for computed, agrees in (("11326.5", True), ("11326.51", False), ("11325.49", False)):
        one = Reproduction("x", "y", right.published, Fraction(computed), "")
        assert one.agrees is agrees


@pytest.mark.inventory("W31", "S1.R20")
def test_what_cannot_be_computed_is_listed_with_the_reason() -> None:
    listed = {one.study for one in not_reproduced()}
    assert listed == {
        *("hassenbusch-1997", "review-1999", "de-lissovoy-1997", "kumar-2013"),
        *("guillemette-2013", "bolash-2015", "korea-2017", "korea-2016", "stearns-2016"),
        *("stearns-2019", "brogan-2013", "sampson-2002", "hoving-2008", "walczak"),
        *("bensmail-2009", "society-cost"),
    }
    assert all(one.reason for one in not_reproduced())


@pytest.mark.inventory("S1.R20")
def test_a_remembered_figure_stays_remembered() -> None:
    remembered = {one.study for one in not_reproduced() if one.figure.fact.recalled}
    assert remembered == {"guillemette-2013", "brogan-2013"}
    assert number("kumar-2002", "break-even-month").status == "read"
