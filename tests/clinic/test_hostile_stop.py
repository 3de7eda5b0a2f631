"""Nothing keeps a stop from the pump: no old form, no strange text, no full disk, no clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from clinic_pumps import chart_of, kinds, patient_today
from clinic_world import NOW
from django.conf import settings
from django.db import OperationalError
from django.urls import reverse

from thecal.clinic import clock
from thecal.clinic.access import guard
from thecal.clinic.ledger import folding
from thecal.clinic.ledger.log import Author
from thecal.clinic.ledger.tasks import OPENED
from thecal.clinic.models import Membership, Role, User
from thecal.clinic.pages import notes
from thecal.clinic.pumps import pump_talk, telemetry
from thecal.clinic.pumps.telemetry import Order, new_command
from thecal.clinic.pumps.virtual_pump import locked
from thecal.link import storage
from thecal.link.programmer import Programmer
from thecal.record.anchor import AnchorError
from thecal.record.errors import FoldError


@pytest.fixture
def world(world):
    """The patient's newest event lies before now."""
    return replace(world, patient=patient_today(world))


def go_to(world, name: str, *more: object) -> str:
    return reverse(name, args=[world.patient.pk, *more])


def stopped_by(world, fields: dict[str, str], role: Role = Role.NURSE):
    return world.browser(role).post(go_to(world, "stop pump"), fields)


def gives_therapy(world) -> bool:
    """Read the pump itself, whatever the record says."""
    outcome = telemetry.interrogate(chart_of(world.patient), Order(author=Author("t", "t", "t")))
    assert outcome.reading is not None
    return bool(outcome.reading["gives_therapy"])


def ran_again(world) -> None:
    order = Order(author=world.author(), command=new_command())
    outcome = telemetry.resume(chart_of(world.patient), order)
    assert outcome.done, outcome


@pytest.mark.req("K13")
def test_the_old_stop_page_stops_a_pump_that_runs_again(world) -> None:
    fields = {"command": new_command()}
    stopped_by(world, fields)
    ran_again(world)
    assert gives_therapy(world)
    stopped_by(world, fields)
    assert not gives_therapy(world)


@pytest.mark.req("K13")
def test_a_stop_after_the_minimum_rate_from_the_same_page_stops(world) -> None:
    fields = {"command": new_command()}
    stopped_by(world, fields | {"minimum": "yes"})
    stopped_by(world, fields)
    simulation = chart_of(world.patient).simulation(clock.now())
    assert str(simulation.activity) == "stopped"


def test_two_clicks_on_stop_stop_once(world) -> None:
    fields = {"command": new_command()}
    stopped_by(world, fields)
    before = kinds(world.patient).count("therapy.event")
    stopped_by(world, fields)
    assert kinds(world.patient).count("therapy.event") == before


@pytest.mark.parametrize(
    "command",
    ["", "x", "0" * 31, "\0", "../..", "a" * 1_000_000, "\u202e", "<b>", "😀", "A" * 32],
    ids=["empty", "short", "almost", "nul", "path", "long", "rtl", "html", "emoji", "upper"],
)
@pytest.mark.req("K13")
def test_a_spoilt_form_still_stops(world, command: str) -> None:
    answer = stopped_by(world, {"command": command})
    assert answer.status_code == 302
    assert not gives_therapy(world)


@pytest.mark.req("K13")
def test_a_stop_is_not_taken_for_another_order_that_was_done(world) -> None:
    order = Order(author=world.author(), command=new_command())
    telemetry.interrogate(chart_of(world.patient), order)
    stopped_by(world, {"command": order.command})
    assert not gives_therapy(world)


