"""The appointments of one patient: booked, moved, refused, questioned, missed, called about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from clinic_pumps import chart_of
from clinic_world import NOW
from django.urls import reverse
from flow_desk import FlowDesk, patient_with, text_of

from thecal.clinic import clock
from thecal.clinic.appointments.listed import Listed, listed_of
from thecal.clinic.ledger.appointments import CONTACTED, DETAILS, KEPT, MISSED
from thecal.clinic.models import Role
from thecal.clinic.patient.correcting import CorrectionError, consequences, correction_draft
from thecal.record.fold import PLAN, effective

HERE = ZoneInfo("Europe/Berlin")
CHANGE = "change appointments"


@pytest.fixture
def desk(world) -> FlowDesk:
    return FlowDesk(world, Role.NURSE, patient_with(world, "pain_two_drugs.toml"))


def seen(desk: FlowDesk) -> Listed:
    found = listed_of(chart_of(desk.patient).projection, desk.world.clinic)
    assert found is not None
    return found


def working_day_before(moment: datetime, days: int = 1) -> datetime:
    """Return ten o'clock of a weekday at least so many days before."""
    day = moment - timedelta(days=days)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return day.replace(hour=10, minute=0, second=0, microsecond=0)


def book(desk: FlowDesk, at: datetime, **more: object):
    fields = {"day": at.date().isoformat(), "time": f"{at:%H:%M}", "place": "clinic"}
    return desk.send(CHANGE, "book", **(fields | more))


@pytest.mark.req("K12")
@pytest.mark.inventory("S0.21")
def test_a_visit_is_booked_with_its_time_and_one_after_refill_by_is_refused(desk) -> None:
    by = seen(desk).refill_by
    assert by is not None
    late = book(desk, by + timedelta(minutes=1))
    assert late.status_code == 422
    assert "after the refill-by time" in text_of(late)
    without = book(desk, by, time="")
    assert without.status_code == 422
    assert "name the time of the visit" in text_of(without)
    assert not desk.entries(PLAN)
    good = working_day_before(by, 12)
    assert book(desk, good).status_code == 200
    assert seen(desk).at == good
    assert seen(desk).booked == good.date()
    assert chart_of(desk.patient).therapy.next_visit == good.date()
    assert "no-visit" not in desk.due()
    paper = text_of(desk.go("document", "summary"))
    assert f"{good.day} {good:%B %Y}, 10:00" in paper


def test_moving_and_cancelling_keep_what_stood(desk) -> None:
    first = working_day_before(seen(desk).refill_by, 14)
    second = working_day_before(first, 1)
    book(desk, first)
    book(desk, second)
    moved = desk.entries(PLAN)[-1]
    assert moved.body["how"] == "moved"
    assert moved.before["next_visit"] == first.date().isoformat()
    assert desk.send(CHANGE, "cancel", reason_cancel="on holiday").status_code == 200
    assert seen(desk).booked is None
    assert chart_of(desk.patient).therapy.next_visit is None
    page = text_of(desk.go("appointments"))
    assert "moved" in page
    assert "cancelled" in page
    assert "on holiday" in page


@pytest.mark.inventory("S2.12")
def test_an_interval_outside_28_to_183_days_needs_a_signed_reason(desk, monkeypatch) -> None:
    fill = seen(desk).last_fill
    monkeypatch.setattr(clock, "now", lambda: fill.astimezone(UTC) + timedelta(days=8))
    soon = working_day_before(fill + timedelta(days=27), 0)
    asked = book(desk, soon)
    assert asked.status_code == 422
    assert "too short" in text_of(asked)
    assert "sign the reason" in text_of(asked)
    assert not desk.entries(PLAN)
    done = book(desk, soon, reason_book="moves abroad")
    assert done.status_code == 200, text_of(done)
    plan = desk.entries(PLAN)[-1]
    assert plan.reason == "moves abroad"
    assert plan.body["answered"]
    assert "signature" in [one.kind for one in chart_of(desk.patient).entries][-1:]


def test_a_reason_without_the_right_password_books_nothing(desk) -> None:
    sunday = seen(desk).refill_by - timedelta(days=14)
    sunday -= timedelta(days=(sunday.weekday() + 1) % 7)
    refused = book(desk, sunday, reason_book="they asked", password_book="")
    assert refused.status_code == 422
    assert "closed" in text_of(refused)
    assert not desk.entries(PLAN)


def test_who_does_not_come_is_missed_counts_as_a_risk_and_is_called(desk, monkeypatch) -> None:
    visit = working_day_before(NOW + timedelta(days=4), 0).astimezone(HERE)
    visit = visit.replace(hour=10, minute=0)
    fields = {"reason_book": "early, agreed"}
    assert book(desk, visit, **fields).status_code == 200
    before = sum(one.points for one in seen(desk).risk(NOW))
    monkeypatch.setattr(clock, "now", lambda: visit.astimezone(UTC) + timedelta(hours=5))
    unsaid = desk.send(CHANGE, "came", came="no")
    assert unsaid.status_code == 422
    assert desk.send(CHANGE, "came", came="no", why_not="car broke down").status_code == 200
    assert len(desk.entries(MISSED)) == 1
    assert seen(desk).missed == 1
    assert sum(one.points for one in seen(desk).risk(NOW)) > before
    assert seen(desk).booked is None


