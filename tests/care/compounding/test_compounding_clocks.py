"""Two clocks: from mixing to filling, and from filling to the next refill; neither extends both."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from compounding_cases import case, refused, said
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.compounding import judge
from thecal.care.compounding.case import CompoundingCase, Times
from thecal.pharmacy import Ingredient
from thecal.safety.finding import Severity
from thecal.units import Concentration, MassRate, VolumeRate

START = case().times.mixed
assert START is not None


def ug(number: str) -> Concentration:
    return Concentration.of(number, "ug/mL")


def ziconotide(dose: str = "5", stock: str = "25", flow: str = "0.2") -> dict[str, object]:
    """Ziconotide alone, undiluted by default: 5 mcg a day at 0.2 mL."""
    return {
        "ingredients": {"ziconotide": Ingredient(MassRate.of(dose, "ug/d"), stock=ug(stock))},
        "flow": VolumeRate.of(flow, "mL/d"),
    }


def with_morphine(days: int) -> CompoundingCase:
    """Ziconotide 25 mcg/mL and morphine 20 mg/mL, refilled after `days` days."""
    return refilled(
        days,
        ingredients={
            "morphine": Ingredient(MassRate.of(4, "mg/d"), stock=Concentration.of(25, "mg/mL")),
            "ziconotide": Ingredient(MassRate.of(5, "ug/d"), stock=ug("150")),
        },
        flow=VolumeRate.of("0.2", "mL/d"),
    )


def refilled(days: int, *, first_fill: bool = False, **changes: object) -> CompoundingCase:
    order = case(**changes)
    fill = order.times.fill
    assert fill is not None
    assert order.pump is not None
    times = replace(order.times, next_refill=fill + timedelta(days=days))
    return replace(order, times=times, pump=replace(order.pump, first_fill=first_fill))


def dated(**moments: timedelta) -> CompoundingCase:
    return case(times=Times(START, **{name: START + one for name, one in moments.items()}))


@pytest.mark.req("K31")
@pytest.mark.inventory("S1.7")
def test_a_fill_after_the_beyond_use_date_is_refused_and_at_it_accepted() -> None:
    last, month = timedelta(days=4), timedelta(days=30)
    at = dated(beyond_use=last, fill=last, next_refill=month)
    assert not refused(judge(at))
    late = dated(beyond_use=last, fill=last + timedelta(minutes=1), next_refill=month)
    assert "after the beyond-use date" in said(judge(late), Severity.HARD)


@pytest.mark.req("K31")
def test_a_beyond_use_date_later_than_the_table_asks_where_the_row_is_recalled() -> None:
    """Category 1 was read and refuses; category 2 is recalled and asks."""
    for category, latest, severity in (("2", 96, Severity.SOFT), ("1", 24, Severity.HARD)):
        for hours, found in ((latest, False), (latest + 1, True)):
            use = timedelta(hours=hours)
            order = dated(beyond_use=use, fill=timedelta(hours=1), next_refill=timedelta(days=30))
            assert order.making is not None
            order = replace(order, making=replace(order.making, category=category))
            assert ("later than the table allows" in said(judge(order), severity)) == found


@pytest.mark.req("K31")
def test_a_date_of_the_table_of_2008_is_named_as_obsolete() -> None:
    order = dated(
        beyond_use=timedelta(days=14), fill=timedelta(days=1), next_refill=timedelta(days=30)
    )
    found = judge(order)
    assert "usp-797-2008 said: obsolete, not used" in said(found, Severity.WARN)
    assert "later than the table allows" in said(found, Severity.SOFT)


@pytest.mark.inventory("T17")
@pytest.mark.parametrize(
    ("first_fill", "diluted", "longest"), [(True, False, 14), (False, False, 84), (False, True, 40)]
)
def test_t17_ziconotide_is_refilled_by_its_label_whatever_the_volume(
    first_fill: bool, diluted: bool, longest: int
) -> None:
    for days, late in ((longest, False), (longest + 1, True)):
        stock = "100" if diluted else "25"
        order = refilled(days, first_fill=first_fill, **ziconotide(stock=stock))
        assert (f"it keeps {longest}\u00a0days" in said(judge(order), Severity.HARD)) == late


def test_without_a_named_pump_ziconotide_is_taken_as_a_first_fill() -> None:
    order = refilled(15, **ziconotide(stock="25"))
    assert "it keeps 14\u00a0days" in said(judge(replace(order, pump=None)), Severity.HARD)


def test_a_refill_before_its_fill_is_refused_also_where_no_stability_is_on_record() -> None:
    stock = Ingredient(MassRate.of(6, "mg/d"), stock=Concentration.of(20, "mg/mL"))
    order = refilled(-6, ingredients={"ropivacaine": stock})
    assert "the next refill is not after the fill" in said(judge(order), Severity.HARD)


@pytest.mark.inventory("T28")
def test_t28_ziconotide_and_morphine_20_every_30_days_warns_with_an_unverified_badge() -> None:
    found = judge(with_morphine(30))
    assert found.results["decline"]["to_90_percent"].quantity.in_unit("d") == 19
    (told,) = [one for one in found.findings if "below" in one.message]
    assert told.severity is Severity.WARN
    assert "below 90\u00a0% from day 19: 82.7\u00a0% is left then" in told.message
    assert "unverified (recalled)" in told.source
    assert any(one.fact.source == "pharmacology.md 6.1" for one in found.unverified())


@pytest.mark.inventory("T28")
@pytest.mark.parametrize(
    ("days", "severity"),
    [(19, None), (20, Severity.WARN), (34, Severity.WARN), (35, Severity.SOFT)],
)
def test_t28_on_the_days_of_the_table(days: int, severity: Severity | None) -> None:
    found = [one.severity for one in judge(with_morphine(days)).findings if "below" in one.message]
    assert found == ([] if severity is None else [severity])


@pytest.mark.req("K31")
def test_a_mixture_that_nobody_tested_asks_and_is_never_passed() -> None:
    parts = {
        "fentanyl": Ingredient(MassRate.of(50, "ug/d"), stock=ug("500")),
        "clonidine": Ingredient(MassRate.of(60, "ug/d"), stock=ug("500")),
    }
    found = judge(case(ingredients=parts))
    assert "no stability in a pump is on record for exactly" in said(found, Severity.SOFT)
    assert found.verdict == "needs-decision"


@pytest.mark.req("K31")
def test_the_mixture_of_t21_is_refilled_within_the_90_days_that_were_tested() -> None:
    half = {
        name: replace(one, dose=one.dose.scaled(Fraction(1, 2)))
        for name, one in case().ingredients.items()
    }
    slow = {"flow": VolumeRate.of("0.15", "mL/d"), "ingredients": half}
    assert not refused(judge(refilled(90, **slow)))
    assert "it keeps 90\u00a0days" in said(judge(refilled(91, **slow)), Severity.HARD)


@pytest.mark.req("K31")
def test_all_answers_to_how_long_morphine_keeps_are_shown() -> None:
    morphine = {"morphine": Ingredient(MassRate.of(2, "mg/d"), stock=Concentration.of(25, "mg/mL"))}
    (keeps,) = [
        one
        for one in judge(case(ingredients=morphine)).disagreements
        if "keep in the pump" in one.question
    ]
    assert [one.fact.value.in_unit("d") for one in keeps.answers] == [90, 180]


def test_a_syringe_of_morphine_and_clonidine_was_followed_for_5_days() -> None:
    two = {name: case().ingredients[name] for name in ("morphine", "clonidine")}
    for days, found in ((5, False), (6, True)):
        order = dated(
            beyond_use=timedelta(days=45), fill=timedelta(days=days), next_refill=timedelta(days=26)
        )
        told = judge(replace(order, ingredients=two))
        assert ("followed in a syringe" in said(told, Severity.SOFT)) == found


def test_moments_in_the_wrong_order_are_refused() -> None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    for wrong, text in (
        (dated(beyond_use=-hour, fill=hour, next_refill=day), "not after the mixing"),
        (dated(beyond_use=day, fill=-hour, next_refill=day), "before the mixing"),
        (dated(beyond_use=day, fill=hour, next_refill=hour), "not after the fill"),
    ):
        assert text in said(judge(wrong), Severity.HARD)


@given(earlier=st.integers(1, 200), later=st.integers(1, 200))
def test_a_later_refill_is_never_judged_more_kindly(earlier: int, later: int) -> None:
    order = ["can-be-made", "needs-decision", "refused"]
    first, second = (
        order.index(judge(with_morphine(days)).verdict) for days in sorted((earlier, later))
    )
    assert first <= second