@pytest.mark.req("K13")
def test_a_pump_folder_that_cannot_be_written_leaves_the_stop_as_ordered(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(settings.PUMP_DIR)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file stands where the folder was")
    answer = stopped_by(world, {"command": new_command()})
    assert answer.status_code == 302
    assert telemetry.unsettled(chart_of(world.patient).entries)
    tasks = chart_of(world.patient).content["tasks"]
    assert any("whether it did the stop" in task["what"] for task in tasks)


@pytest.mark.req("K13")
def test_a_full_disk_of_the_pump_leaves_the_stop_as_ordered(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "write_all", full)
    answer = stopped_by(world, {"command": new_command()})
    assert answer.status_code == 302
    assert telemetry.unsettled(chart_of(world.patient).entries)


@pytest.mark.req("K13")
def test_another_kind_of_order_on_a_full_disk_is_refused_and_says_so(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "write_all", full)
    chart = chart_of(world.patient)
    outcome = telemetry.interrogate(chart, Order(author=world.author(), command=new_command()))
    assert not outcome.done


@pytest.mark.parametrize("error", [OperationalError("database or disk is full"), AnchorError("x")])
@pytest.mark.req("K13")
def test_an_access_that_cannot_be_noted_holds_up_no_stop(
    world, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(guard, "write_access", fails)
    answer = stopped_by(world, {"command": new_command()})
    monkeypatch.undo()
    assert answer.status_code == 302
    assert not gives_therapy(world)


@pytest.mark.req("K13")
def test_a_record_that_cannot_be_written_says_that_the_pump_stands(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(pump_talk, "write", fails)
    browser = world.browser(Role.NURSE)
    answer = browser.post(go_to(world, "stop pump"), {"command": new_command()}, follow=True)
    assert "The pump gives no therapy now" in answer.content.decode()
    assert "This could not be written down" in answer.content.decode()
    assert answer.status_code == 503


@pytest.mark.parametrize("years", [-30, -1, 1, 20])
@pytest.mark.req("K13")
def test_a_clock_that_jumped_holds_up_no_stop(
    world, monkeypatch: pytest.MonkeyPatch, years: int
) -> None:
    gives_therapy(world)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=365 * years))
    answer = stopped_by(world, {"command": new_command()})
    assert answer.status_code == 302
    assert not gives_therapy(world)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    assert not gives_therapy(world)


@pytest.mark.req("K13")
def test_a_locked_pump_folder_leaves_the_stop_as_ordered(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("thecal.clinic.pumps.virtual_pump._LONGEST_WAIT", 0.1)
    with locked(world.patient.pk):
        answer = stopped_by(world, {"command": new_command()})
    assert answer.status_code == 302
    assert telemetry.unsettled(chart_of(world.patient).entries)
    gives_therapy(world)
    assert not telemetry.unsettled(chart_of(world.patient).entries)


@pytest.mark.parametrize(
    "text", ["", "\0", "a\u202eb", "<script>x</script>", "9" * 6000, "K" * 10**6]
)
def test_why_and_what_was_done_may_be_anything_after_a_stop(world, text: str) -> None:
    browser, command = world.browser(Role.NURSE), new_command()
    browser.post(go_to(world, "stop pump"), {"command": command})
    answer = browser.post(go_to(world, "stop reason", command), {"reason": text})
    assert answer.status_code == (302 if text else 422)
    form = {"happening": text, "at": text, "done": [text, text], "words": text, "follow_up": text}
    assert browser.post(go_to(world, "record emergency"), form).status_code == 302
    for name in ("patient emergency", "patient", "record", "stop pump"):
        page = browser.get(go_to(world, name))
        assert page.status_code == 200
        assert "<script>x" not in page.content.decode()


def test_somebody_who_was_deactivated_goes_no_further_with_any_form(world) -> None:
    browser = world.browser(Role.NURSE)
    browser.get(go_to(world, "stop pump"))
    member = world.people[Role.NURSE]
    before = kinds(world.patient)
    Membership.objects.filter(pk=member.pk).update(active=False)
    for name in ("notes", "read pump", "send program", "stop pump"):
        answer = browser.post(go_to(world, name), {"command": new_command(), "text": "x"})
        assert answer.status_code == 302
        assert answer["Location"] == reverse("choose clinic")
    Membership.objects.filter(pk=member.pk).update(active=True)
    User.objects.filter(pk=member.user_id).update(is_active=False)
    assert browser.post(go_to(world, "notes"), {"text": "x"})["Location"].startswith("/account/")
    assert kinds(world.patient) == before


def test_what_was_stored_and_not_anchored_is_not_called_undone(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise AnchorError("the anchor cannot be written", remedy="the entry itself is stored")

    monkeypatch.setattr(notes, "write", fails)
    form = {"text": "x", "seen": chart_of(world.patient).seq}
    page = world.browser(Role.NURSE).post(go_to(world, "notes"), form).content.decode()
    assert "This was not done" not in page
    assert "This was stored" in page


@pytest.mark.req("K13")
def test_a_long_record_holds_up_no_stop_nothing_is_folded_before_it_is_out(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    telemetry.interrogate(chart_of(world.patient), Order(author=world.author()))
    nurse, told = world.browser(Role.NURSE), list[str]()
    command, fold = Programmer.command, folding.fold_therapy

    def sends(programmer, wanted):
        told.append("sent")
        return command(programmer, wanted)

    def folds(entries):
        told.append("folded")
        return fold(entries)

    monkeypatch.setattr(Programmer, "command", sends)
    monkeypatch.setattr(folding, "fold_therapy", folds)
    folding._kept.clear()
    assert nurse.get(go_to(world, "stop pump")).status_code == 200
    assert nurse.post(go_to(world, "stop pump"), {"stop": "yes"}).status_code == 302
    assert told[0] == "sent"
    assert told.count("folded") == 1


def test_a_record_that_cannot_be_folded_holds_up_no_stop(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    telemetry.interrogate(chart_of(world.patient), Order(author=world.author()))
    nurse = world.browser(Role.NURSE)
    with monkeypatch.context() as patch:
        patch.setattr(folding, "fold_therapy", _never)
        folding._kept.clear()
        page = nurse.post(go_to(world, "stop pump"), {"stop": "yes"})
    assert page.status_code == 503
    assert "The pump gives no therapy now" in page.content.decode()
    assert not gives_therapy(world)


def _never(entries: object) -> None:
    raise FoldError("this record cannot be folded")


def test_a_stop_and_its_follow_up_are_one_write(world) -> None:
    stopped_by(world, {"stop": "yes"})
    written = chart_of(world.patient).entries[-4:]
    assert [one.kind for one in written] == ["pump.order", "pump.command", "therapy.event", OPENED]
    assert {one.written.replace(microsecond=0) for one in written} == {NOW}
