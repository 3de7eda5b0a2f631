"""The clinic's kits, lead time and holidays, and its book of controlled drugs."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from clinic_pumps import chart_of
from clinic_world import NOW, PASSWORD
from django.urls import reverse
from flow_desk import text_of
from logins import clinic_log
from refill_room import Room
from supply_desk import SupplyDesk

from thecal.care.supply.diversion import Residual
from thecal.clinic import clock
from thecal.clinic.ledger.log import Author, Draft, write_to_clinic
from thecal.clinic.models import Role
from thecal.clinic.patient.correcting import CorrectionError, standing_entry
from thecal.clinic.supply import book as books
from thecal.clinic.supply.book import COUNTED_AGAIN, drug_book
from thecal.clinic.supply.kits import kit_room

SEES = (Role.PHARMACIST, Role.PHYSICIAN, Role.NURSE, Role.ADMINISTRATOR)

_HIDDEN = ("seen", "shown")


def kits(world) -> Any:
    return kit_room(world.clinic, NOW.date())


def move(world, what: str, seen: int | None = None, **fields: str):
    typed = {"kit": "synchromed-refill", "lot": "K-3", "count": "5", **fields}
    sent = {f"{key}_{what}": value for key, value in typed.items()}
    sent |= {key: value for key, value in fields.items() if key in ("expiry", "cost")}
    sent |= {"what": what, "seen": kits(world).seen if seen is None else seen}
    return world.browser(Role.NURSE).post(reverse("move kits"), sent, follow=True)


def came(world, **fields: str):
    return move(world, "received", **{"expiry": "2027-03-01", "cost": "0", **fields})


# -- kits ----------------------------------------------------------------------------------------


@pytest.mark.inventory("S0.22")
def test_kits_come_are_used_at_a_visit_counted_and_thrown_away(world, monkeypatch) -> None:
    room = Room(world, monkeypatch)
    assert came(world).status_code == 200
    room.up_to("access")
    (lot,) = kits(world).stock
    assert (lot.count, lot.used) == (4, 1)
    room.now += timedelta(hours=1)
    move(world, "discarded", count="1", reason="torn")
    move(world, "counted", count="4")
    (lot,) = kits(world).stock
    assert (lot.count, lot.off) == (4, 1)
    page = text_of(world.browser(Role.NURSE).get(reverse("kits")))
    assert "1 against the book" in page
    assert "unverified" in page
    assert "RESERVOIR" in page


@pytest.mark.inventory("S0.22")
def test_a_low_stock_is_told_against_the_refills_that_come(world, monkeypatch) -> None:
    by = chart_of(world.patient).content["dates"]["refill_by"]
    at = datetime.fromisoformat(by) - timedelta(days=10)
    monkeypatch.setattr(clock, "now", lambda: at)
    page = text_of(world.browser(Role.NURSE).get(reverse("kits")))
    assert "1 short, from" in page
    came(world, count="9", expiry="2028-01-01")
    assert "1 short" not in text_of(world.browser(Role.NURSE).get(reverse("kits")))


@pytest.mark.parametrize(
    ("what", "fields", "says"),
    [
        ("received", {"count": "0"}, "more than nothing"),
        ("received", {"expiry": "2026-04-01"}, "have expired"),
        ("received", {"kit": "no-kit"}, "choose one of the list"),
        ("counted", {"lot": "K-9"}, "no kit of this lot"),
        ("discarded", {"count": "x", "reason": "y"}, "whole number"),
    ],
)
def test_what_cannot_be_is_refused_and_keeps_what_was_typed(world, what, fields, says) -> None:
    given = {"expiry": "2027-03-01", "cost": "", **fields} if what == "received" else fields
    refused = move(world, what, **given)
    assert refused.status_code == 422
    assert says in text_of(refused)
    assert kits(world).stock == ()


def test_an_old_page_of_the_stock_writes_nothing(world) -> None:
    came(world)
    assert came(world, seen=0).status_code == 409
    assert kits(world).stock[0].count == 5


# -- settings ------------------------------------------------------------------------------------


def set_supply(world, role: Role = Role.PHARMACIST, **fields: str):
    sent = {"what": "settings", "lead": "", "courier": "", "holidays": "", "reason": "own figures"}
    return world.browser(role).post(reverse("supply settings"), sent | fields, follow=True)


def test_a_clinic_sets_its_lead_and_its_holidays_and_dates_move(world) -> None:
    before = chart_of(world.patient).content["supply"]["order_by"]
    page = set_supply(world, lead="20", holidays="2026-05-01 Labour Day\r\n2026-12-25 Christmas")
    assert "Labour Day" in text_of(page)
    world.browser(Role.NURSE).get(reverse("today"))
    after = chart_of(world.patient).content["supply"]["order_by"]
    assert after < before


@pytest.mark.parametrize(
    "wrong", [{"lead": "91"}, {"courier": "-1"}, {"holidays": "Christmas"}, {"reason": ""}]
)
def test_a_wrong_setting_is_refused(world, wrong) -> None:
    assert set_supply(world, **wrong).status_code == 422
    assert not [one for one in clinic_log(world.clinic) if one.kind == "supply.settings"]


def test_a_nurse_does_not_set_the_lead(world) -> None:
    assert set_supply(world, Role.NURSE, lead="2").status_code == 403


# -- the book ------------------------------------------------------------------------------------


def see(world, role: Role = Role.PHARMACIST, name: str = "drug book", *more: str) -> str:
    return text_of(world.browser(role).get(reverse(name, args=more)))


@pytest.fixture
def delivered(world) -> SupplyDesk:
    desk = SupplyDesk(world)
    desk.deliver()
    return desk


@pytest.mark.req("K23")
@pytest.mark.inventory("W27")
def test_a_visit_that_loses_a_millilitre_is_in_the_book_until_it_was_looked_into(
    world, monkeypatch
) -> None:
    room = Room(world, monkeypatch)
    room.up_to("waste", waste={"injected": "36", "wasted": "1"})
    page = see(world)
    assert "38 mL received, 36 mL injected, 1 mL wasted: 1 mL missing" in page
    assert "L-17" in page
    (new,) = [one for one in drug_book(world.clinic, Role.NURSE).lots if one.lot == "L-17"]
    assert "physician-1" not in see(world, Role.NURSE, "drug lot", new.key)
    assert "Physician of Example Clinic" in see(world, Role.NURSE, "drug lot", new.key)
    sent = explained(world, new.key) | {"why_apart": "left in the filter"}
    address = reverse("explain drugs", args=[new.key])
    browser = world.browser(Role.PHARMACIST)
    assert browser.post(address, sent | {"password_explain": "wrong"}).status_code == 422
    browser.post(address, sent | {"password_explain": PASSWORD})
    assert "left in the filter" in see(world, Role.NURSE, "drug lot", new.key)
    assert "Everything adds up" in see(world)


def explained(world, key: str) -> dict[str, str]:
    """Return what the page of a lot sends with an explanation."""
    page = see(world, Role.PHARMACIST, "drug lot", key)
    hidden = {name: re.search(f'name="{name}" value="(.*?)"', page)[1] for name in _HIDDEN}
    return hidden | {"what": "explain"}


def explain(world, key: str, why: str) -> None:
    sent = explained(world, key) | {"why_apart": why, "password_explain": PASSWORD}
    address = reverse("explain drugs", args=[key])
    assert world.browser(Role.PHARMACIST).post(address, sent).status_code == 302


@pytest.mark.req("K23")
def test_an_explanation_is_about_what_its_page_told(world, monkeypatch) -> None:
    """A patient's visit brings a finding and no entry of the clinic: it was explained unseen."""
    room = Room(world, monkeypatch)
    room.up_to("read_back")
    (lot,) = [one for one in drug_book(world.clinic, Role.NURSE).lots if one.lot == "L-17"]
    sent = explained(world, lot.key) | {"why_apart": "nothing", "password_explain": PASSWORD}
    room.record("waste", injected="36", wasted="1")
    assert "1 mL missing" in see(world)
    browser = world.browser(Role.PHARMACIST)
    for late in (sent, sent | {"password_explain": "wrong"}, sent | {"shown": ""}):
        answer = browser.post(reverse("explain drugs", args=[lot.key]), late)
        assert answer.status_code == 409
        assert "something else by now" in text_of(answer)
        assert sent["shown"] not in text_of(answer)
    assert "1 mL missing" in see(world)
    explain(world, lot.key, "left in the filter")
    assert "Everything adds up" in see(world)


