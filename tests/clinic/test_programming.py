"""The programming pages: read, draft, confirm, check, write, read back; and stop at any time."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from clinic_pumps import BrokenLink, chart_of, kinds, patient_today
from clinic_world import NOW, PASSWORD
from finding_words import tells
from programming_desk import Desk, checked, order_of, program_now, text_of

from thecal.clinic import clock
from thecal.clinic.access.second import digest_of, requests_open
from thecal.clinic.ledger.tasks import open_tasks
from thecal.clinic.models import Role
from thecal.clinic.programs.drafts import DISCARDED, DRAFT, ORDERED
from thecal.clinic.pumps import telemetry
from thecal.pharmacy import Mixture
from thecal.program.program import BridgeOrder, InfusionProgram, Mode
from thecal.record.fold import effective
from thecal.therapy.events import Fill, Override, Program
from thecal.units import Concentration, MassRate, Volume


@pytest.fixture
def world(world):
    """The patient's newest event lies before now."""
    return replace(world, patient=patient_today(world))


def stronger_fill(world, old):
    """Return a fill of twice the concentrations, and the program with its bridge after it."""
    simulation = chart_of(world.patient).simulation(NOW)
    mixture = Mixture.of(
        {
            name: Concentration(2 * level.base)
            for name, level in simulation.reservoir_written.items()
        }
    )
    fill = Fill(
        time=NOW,
        volume=Volume.of(20, "mL"),
        mixture=mixture,
        aspirated=Volume.of(12, "mL"),
        confirmed_by=("template",),
    )
    bridge = BridgeOrder(MassRate.of("0.65", "mg/d"))
    program = InfusionProgram(
        Mode.CONTINUOUS, old.primary, MassRate.of("0.5", "mg/d"), bridge=bridge
    )
    return fill, Program(time=NOW, program=program)


def answered(event) -> tuple[Override, ...]:
    """Return a reason for every check that may ask."""
    return tuple(Override(check, "seen", "test") for check in ("K2", "K4", "K26", "K27", "K31"))


# -- from reading to read-back ---------------------------------------------------------------------


@pytest.mark.inventory("E6")
@pytest.mark.req("U01")
@pytest.mark.req("U08")
@pytest.mark.req("U09")
@pytest.mark.req("K7")
@pytest.mark.req("K8")
def test_a_change_of_mode_from_reading_to_the_end_of_the_session(world) -> None:
    desk = Desk(world)
    assert "Read the pump first" in text_of(desk.go("programming"))
    assert "as the record says" in text_of(desk.read())
    page = desk.drafted(mode="continuous", daily_dose="0.7")
    shown = text_of(page)
    assert "0.7 mg (700 mcg)" in shown
    order_page = text_of(desk.signed(shown))
    assert "Waits for a second person" in order_page
    command = order_of(world).body["command"]
    early = desk.send("send program", {"command": command})
    assert "a second person has to check" in text_of(early)
    assert program_now(world).mode == "flex"
    checked(world)
    done = desk.send("send program", {"command": command})
    assert "Read back whole" in text_of(done)
    assert program_now(world).mode == "continuous"
    event = chart_of(world.patient).therapy.events[-1]
    assert isinstance(event, Program)
    again = desk.send("send program", {"command": command})
    assert again.status_code == 200
    events = chart_of(world.patient).therapy.events
    assert sum(one == event for one in events) == 1
    assert desk.send("close programming").redirect_chain[-1][0].endswith(f"{world.patient.pk}/")
    assert kinds(world.patient)[-1] == "programming.closed"


@pytest.mark.inventory("E6")
@pytest.mark.inventory("E1")
@pytest.mark.req("K7")
def test_no_line_is_signed_that_was_not_ticked(world) -> None:
    desk = Desk(world)
    page = text_of(desk.drafted(daily_dose="0.48"))
    lines = desk.lines(page)
    assert lines == ["Background"]
    refused = desk.signed(page, tick=[])
    assert refused.status_code == 422
    assert "tick Background" in text_of(refused)
    assert ORDERED not in kinds(world.patient)
    desk.signed(page)
    assert ORDERED in kinds(world.patient)


