"""The stock of kits by lot, what the next weeks need, and how early a solution is ordered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.due.working_days import is_working_day, order_by
from thecal.care.supply.kit_stock import (
    KIT_COUNTED,
    KIT_DISCARDED,
    KIT_RECEIVED,
    KitUse,
    PlannedVisit,
    expires_within,
    kit_needs,
    kit_stock,
    kits_used,
)
from thecal.care.supply.lead import (
    SupplySettings,
    read_holidays,
    settings_of,
    write_holidays,
)
from thecal.care.supply.told import VISIT_STEP, Told
from thecal.errors import EntryError

TODAY, NOON = date(2026, 4, 20), datetime(2026, 4, 1, 12, tzinfo=UTC)
ROTOR, VALVE = "synchromed-ii-40", "prometra-20"
KIT = "synchromed-refill"


def came(
    count: int, expiry: str = "2027-01-01", lot: str = "K-1", kind: str = KIT_RECEIVED
) -> Told:
    body = {"kit": KIT, "lot": lot, "expiry": expiry, "count": count, "cost": "12 EUR"}
    return Told(1, kind, "nurse", NOON, body)


def used(days: int, lot: str = "K-1") -> KitUse:
    return KitUse(KIT, lot, NOON + timedelta(days=days))


@pytest.mark.inventory("S0.22")
def test_what_came_less_what_visits_used_and_what_was_thrown_away_is_there() -> None:
    (lot,) = kit_stock((came(10), came(2, kind=KIT_DISCARDED)), (used(1), used(2)))
    assert (lot.count, lot.used, lot.cost) == (6, 2, "12 EUR")


def test_a_count_sets_the_stock_and_tells_what_was_off() -> None:
    count = Told(2, KIT_COUNTED, "nurse", NOON + timedelta(days=3), came(7).body)
    (lot,) = kit_stock((came(10), count), (used(1), used(5)))
    assert (lot.count, lot.off) == (6, -2)


def test_a_kit_that_never_came_stands_there_as_missing() -> None:
    (lot,) = kit_stock((), (used(1, "K-9"),))
    assert (lot.count, lot.expiry) == (-1, None)
    assert lot.usable(TODAY) == 0


def test_a_visit_opens_one_kit_as_it_was_last_corrected() -> None:
    def step(seq: int, kind: str, body: dict[str, object]) -> Told:
        return Told(seq, kind, "nurse", NOON + timedelta(hours=seq), body)

    entries = (
        step(1, VISIT_STEP, {"visit": 1, "record": {"kit": KIT, "kit_lot": "K-1"}}),
        step(2, VISIT_STEP, {"visit": 1, "record": {"kit": KIT, "kit_lot": "K-2"}}),
        step(3, "port.drawn", {"drawn": {"kit": "synchromed-access-port", "kit_lot": "P-1"}}),
        step(4, VISIT_STEP, {"visit": 2, "record": {"kit_lot": "old, nobody asked which kit"}}),
    )
    first, port = kits_used(entries)
    assert (first.lot, first.at) == ("K-2", NOON + timedelta(hours=1))
    assert port.lot == "P-1"


def test_what_expires_soon_is_told() -> None:
    near, far = kit_stock((came(1, "2026-05-01", "A"), came(1, "2027-05-01", "B")), ())
    assert expires_within(near, TODAY)
    assert not expires_within(far, TODAY)


def visits(*days: int, model: str = ROTOR) -> tuple[PlannedVisit, ...]:
    return tuple(PlannedVisit(model, TODAY + timedelta(days=one)) for one in days)


@pytest.mark.inventory("S0.22")
def test_the_stock_is_held_against_the_refills_of_the_next_weeks() -> None:
    (need,) = kit_needs(visits(1, 10, 20, 400), kit_stock((came(2),), ()), TODAY)
    assert (need.visits, need.usable, need.short_by) == (3, 2, 1)
    assert need.short_from == TODAY + timedelta(days=20)
    assert need.is_low
    (enough,) = kit_needs(visits(1, 10), kit_stock((came(9),), ()), TODAY)
    assert (enough.short_by, enough.left) == (0, 7)
    assert not enough.is_low


def test_a_kit_that_expires_before_the_visit_is_none() -> None:
    (need,) = kit_needs(visits(30), kit_stock((came(5, "2026-05-01"),), ()), TODAY)
    assert need.short_by == 1


def test_a_kit_of_another_pump_does_not_count() -> None:
    (need,) = kit_needs(visits(3, model=VALVE), kit_stock((came(5),), ()), TODAY)
    assert need.usable == 0
    assert need.short_by == 1


@given(st.lists(st.integers(-5, 56), min_size=1, max_size=12), st.integers(0, 12))
def test_nobody_is_short_who_could_have_a_kit(days: list[int], there: int) -> None:
    stock = kit_stock((came(there),), ()) if there else ()
    (need,) = kit_needs(visits(*days), stock, TODAY)
    assert need.short_by == max(0, len(days) - there)
    assert need.left == max(0, there - len(days))


# -- when to order -------------------------------------------------------------------------------


def test_a_controlled_drug_is_ordered_earlier_and_a_clinic_sets_its_own() -> None:
    shipped = SupplySettings()
    assert shipped.lead_for(["baclofen"]) == 10
    assert shipped.lead_for(["baclofen", "morphine"]) == 11
    own = SupplySettings(lead=5, courier=3)
    assert (own.lead_for(["baclofen"]), own.lead_for(["morphine"])) == (5, 8)


def test_holidays_are_typed_and_read_back() -> None:
    typed = read_holidays("2026-12-25 Christmas Day\n\n2026-12-26 Boxing Day\n2027-01-01")
    assert typed[date(2026, 12, 25)] == "Christmas Day"
    assert read_holidays(write_holidays(typed)) == typed
    settings = SupplySettings(4, None, typed)
    assert settings_of(settings.to_json()) == settings
    for wrong in ("Christmas", "2026-02-30 x", "2026-12-25 a\n2026-12-25 b"):
        with pytest.raises(EntryError):
            read_holidays(wrong)


@given(
    st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(0, 30), st.sets(st.integers(1, 60))
)
def test_every_day_of_the_lead_is_a_working_day(refill: date, lead: int, off: set[int]) -> None:
    holidays = frozenset(refill - timedelta(days=one) for one in off)
    day = order_by(refill, lead, holidays)
    assert is_working_day(day, holidays)
    between = [day + timedelta(days=n) for n in range(1, (refill - day).days + 1)]
    assert sum(is_working_day(one, holidays) for one in between) == lead or not between
