"""The first fill of an implant in the orders and in the book of controlled drugs."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told_entries import DELIVERED, MIXTURE, implant, record, visit

from thecal.care.supply import told as kinds
from thecal.care.supply.book import (
    DESTROYED,
    IN,
    INJECTED,
    RETURNED,
    WASTED,
    LotBook,
    lots_of,
)
from thecal.care.supply.order import SolutionOrder, State, solution_orders
from thecal.care.visit.rules import RULES
from thecal.units import Volume


def books(*entries) -> list[LotBook]:
    return list(lots_of("p", record(*entries)))


def order(*entries) -> SolutionOrder:
    (found,) = solution_orders(record(*entries))
    return found


def told(page: LotBook) -> str:
    return "; ".join(one.message for one in page.findings()).replace("\u00a0", " ")


def tenths(number: int) -> str:
    return f"{number // 10}.{number % 10} mL"


@pytest.mark.req("K6")
def test_an_order_that_is_filled_at_an_implant_is_used_by_it() -> None:
    used = order(*DELIVERED, *implant(5, order=1))
    assert (used.state, used.visit, used.by) == (State.USED, 5, "nurse")
    assert not used.needs_witness, "the implant has a witness of its own"
    assert order(*DELIVERED, *implant(5)).state is State.RECEIVED
    assert order(*DELIVERED, *implant(5, order=1)[:1]).state is State.RECEIVED


def test_a_fill_that_is_written_down_again_takes_the_place_of_the_one_before() -> None:
    begun, first, *_ = implant(5, order=1, wasted="1 mL")
    (_, again, *_), (_, other, *_) = implant(5, order=1), implant(5)
    entries = (*DELIVERED, begun, first, again)
    assert order(*entries).state is State.USED
    (page,) = books(*entries)
    assert page.total(INJECTED, WASTED) == page.total(IN)
    back = order(*DELIVERED, begun, first, other)
    assert (back.state, back.visit) == (State.RECEIVED, None)


def test_a_witness_of_the_rest_has_seen_it_as_it_was_told_then() -> None:
    entries = implant(5, order=1, witness="physician")
    (page,) = books(*DELIVERED, *entries)
    assert told(page) == ""
    (page,) = books(*DELIVERED, *entries[:3], entries[1])
    assert "nobody else signed" in told(page)


def test_a_witness_of_the_old_pump_is_none_of_the_rest() -> None:
    begun, fill, *_ = implant(5, order=1)
    seen = (kinds.IMPLANT_WITNESS, "physician", {"visit": 5, "of": ""})
    (page,) = books(*DELIVERED, begun, fill, seen)
    assert "nobody else signed" in told(page)


def test_a_withdrawn_fill_leaves_the_order_and_the_book_as_they_were() -> None:
    whole = record(*DELIVERED, *implant(5, order=1, witness="physician"))
    entries = [one for one in whole if one.kind != kinds.IMPLANT_STEP]
    (found,) = solution_orders(entries)
    assert found.state is State.RECEIVED
    (page,) = lots_of("p", entries)
    assert [one.what for one in page.lines] == [IN]
    (page,) = lots_of("p", [one for one in whole if one.kind != kinds.IMPLANT_BEGUN])
    assert [one.what for one in page.lines] == [IN]


def test_a_visit_that_was_left_after_the_fill_has_used_it_all_the_same() -> None:
    begun, fill, *_ = implant(5, order=1)
    left = (kinds.IMPLANT_LEFT, "surgeon", {"visit": 5})
    assert order(*DELIVERED, begun, fill, left).state is State.USED


def test_the_fill_and_the_drawn_pump_of_the_therapy_are_counted_once() -> None:
    """At the end of the visit the therapy tells the same fill and what was drawn before it."""
    entries = implant(5, order=1, witness="physician")
    empty = {"type": "empty", "aspirated": "9 mL", "witness": "physician"}
    fill = {"type": "fill", "mixture": MIXTURE, "volume": "18 mL"}
    events = [(kinds.EVENT, "surgeon", body) for body in (fill, empty, fill)]
    new, old = books(*DELIVERED, *entries[:3], *events, entries[3])
    assert [one.what for one in new.lines] == [IN, INJECTED, WASTED]
    assert old.total(DESTROYED) == Volume.of(9, "mL")
    assert not new.balance
    assert not old.balance


def test_a_fill_of_before_the_account_was_asked_for_tells_nothing() -> None:
    begun, fill, *_ = implant(1)
    kind, by, body = fill
    assert books(begun, (kind, by, {**body, "asked": {}})) == []


@pytest.mark.req("K23")
@given(
    st.sampled_from([(visit, True), (visit, False), (implant, True), (implant, False)]),
    st.integers(1, 200),
    st.integers(0, 200),
)
def test_what_came_is_what_was_used_and_wasted_and_what_is_left(
    made, injected: int, wasted: int
) -> None:
    how, ordered = made
    before = DELIVERED if ordered else ()
    fill = how(
        len(before) + 1,
        order=1 if ordered else 0,
        injected=tenths(injected),
        wasted=tenths(wasted) if wasted else "0 mL",
        witness="x",
    )
    (page,) = books(*before, *fill)
    left = Volume(page.balance.base)
    assert page.total(IN) == Volume.of(20, "mL")
    assert page.total(INJECTED) == Volume.of(Fraction(injected, 10), "mL")
    assert page.total(WASTED) == Volume.of(Fraction(wasted, 10), "mL")
    assert page.total(RETURNED, DESTROYED) == Volume.zero()
    assert page.total(IN) == page.total(INJECTED) + page.total(WASTED) + left
    assert page.is_closed
    apart = abs(left) > RULES.get("K23", "tolerance", Volume).value
    assert ("missing" in told(page) or "too much" in told(page)) is apart