def test_a_visit_that_came_is_kept(desk, monkeypatch) -> None:
    visit = working_day_before(NOW + timedelta(days=4), 0).astimezone(HERE)
    book(desk, visit.replace(hour=10, minute=0), reason_book="early, agreed")
    monkeypatch.setattr(clock, "now", lambda: visit.astimezone(UTC) + timedelta(hours=5))
    assert desk.send(CHANGE, "came", came="yes").status_code == 200
    assert len(desk.entries(KEPT)) == 1
    assert seen(desk).missed == 0


@pytest.mark.req("K12")
@pytest.mark.inventory("S0.21")
def test_an_unbooked_refill_rises_on_today_and_a_call_rests_it(desk, monkeypatch) -> None:
    by = seen(desk).refill_by
    monkeypatch.setattr(clock, "now", lambda: (by - timedelta(days=6)).astimezone(UTC))
    desk.send(CHANGE, "details", transport="own", kilometres="12", district="", blocked="")
    assert "contact" in desk.due()
    today = text_of(desk.client.get(reverse("today")))
    assert "nurse and physician: call patient and carer" in today
    assert reverse("appointments", args=[desk.patient.pk]) in today
    tried = {"whom": "patient", "how": "telephone"}
    desk.send(CHANGE, "contact", **tried, reached="no", outcome="nobody answered")
    assert "tried 1 time" in text_of(desk.go("appointments"))
    desk.send(CHANGE, "contact", **tried, reached="yes", outcome="comes on Friday")
    assert [one.body["days"] for one in desk.entries(CONTACTED)] == [7, 7]
    assert "contact" not in desk.due()


def test_what_planning_has_to_know_is_kept_and_refused_where_it_cannot_be(desk) -> None:
    said = {
        "transport": "arranged",
        "kilometres": "95",
        "district": "north",
        "at_home": "yes",
        "blocked": "2026-05-01 to 2026-05-09",
    }
    assert desk.send(CHANGE, "details", **said).status_code == 200
    assert desk.entries(DETAILS)[-1].body["kilometres"] == 95
    one = seen(desk)
    assert one.at_home
    assert one.district == "north"
    assert one.blocked[0][0].isoformat() == "2026-05-01"
    for name, text in (("kilometres", "²"), ("blocked", "in May"), ("transport", "balloon")):
        page = desk.send(CHANGE, "details", **(said | {name: text}))
        assert page.status_code == 422, name
        assert text in text_of(page) or name == "transport"
    assert len(desk.entries(DETAILS)) == 1


@pytest.mark.inventory("W24")
def test_a_controlled_drug_is_not_delivered_home_under_united_states_law(desk) -> None:
    home = '<option value="home">the home</option>'
    assert home in text_of(desk.go("appointments"))
    admin = desk.world.browser(Role.ADMINISTRATOR)
    typed = {
        **dict.fromkeys(("monday", "tuesday", "wednesday", "thursday"), "09:00-16:00"),
        "slot": "30",
        "rooms": "1",
        "tours": "1",
        "tour_visits": "5",
        "window": "7",
        "country": "us",
        "reason": "we moved",
    }
    assert admin.post(reverse("calendar settings"), typed).status_code == 302
    page = text_of(desk.go("appointments"))
    assert home not in page
    assert "morphine is a controlled drug" in page
    forged = book(desk, working_day_before(seen(desk).refill_by, 12), solution_to="home")
    assert forged.status_code == 422


@pytest.mark.req("K12")
def test_a_correction_cannot_move_the_visit_after_refill_by_either(desk) -> None:
    book(desk, working_day_before(seen(desk).refill_by, 12))
    chart = chart_of(desk.patient)
    one = next(each for each in effective(chart.entries) if each.entry.kind == PLAN)
    late = {"next_visit": "2027-06-01", "place": "clinic", "how": "booked"}
    with pytest.raises(CorrectionError, match="after the refill-by date"):
        consequences(chart, correction_draft(one, late, "typed wrongly"), NOW)
    assert consequences(chart, correction_draft(one, None, "nobody booked it"), NOW)


def test_a_trainee_reads_and_writes_nothing(desk) -> None:
    browser = desk.world.browser(Role.TRAINEE)
    page = browser.get(reverse("appointments", args=[desk.patient.pk]))
    assert page.status_code == 200
    assert "Book an appointment" not in page.content.decode()
    assert browser.post(reverse(CHANGE, args=[desk.patient.pk])).status_code == 403