@pytest.mark.req("K8")
def test_an_order_for_a_lower_dose_waits_for_nobody(world) -> None:
    desk = Desk(world)
    desk.signed(text_of(desk.drafted(daily_dose="0.45")))
    assert requests_open(chart_of(world.patient)) == ()
    done = desk.send("send program", {"command": order_of(world).body["command"]})
    assert "Read back whole" in text_of(done)


def test_a_nurse_drafts_and_cannot_sign(world) -> None:
    page = text_of(Desk(world, Role.NURSE).drafted(daily_dose="0.45"))
    assert "A prescriber signs this order" in page
    refused = Desk(world, Role.NURSE).signed(page)
    assert refused.status_code == 422
    assert ORDERED not in kinds(world.patient)
    assert Desk(world).signed().status_code == 200


def test_a_wrong_password_signs_nothing(world) -> None:
    desk = Desk(world)
    page = text_of(desk.drafted(daily_dose="0.45"))
    assert desk.signed(page, password="wrong").status_code == 422  # noqa: S106 - of nobody
    assert ORDERED not in kinds(world.patient)


@pytest.mark.req("K8")
def test_the_exception_is_offered_where_the_clinic_allows_it_and_is_shown(world) -> None:
    world.clinic.second_person = "exception"
    world.clinic.save()
    desk = Desk(world)
    desk.signed(text_of(desk.drafted(mode="continuous", daily_dose="0.7")))
    reason = {"reason": "alone in the house tonight", "order": desk.order_shown()}
    page = desk.send("program alone", reason)
    assert "Nobody checked: alone in the house tonight" in text_of(page)
    assert "Left out 1 time" in text_of(page)
    done = desk.send("send program", {"command": order_of(world).body["command"]})
    assert "Read back whole" in text_of(done)


# -- what stops a slip -----------------------------------------------------------------------------


@pytest.mark.inventory("E6")
@pytest.mark.req("K3")
@pytest.mark.req("K5")
@pytest.mark.inventory("W9")
def test_milligram_for_microgram_is_refused_and_the_factor_is_spoken(world) -> None:
    march = patient_today(world, until=datetime(2026, 4, 1, tzinfo=UTC))
    desk = Desk(replace(world, patient=march))
    page = text_of(desk.drafted(daily_dose="600"))
    assert "the factor is 1,000: was it mg for mcg?" in page
    refused = desk.signed(page)
    assert refused.status_code == 422
    assert ORDERED not in kinds(march)


@pytest.mark.inventory("E1")
@pytest.mark.req("K3")
@pytest.mark.req("K4")
def test_a_dose_of_each_morning_typed_for_every_hour_is_stopped(world, monkeypatch) -> None:
    """60 mcg more were meant once each morning and programmed every hour."""
    today = datetime(2026, 5, 11, 14, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: today)
    before = datetime(2026, 5, 10, tzinfo=UTC)
    patient = patient_today(world, "incident_hourly_for_daily.toml", before)
    desk = Desk(replace(world, patient=patient))
    desk.read()
    typed = {"mode": "flex", "primary": "baclofen", "daily_dose": "240", "go on": "yes"}
    for hour in range(24):
        step = {"days": "daily", "start": f"{hour:02}:00", "lasts": "60", "dose": "60"}
        typed |= {f"step{hour}_{part}": value for part, value in step.items()}
    page = text_of(desk.send("save draft", typed))
    assert "1,440 mcg (1.44 mg) each day in place of 240 mcg (0.24 mg), 6 times the dose" in page
    assert tells(page, "Refused", "K3")
    assert tells(page, "Needs a reason", "K4")
    assert desk.signed(page).status_code == 422
    assert ORDERED not in kinds(patient)


@pytest.mark.req("U06")
@pytest.mark.parametrize("typed", ["0,5", ".5", "1e1", "0.5 mg", "0"])
def test_what_is_no_figure_is_refused_loudly_and_stays_in_its_field(world, typed) -> None:
    desk = Desk(world)
    desk.read()
    before = program_now(world)
    page = desk.send(
        "save draft", desk.fields() | {"mode": "continuous", "daily_dose": typed, "go on": "yes"}
    )
    assert page.status_code == 422
    assert f'value="{typed}"' in text_of(page)
    assert "aria-invalid" in text_of(page)
    assert DRAFT not in kinds(world.patient)
    assert program_now(world) == before