@pytest.mark.req("K23")
def test_an_explanation_that_names_nothing_explains_nothing(delivered) -> None:
    world = delivered.world
    count(world, Role.NURSE, "count", "37.5")
    count(world, Role.PHYSICIAN, "again", "37.5")
    (lot,) = drug_book(world.clinic, Role.NURSE).lots
    author = Author.of(world.people[Role.PHARMACIST], "test")
    write_to_clinic(world.clinic, author, (Draft("drugs.explained", {"lot": lot.key}, "so"),))
    assert "counted 37.5 mL" in see(world)
    assert "Looked into: so" in see(world, Role.PHARMACIST, "drug lot", lot.key)


@pytest.mark.req("K23")
def test_an_explanation_covers_what_was_known_then_and_nothing_later(delivered) -> None:
    """A difference that was put up with once hid every later one of its lot."""
    world = delivered.world
    count(world, Role.NURSE, "count", "37.5")
    count(world, Role.PHYSICIAN, "again", "37.5")
    (lot,) = drug_book(world.clinic, Role.NURSE).lots
    assert "counted 37.5 mL" in see(world)
    explain(world, lot.key, "a drop at the stopper")
    assert "Everything adds up" in see(world)
    assert "<strong>explained</strong>" in see(world)
    count(world, Role.NURSE, "count", "20")
    count(world, Role.PHYSICIAN, "again", "20")
    page = see(world)
    assert "counted 20 mL" in page
    assert "Everything adds up" not in page
    assert "<strong>does not add up</strong>" in page
    explain(world, lot.key, "reported to the police")
    assert "Everything adds up" in see(world)


