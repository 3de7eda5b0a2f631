"""A patient's compounding orders on their page: blind, signed, and stopped where they differ."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from clinic_pumps import chart_of
from django.urls import reverse
from flow_desk import patient_with, text_of
from logins import logged_in
from supply_desk import WORKED, SupplyDesk

from thecal.care.supply.label_code import read_code
from thecal.care.supply.order import State
from thecal.clinic import clock
from thecal.clinic.ledger.signatures import signed_by, unfitting
from thecal.clinic.models import Projection, Role
from thecal.clinic.supply.book import drug_book
from thecal.clinic.supply.orders import KIT_ORDERED


def due(desk: SupplyDesk) -> list[str]:
    return [one["rule"] for one in chart_of(desk.patient).content["due"]]


@pytest.mark.inventory("S1.7", "S1.R24")
def test_an_order_is_signed_at_each_step_by_whoever_may(world) -> None:
    desk = SupplyDesk(world)
    assert "A pharmacist recomputes it" in text_of(desk.order())
    assert "It agrees" in text_of(desk.recompute())
    assert "Released" in text_of(desk.release())
    assert "in the book" in text_of(desk.receive())
    assert desk.last.state is State.RECEIVED
    assert read_code(desk.last.code) == desk.last.code
    entries = chart_of(desk.patient).entries
    steps = [one for one in entries if one.kind.startswith("solution.")]
    assert [one.actor for one in steps] == ["physician-1", *["pharmacist-1"] * 2, "nurse-1"]
    assert all(len(signed_by(entries, one)) == 1 for one in steps)
    assert not unfitting(entries)


@pytest.mark.inventory("S1.R24")
def test_the_pharmacist_sees_no_figure_before_the_recomputation_agrees(world) -> None:
    desk = SupplyDesk(world)
    desk.order()
    masses = ("190 mg", "380 mg")
    blind = text_of(desk.look(Role.PHARMACIST))
    assert "Recompute order" in blind
    assert not any(one in blind for one in masses)
    assert any(one in text_of(desk.look(Role.PHYSICIAN)) for one in masses)
    for page in ("solution paper",):
        address = reverse(page, args=[desk.patient.pk, desk.last.number])
        shown = text_of(world.browser(Role.PHARMACIST).get(address))
        assert not any(one in shown for one in masses)
    record = world.browser(Role.PHARMACIST).get(reverse("record", args=[desk.patient.pk]))
    assert not any(one in text_of(record) for one in masses)


@pytest.mark.inventory("S1.R24")
def test_a_difference_stops_the_order_for_both_until_the_prescriber_looked_again(world) -> None:
    desk = SupplyDesk(world)
    desk.order()
    n = desk.last.number
    page = text_of(
        desk.step(Role.PHARMACIST, "recompute", {**WORKED, "mass_of_{n}_morphine": "109"})
    )
    assert desk.last.state is State.DIFFERS
    assert "STOPPED" in page
    assert "109 mg" in page
    assert "190 mg" not in page
    assert "STOPPED" in text_of(desk.look(Role.PHYSICIAN))
    assert "draft" in due(desk)
    assert "not open to you" in text_of(desk.release())
    assert desk.last.state is State.DIFFERS
    desk.send(Role.PHYSICIAN, f"confirm-{n}", **{f"reason_{n}": "the order is right"})
    assert desk.last.state is State.ORDERED
    desk.recompute()
    assert desk.last.state is State.RECOMPUTED


@pytest.mark.inventory("S1.7")
@pytest.mark.req("K31")
def test_without_a_beyond_use_date_nothing_is_released_nor_accepted(world) -> None:
    desk = SupplyDesk(world)
    desk.order()
    desk.recompute()
    refused = desk.release(beyond_use="")
    assert refused.status_code == 422
    assert "no beyond-use date" in text_of(refused)
    desk.release()
    refused = desk.receive(beyond_use="")
    assert refused.status_code == 422
    assert "not accepted" in text_of(refused)
    refused = desk.receive(lot="C-78")
    assert refused.status_code == 422
    assert "C-78 arrived, C-77 was released" in text_of(refused)
    assert 'value="C-78"' in text_of(refused), "what was typed stays"
    assert desk.last.state is State.RELEASED


def test_another_solution_than_in_the_pump_asks_why(world) -> None:
    desk = SupplyDesk(world)
    refused = desk.order(mixture="morphine 20 mg/mL", reason_order="")
    assert refused.status_code == 422
    assert "the solution changes" in text_of(refused)
    assert desk.orders == ()
    assert desk.order(mixture="morphine 20 mg/mL").status_code == 200


def test_a_second_order_beside_an_open_one_asks_why(world) -> None:
    desk = SupplyDesk(world)
    desk.order()
    refused = desk.order(reason_order="")
    assert refused.status_code == 422
    assert "an order is open already" in text_of(refused)
    assert len(desk.orders) == 1
    assert desk.order(reason_order="the first was for a trial").status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("mixture", "morphine", "is not a drug with its concentration"),
        ("volume", "0", "nothing is no order"),
        ("needed_by", "2026-04-19", "this day is over"),
        ("password_order", "wrong", "password is not right"),
    ],
)
def test_a_wrong_field_is_refused_and_keeps_what_was_typed(world, field, value, says) -> None:
    desk = SupplyDesk(world)
    refused = desk.order(**{field: value})
    assert refused.status_code == 422
    assert says in text_of(refused)
    assert desk.orders == ()


def test_an_old_page_writes_nothing(world) -> None:
    desk = SupplyDesk(world)
    desk.order()
    assert desk.recompute(seen=1).status_code in (200, 409)
    n = desk.last.number
    assert desk.send(Role.PHYSICIAN, f"withdraw-{n}", 1, **{f"reason_{n}": "x"}).status_code == 409


@pytest.mark.parametrize(
    ("role", "what"),
    [
        (Role.NURSE, "order"),
        (Role.NURSE, "recompute"),
        (Role.PHYSICIAN, "recompute"),
        (Role.NURSE, "release"),
        (Role.TRAINEE, "order"),
        (Role.CHECKER, "receive"),
    ],
)
def test_nobody_takes_a_step_that_is_not_theirs(world, role: Role, what: str) -> None:
    desk = SupplyDesk(world)
    desk.order()
    before = chart_of(desk.patient).seq
    name = what if what == "order" else f"{what}-{desk.last.number}"
    page = desk.send(role, name, mixture="morphine 1 mg/mL", volume="1", needed_by="2026-05-01")
    assert page.status_code in (200, 403)
    assert chart_of(desk.patient).seq == before


def test_what_is_not_used_is_returned_or_destroyed_with_a_witness_of_their_own(world) -> None:
    desk = SupplyDesk(world)
    desk.deliver()
    n = desk.last.number
    gone = {f"how_{n}": "destroyed", f"volume_{n}": "38", f"reason_{n}": "the therapy ends"}
    desk.send(Role.NURSE, f"end-{n}", **gone)
    assert desk.last.state is State.DESTROYED
    refused = desk.send(Role.NURSE, f"witness-{n}")
    assert refused.status_code == 422
    assert desk.last.witness == ""
    desk.send(Role.PHARMACIST, f"witness-{n}")
    assert desk.last.witness == "pharmacist-1"


def test_what_is_used_at_an_implant_leaves_the_stock_with_its_rest_witnessed(world) -> None:
    desk = SupplyDesk(world)
    desk.deliver()
    n = desk.last.number
    used = {f"how_{n}": "used", f"volume_{n}": "36", f"rest_{n}": "2", f"reason_{n}": "implant"}
    desk.send(Role.NURSE, f"end-{n}", **used)
    assert desk.last.state is State.USED
    assert desk.last.needs_witness
    (page,) = drug_book(world.clinic, Role.NURSE).lots
    assert not page.balance
    assert next(one.message for one in page.findings()).startswith("2")
    desk.send(Role.PHYSICIAN, f"witness-{n}")
    assert not desk.last.needs_witness
    (page,) = drug_book(world.clinic, Role.NURSE).lots
    assert not list(page.findings())


def test_an_order_is_due_by_its_date_and_an_open_one_ends_that(world, monkeypatch) -> None:
    desk = SupplyDesk(world)
    content = chart_of(desk.patient).content
    by = content["supply"]["order_by"]
    assert by < content["dates"]["refill_by"][:10]
    last = datetime.fromisoformat(f"{by}T09:00:00+00:00")
    monkeypatch.setattr(clock, "now", lambda: last - timedelta(days=30))
    world.browser(Role.NURSE).get(reverse("today"))
    assert "order" not in due(desk)
    monkeypatch.setattr(clock, "now", lambda: last + timedelta(days=1))
    world.browser(Role.NURSE).get(reverse("today"))
    assert "order" in due(desk)
    page = text_of(world.browser(Role.NURSE).get(reverse("orders")))
    assert "Ada Example" in page
    assert "late" in page
    desk.order(needed_by=content["dates"]["refill_by"][:10])
    assert "order" not in due(desk)
    assert chart_of(desk.patient).content["supply"]["order_by"] is None


def test_a_refill_from_stock_needs_no_order(world) -> None:
    desk = SupplyDesk(world)
    assert chart_of(desk.patient).content["supply"]["order_by"]
    desk.send(Role.PHYSICIAN, "not-needed", why_not_needed="vials of the ward")
    assert chart_of(desk.patient).content["supply"]["order_by"] is None


@pytest.mark.req("K10")
@pytest.mark.inventory("S0.22")
def test_a_kit_that_does_not_fit_the_pump_is_not_set_aside(world) -> None:
    desk = SupplyDesk(world, patient_with(world, "pain_two_drugs.toml"))
    for wrong in ("prometra-refill", "synchromed-access-port"):
        refused = desk.send(Role.NURSE, "kit", kit_for_visit=wrong)
        assert refused.status_code == 422
        assert "put it away" in text_of(refused)
    right = desk.send(Role.NURSE, "kit", kit_for_visit="synchromed-refill")
    assert right.status_code == 200
    kept = [one for one in chart_of(desk.patient).entries if one.kind == KIT_ORDERED]
    assert [one.body["kit"] for one in kept] == ["synchromed-refill"]


def test_order_and_label_come_as_pdf_with_the_code(world) -> None:
    desk = SupplyDesk(world)
    desk.order()
    n = desk.last.number
    browser = world.browser(Role.PHARMACIST)
    assert browser.get(reverse("solution label", args=[desk.patient.pk, n])).status_code == 404
    desk.recompute()
    desk.release()
    page = browser.get(reverse("solution label", args=[desk.patient.pk, n]))
    assert "data:image/svg" in text_of(page)
    assert desk.last.code[:4] in text_of(page)
    for name in ("solution paper", "solution label"):
        pdf = browser.post(reverse(name, args=[desk.patient.pk, n]), {"language": "de"})
        assert pdf["Content-Type"] == "application/pdf"
        assert pdf.content.startswith(b"%PDF")


def test_the_lists_of_supply_say_nothing_of_other_clinics(world) -> None:
    desk = SupplyDesk(world)
    desk.order()
    row = Projection.objects.get(patient=desk.patient)
    assert json.loads(row.content)["supply"]["orders"][0]["state"] == "ordered"
    page = logged_in(world.stranger).get(reverse("orders"))
    assert "Ada Example" not in text_of(page)
    assert "No order is open" in text_of(page)


@pytest.mark.inventory("S1.7")
def test_a_solution_that_is_over_before_the_refill_is_no_solution_for_it(
    world, monkeypatch
) -> None:
    """What may be used until 20 May serves no refill in September: another one is to be ordered."""
    desk = SupplyDesk(world)
    desk.order()
    assert chart_of(desk.patient).content["supply"]["order_by"] is None
    desk.recompute()
    desk.release()
    desk.receive()
    supply = chart_of(desk.patient).content["supply"]
    assert supply["order_by"] is not None
    assert supply["order_by"] < supply["needed"]
    at = datetime.fromisoformat("2026-05-20T22:30:00+02:00")
    monkeypatch.setattr(clock, "now", lambda: at)
    page = text_of(world.browser(Role.NURSE).get(reverse("orders")))
    assert "to be used until 20 May 2026" in page
    assert "not to be injected any more" not in page
    monkeypatch.setattr(clock, "now", lambda: at + timedelta(hours=2))
    page = text_of(world.browser(Role.NURSE).get(reverse("orders")))
    assert "not to be injected any more: it was to be used until 20 May 2026" in page
    assert "whoever returns or destroys it" in page


def test_a_solution_serves_until_its_last_day(world) -> None:
    desk = SupplyDesk(world)
    desk.order()
    assert desk.last.serves(date(2026, 9, 27))
    desk.recompute()
    desk.release()
    for take in (lambda: None, desk.receive):
        take()
        assert desk.last.serves(date(2026, 5, 20))
        assert not desk.last.serves(date(2026, 5, 21))


@pytest.mark.req("K23")
def test_no_more_goes_out_of_a_container_than_came_in_it(world) -> None:
    """What became of a solution is never corrected: a slip of the hand would stay in the book."""
    desk = SupplyDesk(world)
    desk.deliver()
    n = desk.last.number
    for what in (
        {"how": "destroyed", "volume": "380", "rest": ""},
        {"how": "used", "volume": "36", "rest": "20"},
    ):
        page = desk.step(Role.NURSE, "end", {}, reason="expired", **what)
        assert page.status_code == 422
        assert "38 mL came: no more than that can go" in text_of(page)
        assert f'value="{what["volume"]}"' in text_of(page)
    assert desk.last.number == n
    assert desk.last.state is State.RECEIVED
    page = desk.step(Role.NURSE, "end", {}, how="used", volume="36", rest="2", reason="implant")
    assert page.status_code == 200
    assert desk.last.state is State.USED