def test_the_verdict_while_typing_writes_nothing(world) -> None:
    desk = Desk(world)
    desk.read()
    before = kinds(world.patient)
    page = desk.send("program verdict", desk.fields() | {"daily_dose": "5"})
    assert "Refused" in text_of(page)
    assert "Whose limit" in text_of(page)
    assert kinds(world.patient) == before


@pytest.mark.inventory("E18")
@pytest.mark.req("K26")
@pytest.mark.inventory("W10")
def test_another_concentration_without_a_bridge_is_refused_at_the_page(world) -> None:
    chart = chart_of(world.patient)
    telemetry.interrogate(chart, telemetry.Order(author=world.author()))
    old = program_now(world)
    fill, bridged = stronger_fill(world, old)
    order = telemetry.Order(
        author=world.author(), overrides=answered(fill), planned=(replace(bridged, time=NOW),)
    )
    filled = telemetry.send_fill(chart_of(world.patient), order, fill)
    assert filled.done, filled.why
    desk = Desk(world)
    page = text_of(desk.drafted(mode="continuous", daily_dose="0.5"))
    assert "K26" in page
    assert "bridge" in page
    assert desk.signed(page).status_code == 422
    desk.discard()
    page = text_of(desk.drafted(mode="continuous", daily_dose="0.5", bridge_dose="0.65"))
    assert not tells(page, "Refused", "K26")


# -- drafts ----------------------------------------------------------------------------------------


@pytest.mark.req("U04")
@pytest.mark.req("U12")
def test_discarding_shows_what_is_lost_and_leaves_everything_as_it_was(world) -> None:
    desk = Desk(world)
    desk.drafted(daily_dose="0.45")
    before = chart_of(world.patient).therapy
    page = text_of(desk.go("discard draft"))
    assert "0.45 mg" in page
    assert DISCARDED not in kinds(world.patient)
    desk.discard()
    chart = chart_of(world.patient)
    assert DISCARDED in kinds(world.patient)
    assert chart.therapy == before
    assert telemetry.interrogate(chart, telemetry.Order(author=world.author())).findings == ()
    assert desk.fields()["daily_dose"] == "0.5"


@pytest.mark.req("U02")
def test_a_draft_that_nobody_touches_lapses(world, monkeypatch) -> None:
    desk = Desk(world)
    desk.drafted(daily_dose="0.45")
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=11))
    page = text_of(desk.go("programming"))
    assert "has lapsed" in page
    assert desk.fields()["daily_dose"] == "0.5"


def test_two_people_at_once_lose_nothing_and_are_told(world) -> None:
    first, second = Desk(world), Desk(world, Role.NURSE)
    first.read()
    fields = first.fields() | {"daily_dose": "0.45", "go on": "yes"}
    seen = chart_of(world.patient).seq
    second.send("save draft", fields | {"daily_dose": "0.48"})
    late = first.send("save draft", fields | {"seen": seen})
    assert late.status_code == 409
    drafts = [one for one in chart_of(world.patient).entries if one.kind == DRAFT]
    assert [one.body["typed"]["daily_dose"] for one in drafts] == ["0.48"]


def test_an_order_that_was_changed_is_no_longer_checked(world) -> None:
    desk = Desk(world)
    desk.signed(text_of(desk.drafted(mode="continuous", daily_dose="0.7")))
    first = order_of(world)
    checked(world)
    desk.withdraw()
    desk.signed(text_of(desk.drafted(mode="continuous", daily_dose="0.71")))
    second = order_of(world)
    assert digest_of(first.body) != digest_of(second.body)
    page = desk.send("send program", {"command": second.body["command"]})
    assert "a second person has to check" in text_of(page)


# -- the end of a session --------------------------------------------------------------------------


@pytest.mark.inventory("E7")
@pytest.mark.req("U10")
@pytest.mark.req("K13")
def test_a_session_does_not_end_with_a_pump_that_stands_unless_somebody_says_why(world) -> None:
    desk = Desk(world)
    desk.send("stop pump", {"command": "a" * 32})
    page = desk.send("close programming")
    assert "The pump gives no therapy" in text_of(page)
    assert "programming.closed" not in kinds(world.patient)
    desk.send("close programming", {"reason": "explantation tomorrow"})
    assert "programming.closed" in kinds(world.patient)
    open_now = open_tasks(effective(chart_of(world.patient).entries))
    assert any("explantation tomorrow" in task.what for task in open_now)