@pytest.mark.parametrize("role", list(Role))
def test_who_may_see_the_book_and_an_administrator_without_names(delivered, role: Role) -> None:
    world = delivered.world
    answer = world.browser(role).get(reverse("drug book"))
    assert (answer.status_code == 200) is (role in SEES)
    table = world.browser(role).get(reverse("drug book csv"))
    assert (table.status_code == 200) is (role in SEES)
    if role in SEES:
        named = role is not Role.ADMINISTRATOR
        assert ("Ada Example" in text_of(answer)) is named
        assert ("Ada Example" in table.content.decode()) is named
        assert "patient 1" in text_of(answer) or named


def test_the_book_as_csv_has_a_line_for_each_drug_of_each_movement(delivered) -> None:
    text = delivered.world.browser(Role.NURSE).get(reverse("drug book csv")).content.decode()
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["lot"], row["drug"], row["what"]) == ("C-77", "morphine", "received")
    assert (row["volume_ml"], row["mass"], row["unit"]) == ("38", "190", "mg")


def count(world, role: Role, what: str, volume: str, password: str = PASSWORD):
    book = drug_book(world.clinic, role)
    keys = [one.key for one in book.in_stock]
    sent = {"what": what, "seen": book.seen, f"password_{what}": password}
    sent |= {f"count_{key}": volume for key in keys}
    return world.browser(role).post(reverse("count drugs"), sent, follow=True)


@pytest.mark.req("K23")
def test_two_people_count_blind_and_a_difference_to_the_book_is_told(delivered) -> None:
    world = delivered.world
    assert "A count is due" in see(world)
    assert "Another person counts now" in text_of(count(world, Role.NURSE, "count", "37.5"))
    page = see(world, Role.PHYSICIAN)
    assert "Count again as the second person" in page
    assert "37.5" not in page
    assert drug_book(world.clinic, Role.NURSE).last_count is None
    count(world, Role.NURSE, "again", "37.5")
    assert not [one for one in clinic_log(world.clinic) if one.kind == COUNTED_AGAIN]
    assert "Both counts agree" in text_of(count(world, Role.PHYSICIAN, "again", "37.5"))
    assert "counted 37.5 mL" in see(world)
    assert "A count is due" not in see(world)


def test_two_counts_that_differ_are_no_count(delivered) -> None:
    world = delivered.world
    count(world, Role.NURSE, "count", "38")
    assert "differ" in text_of(count(world, Role.PHYSICIAN, "again", "37"))
    assert drug_book(world.clinic, Role.NURSE).last_count is None
    assert "was not confirmed" in see(world)


@pytest.mark.req("K23")
def test_the_end_of_a_visit_tells_its_residual_and_four_low_ones_are_a_signal(
    world, monkeypatch
) -> None:
    room = Room(world, monkeypatch)
    room.up_to("leave")
    assert room.close().status_code == 200
    (closed,) = [one for one in chart_of(room.patient).entries if one.kind == "visit.closed"]
    assert closed.body["residual"]["band"] == "green"
    assert "Look into it" not in see(world)
    real, asked = books.diversion_signals, []

    def with_low(residuals: list[Residual], now):
        asked.extend(residuals)
        low = [Residual(str(room.patient.pk), "nurse-1", now, "less", "red")] * 4
        return real(low, now)

    monkeypatch.setattr(books, "diversion_signals", with_low)
    page = see(world)
    assert "4 of 4 refills of one patient drew less than expected" in page
    assert "4 of 4 refills by one person" in page
    assert [one.by for one in asked] == ["nurse-1"]


def test_a_signed_order_is_never_changed_by_a_correction(world) -> None:
    """What was recomputed and released stays what it was; a wrong order is withdrawn."""
    desk = SupplyDesk(world)
    desk.deliver()
    before = desk.last
    for one in chart_of(desk.patient).entries:
        if one.kind.startswith("solution."):
            address = reverse("correct an entry", args=[desk.patient.pk, one.seq])
            sent = {"reason": "a typing error", "step": "write", "password": PASSWORD}
            sent |= {"seen": chart_of(desk.patient).seq, "value-0": "AAAA", "withdraw": ""}
            page = world.browser(Role.PHYSICIAN).post(address, sent)
            assert page.status_code == 422
    assert desk.last == before


@pytest.mark.req("K23")
def test_begin_end_and_witness_of_a_refill_visit_are_never_corrected(world, monkeypatch) -> None:
    """Without its begin the book was gone; without its end a fill was written a second time."""
    room = Room(world, monkeypatch)
    room.up_to("leave")
    assert room.close().status_code == 200
    entries = chart_of(room.patient).entries
    for kind in ("visit.begun", "visit.witness", "visit.closed"):
        (one,) = [each for each in entries if each.kind == kind]
        sent = {"seen": len(entries), "reason": "a mistake", "withdraw": "yes", "confirm": "yes"}
        address = reverse("correct an entry", args=[room.patient.pk, one.seq])
        world.browser(Role.NURSE).post(address, sent)
        with pytest.raises(CorrectionError, match="cannot be corrected"):
            standing_entry(entries, one.seq)
    assert chart_of(room.patient).entries == entries
    assert "L-17" in see(world)
