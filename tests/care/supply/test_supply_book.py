"""The book of controlled drugs, and the sign of diversion."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told_entries import DELIVERED, START, record, visit

from thecal.care.supply import told as kinds
from thecal.care.supply.book import LotBook, LotCount, lots_of
from thecal.care.supply.diversion import Residual, diversion_signals
from thecal.care.visit.rules import RULES
from thecal.units import Volume


def books(*entries) -> list[LotBook]:
    return list(lots_of("p", record(*entries)))


def told(page: LotBook) -> str:
    return "; ".join(one.message for one in page.findings()).replace("\u00a0", " ")


def millilitres(number: object) -> Volume:
    return Volume.of(Fraction(str(number)), "mL")


@pytest.mark.req("K23")
@pytest.mark.inventory("W27")
def test_w27_twenty_came_eighteen_went_in_one_was_wasted_one_is_missing() -> None:
    (page,) = books(*DELIVERED, *visit(5, order=1, wasted="1 mL", witness="physician"))
    assert page.balance == millilitres(1)
    assert page.is_closed
    assert "20 mL received, 18 mL injected, 1 mL wasted: 1 mL missing (10 mg" in told(page)


@pytest.mark.req("K23")
@pytest.mark.inventory("W27")
def test_what_adds_up_and_was_seen_says_nothing() -> None:
    (page,) = books(*DELIVERED, *visit(5, order=1, witness="physician"))
    assert not page.balance
    assert told(page) == ""


def test_a_solution_that_lies_there_is_open_and_right() -> None:
    (page,) = books(*DELIVERED)
    assert not page.is_closed
    assert page.balance == millilitres(20)
    assert told(page) == ""
    assert page.drugs == ("morphine",)


def test_waste_without_a_witness_is_told() -> None:
    (page,) = books(*DELIVERED, *visit(5, order=1))
    assert "nobody else signed" in told(page)


def test_a_refill_without_an_order_brings_its_own_receipt() -> None:
    (page,) = books(*visit(1, wasted="1 mL", witness="physician"))
    assert "1 mL missing" in told(page)


def test_a_refill_that_says_nothing_of_the_waste_is_told() -> None:
    entries = [one for one in visit(5, order=1) if one[2].get("step") != "waste"]
    (page,) = books(*DELIVERED, *entries)
    assert "says nothing of where it went" in told(page)


def test_what_was_drawn_out_of_the_pump_has_a_page_of_its_own() -> None:
    fill = (kinds.EVENT, "nurse", {"type": "fill", "mixture": {"morphine": "10 mg/mL"}})
    drawn = {"volume": "3 mL", "colour": "colourless", "appearance": "clear"}
    step = (kinds.VISIT_STEP, "nurse", {"visit": 2, "step": "aspirate", "record": drawn})
    old, new = sorted(
        books(fill, *visit(2)[:3], step, *visit(2, witness="physician")[3:]),
        key=lambda one: one.balance.base,
        reverse=True,
    )
    assert "3 mL missing" in told(old)
    assert told(new) == ""


def test_what_was_drawn_to_empty_a_pump_outside_a_visit_is_in_the_book() -> None:
    fill = (kinds.EVENT, "nurse", {"type": "fill", "mixture": {"morphine": "10 mg/mL"}})
    empty = {"type": "empty", "aspirated": "9 mL", "reason": "a scan"}
    (page,) = books(fill, (kinds.EVENT, "nurse", empty))
    assert "9 mL destroyed" in told(page)
    assert "nobody else signed" in told(page)
    (seen,) = books(fill, (kinds.EVENT, "nurse", {**empty, "witness": "Dr. Second"}))
    assert told(seen) == ""
    assert not seen.balance
    begun = (kinds.VISIT_BEGUN, "nurse", {"operator": "nurse"})
    assert books(fill, begun, (kinds.EVENT, "nurse", empty)) == []


def test_what_was_returned_and_destroyed_leaves_the_book() -> None:
    for how, words in (("returned", ""), ("destroyed", "nobody else signed")):
        ended = (kinds.ENDED, "nurse", {"order": 1, "how": how, "volume": "20 mL"})
        (page,) = books(*DELIVERED, ended)
        assert not page.balance
        assert words in told(page)
        less = (kinds.ENDED, "nurse", {"order": 1, "how": how, "volume": "19 mL"})
        (page,) = books(*DELIVERED, less)
        assert "1 mL missing" in told(page)


def test_a_count_that_differs_from_the_book_is_told() -> None:
    (page,) = books(*DELIVERED)
    page.counts.append(LotCount(START + timedelta(days=1), millilitres(20), "nurse", "physician"))
    assert told(page) == ""
    page.counts.append(LotCount(START + timedelta(days=2), millilitres(18), "nurse", "physician"))
    assert "counted 18 mL" in told(page)


def test_a_drug_that_is_not_controlled_has_no_page() -> None:
    entries = [
        (kind, by, {**body, "mixture": {"baclofen": "2 mg/mL"}} if "mixture" in body else body)
        for kind, by, body in DELIVERED
    ]
    assert books(*entries) == []


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_balance_is_what_came_less_what_went(injected: int, wasted: int) -> None:
    def tenths(number: int) -> str:
        return f"{number // 10}.{number % 10} mL" if number else "0 mL"

    (page,) = books(*visit(1, injected=tenths(injected), wasted=tenths(wasted), witness="x"))
    assert page.balance == millilitres(20) - millilitres(Fraction(injected + wasted, 10))
    allowed = RULES.get("K23", "tolerance", Volume).value
    apart = abs(page.balance) > allowed
    assert ("missing" in told(page) or "too much" in told(page)) is apart


# -- diversion -----------------------------------------------------------------------------------


def row(patient: str, by: str, number: int, band: str = "red", direction: str = "less") -> Residual:
    return Residual(patient, by, START - timedelta(days=30 * number), direction, band)


@pytest.mark.req("K23")
def test_four_low_residuals_of_one_patient_or_by_one_person_are_a_signal() -> None:
    of_patient = [row("p", f"nurse {n}", n) for n in range(4)]
    (signal,) = diversion_signals(of_patient, START)
    assert signal.patient == "p"
    assert "4 of 4 refills of one patient" in signal.finding.message
    by_person = [row(f"p{n}", "nurse", n) for n in range(4)]
    (signal,) = diversion_signals(by_person, START)
    assert signal.by == "nurse"


@pytest.mark.req("K23")
def test_three_or_high_or_old_or_ordinary_residuals_are_none() -> None:
    three = [row("p", "nurse", n) for n in range(3)]
    assert not diversion_signals(three, START)
    for odd in (row("p", "nurse", 13), row("p", "nurse", 3, "green")):
        assert not diversion_signals([*three, odd], START)
    more = row("p", "nurse", 3, direction="more")
    assert not diversion_signals([*three, more], START)


def test_a_visit_whose_begin_is_missing_keeps_nobody_from_the_book() -> None:
    """A correction once withdrew the begin of a visit, and the book of the clinic was gone."""
    whole = record(*DELIVERED, *visit(5, order=1, witness="physician"))
    (page,) = lots_of("p", [one for one in whole if one.kind != kinds.VISIT_BEGUN])
    assert page.balance == millilitres(20)
    assert not page.is_closed