def test_a_program_that_stops_the_pump_needs_a_reason(world) -> None:
    desk = Desk(world)
    desk.read()
    page = desk.send("save draft", {"mode": "minimum-rate", "primary": "morphine", "go on": "yes"})
    assert page.status_code == 422
    assert "say why the pump is left without therapy" in text_of(page)


# -- stopping --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.PHYSICIAN, Role.NURSE, Role.TRAINEE])
def test_a_stop_asks_once_and_asks_why_afterwards(world, role) -> None:
    desk = Desk(world, role)
    before = kinds(world.patient)
    assert "Stop now" in text_of(desk.go("stop pump"))
    assert kinds(world.patient) == before
    page = desk.send("stop pump", {"seen": "1", "command": "b" * 32})
    assert "Why was it stopped" in text_of(page)
    assert chart_of(world.patient).therapy.events[-1].type == "stop"
    desk.send("stop reason", {"reason": "drowsy"}, "b" * 32)
    assert chart_of(world.patient).entries[-1].reason == "drowsy"


def test_a_stop_waits_neither_for_a_second_person_nor_for_a_draft_nor_for_a_good_link(
    world, monkeypatch
) -> None:
    desk = Desk(world)
    desk.signed(text_of(desk.drafted(mode="continuous", daily_dose="0.7")))
    assert requests_open(chart_of(world.patient))
    BrokenLink(monkeypatch, breaks_after_hearing=1, sessions=2)
    desk.send("stop pump", {"seen": "0"})
    assert chart_of(world.patient).therapy.events[-1].type == "stop"


def test_a_stop_that_reaches_no_pump_stands_as_ordered_with_a_task(world, monkeypatch) -> None:
    BrokenLink(monkeypatch, breaks_after_hearing=0, sessions=100)
    page = Desk(world).send("stop pump")
    assert "THE PUMP WAS NOT REACHED" in text_of(page)
    assert open_tasks(effective(chart_of(world.patient).entries))
    assert chart_of(world.patient).therapy.events[-1].type != "stop"


def test_a_stopped_pump_goes_on_after_a_review_and_a_signature(world) -> None:
    desk = Desk(world)
    desk.send("stop pump")
    page = text_of(desk.go("resume pump"))
    answers = {f"answer_{one}": "seen" for one in re.findall(r'name="answer_(\w+)"', page)}
    command = re.search(r'name="command" value="(\w+)"', page)[1]
    done = desk.send(
        "resume pump", answers | {"command": command, "sign": "yes", "password": PASSWORD}
    )
    assert "The pump did it" in text_of(done)
    assert chart_of(world.patient).therapy.events[-1].type == "resume"


def test_a_bolus_is_looked_at_before_it_is_signed_and_given_once(world) -> None:
    desk = Desk(world)
    looked = text_of(desk.send("give bolus", {"dose": "0.05", "duration": "10"}))
    answers = {f"answer_{one}": "asked for" for one in re.findall(r'name="answer_(\w+)"', looked)}
    command = re.search(r'name="command" value="(\w+)"', looked)[1]
    fields = answers | {
        "dose": "0.05",
        "duration": "10",
        "command": command,
        "sign": "yes",
        "password": PASSWORD,
    }
    assert "The pump did it" in text_of(desk.send("give bolus", fields))
    desk.send("give bolus", fields)
    events = chart_of(world.patient).therapy.events
    assert sum(one.type == "bolus" for one in events) == 1


# -- where no telemetry is -------------------------------------------------------------------------


def test_what_was_programmed_by_hand_is_signed_and_begins_the_pump_anew(world) -> None:
    desk = Desk(world)
    desk.read()
    fields = {
        "mode": "continuous",
        "primary": "morphine",
        "daily_dose": "0.45",
        "programmed_at": "2026-04-20T10:00",
    }
    desk.send("manual programming", fields | {"sign": "yes", "password": PASSWORD})
    assert program_now(world).mode == "continuous"
    assert "programming.manual" in kinds(world.patient)
    assert "as the record says" in text_of(desk.read())
