"""Orders under replayed, spoilt and simultaneous forms: done once, as signed, or not at all."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import pytest
from clinic_pumps import BrokenLink, chart_of, kinds, patient_today
from django.urls import reverse
from logins import PASSWORD, logged_in
from programming_desk import Desk, asked_before
from together import at_once

from thecal.clinic import clock
from thecal.clinic.access.second import request_draft
from thecal.clinic.models import Membership, Role
from thecal.clinic.patient.correcting import CorrectionError, standing_entry
from thecal.clinic.pumps import telemetry
from thecal.clinic.pumps.telemetry import Order, new_command
from thecal.record.fold import EVENT
from thecal.therapy.events import Bolus
from thecal.units import Duration, Mass

SEEN = ["", "x", "-1", "1.5", "٣", "9" * 6000, "1e3", "0", "99999999"]


@pytest.fixture
def world(world):
    """The patient's newest event lies before now."""
    return replace(world, patient=patient_today(world))


def go_to(world, name: str, *more: object) -> str:
    return reverse(name, args=[world.patient.pk, *more])


def bolus_form(world, command: str, dose: str = "0.2") -> dict[str, object]:
    return {
        "dose": dose,
        "duration": "10",
        "command": command,
        "sign": "yes",
        "password": PASSWORD,
        "seen": chart_of(world.patient).seq,
        **asked_before(chart_of(world.patient)),
        **{f"answer_{check}": "seen" for check in ("K3", "K4", "K5", "K14", "K15", "K16")},
    }


def boluses(world) -> list[str]:
    """Return the doses of the boluses that the record tells beyond those of the example."""
    return [
        one.body["dose"]
        for one in chart_of(world.patient).entries
        if one.kind == EVENT and one.body["type"] == "bolus"
    ]


def test_a_bolus_form_sent_again_with_another_dose_gives_nothing_and_says_so(world) -> None:
    browser, command = world.browser(Role.PHYSICIAN), new_command()
    before = boluses(world)
    browser.post(go_to(world, "give bolus"), bolus_form(world, command), follow=True)
    assert len(boluses(world)) == len(before) + 1
    again = browser.post(
        go_to(world, "give bolus"), bolus_form(world, command, "0.15"), follow=True
    )
    assert len(boluses(world)) == len(before) + 1
    assert "The pump did it." not in again.content.decode()


def test_the_same_bolus_form_sent_again_does_not_claim_a_second_dose(world) -> None:
    browser, command = world.browser(Role.PHYSICIAN), new_command()
    browser.post(go_to(world, "give bolus"), bolus_form(world, command), follow=True)
    after = boluses(world)
    again = browser.post(go_to(world, "give bolus"), bolus_form(world, command), follow=True)
    assert boluses(world) == after
    assert "The pump did it." not in again.content.decode()


def test_an_order_nobody_knows_the_end_of_is_not_told_with_another_dose(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    command, before = new_command(), boluses(world)

    def send(dose: str) -> telemetry.Outcome:
        event = Bolus(time=clock.now(), dose=Mass.of(dose, "mg"), duration=Duration.of(10, "min"))
        order = Order(author=world.author(), command=command)
        return telemetry.send_bolus(chart_of(world.patient), order, event)

    with monkeypatch.context() as broken:
        BrokenLink(broken, breaks_after_hearing=3, sessions=1, then_deaf=True)
        assert not send("0.2").done
    with pytest.raises(telemetry.UsedCommandError):
        send("0.1")
    assert send("0.2").done
    assert boluses(world)[len(before) :] == ["0.2 mg"]


@pytest.mark.parametrize("seen", SEEN)
def test_a_spoilt_seen_is_an_old_page_and_never_a_failure(world, seen: str) -> None:
    browser = world.browser(Role.PHYSICIAN)
    browser.post(go_to(world, "read pump"))
    before = kinds(world.patient)
    form = bolus_form(world, new_command()) | {"seen": seen}
    assert browser.post(go_to(world, "give bolus"), form).status_code == 409
    typed = {"mode": "continuous", "daily_dose": "1", "go on": "yes", "seen": seen}
    assert browser.post(go_to(world, "save draft"), typed).status_code in (409, 422)
    note = {"text": "seen", "seen": seen}
    assert browser.post(go_to(world, "notes"), note).status_code == 409
    assert kinds(world.patient) == before


def test_two_clicks_at_once_give_one_bolus_with_one_signature(committed_world) -> None:
    world = replace(committed_world, patient=patient_today(committed_world))
    member = Membership.objects.get(pk=world.people[Role.PHYSICIAN].pk)
    browsers, form = [logged_in(member) for _ in range(3)], bolus_form(world, new_command())
    before, answers = boluses(world), []

    def click(browser) -> None:
        answers.append(browser.post(go_to(world, "give bolus"), form).status_code)

    at_once(*(partial(click, one) for one in browsers))
    assert len(boluses(world)) == len(before) + 1
    assert kinds(world.patient).count("signature") == 1
    assert sorted(answers)[0] == 302


@pytest.mark.parametrize("withdrawn", [True, False])
def test_an_order_and_its_check_cannot_be_corrected_into_something_else(
    world, withdrawn: bool
) -> None:
    browser = world.browser(Role.PHYSICIAN)
    browser.post(go_to(world, "give bolus"), bolus_form(world, new_command()))
    machines = {"order.single", "pump.order", "pump.command"}
    found = [one for one in chart_of(world.patient).entries if one.kind in machines]
    assert {one.kind for one in found} == machines
    for one in found:
        with pytest.raises(CorrectionError):
            standing_entry(chart_of(world.patient).entries, one.seq)
        form = {"reason": "wrong", "step": "write", "password": PASSWORD}
        form |= {"withdraw": "yes"} if withdrawn else {"value-0": "x"}
        form["seen"] = chart_of(world.patient).seq
        answer = browser.post(go_to(world, "correct an entry", one.seq), form)
        assert answer.status_code == 422
    assert "correction" not in kinds(world.patient)


def test_a_request_for_a_check_cannot_be_corrected(world) -> None:
    draft = request_draft("program", {"a": "b"}, ["x"], [], ["why"])
    from thecal.clinic.ledger.log import write

    (entry,) = write(world.patient, world.author(), (draft,), expected=None)
    with pytest.raises(CorrectionError):
        standing_entry(chart_of(world.patient).entries, entry.seq)


@pytest.mark.parametrize(
    "when",
    ["", "x", "2026-04-20", "2026-04-20T09:30+05:00", "2026-04-20T09:30Z", "0001-01-01T00:00",
     "9999-12-31T23:59", "2026-W17-1", "9" * 6000],
)  # fmt: skip
def test_a_time_of_a_programming_by_hand_is_never_guessed(world, when: str) -> None:
    form = {"mode": "continuous", "primary": "morphine", "daily_dose": "1", "sign": "yes"}
    form |= {"programmed_at": when, "password": PASSWORD, "seen": chart_of(world.patient).seq}
    browser, before = world.browser(Role.PHYSICIAN), kinds(world.patient)
    assert browser.post(go_to(world, "manual programming"), form).status_code == 422
    assert kinds(world.patient) == before


def test_no_draft_is_signed_that_was_not_the_one_looked_at(world) -> None:
    desk = Desk(world)
    looked = desk.drafted(daily_dose="0.45").content.decode()
    desk.drafted(daily_dose="0.4")
    refused = desk.signed(looked)
    assert refused.status_code == 422
    assert "another one than you looked at" in refused.content.decode()
    assert "order.program" not in kinds(world.patient)
    desk.signed()
    assert "order.program" in kinds(world.patient)


def test_no_order_is_taken_back_that_was_not_the_one_shown(world) -> None:
    first, second = Desk(world), Desk(world)
    first.drafted(daily_dose="0.45")
    first.signed()
    shown = first.order_shown()
    second.withdraw()
    second.drafted(daily_dose="0.4")
    second.signed()
    refused = first.send("withdraw order", {"order": shown})
    assert refused.status_code == 422
    assert "no longer the one that waits" in refused.content.decode()
    assert second.order_shown() != shown
    second.withdraw()
    assert kinds(world.patient)[-1] == "order.withdrawn"


def test_nobody_goes_on_alone_with_an_order_that_was_not_the_one_shown(world) -> None:
    world.clinic.second_person = "exception"
    world.clinic.save()
    first, second = Desk(world), Desk(world)
    first.drafted(mode="continuous", daily_dose="0.7")
    first.signed()
    shown = first.order_shown()
    second.withdraw()
    second.drafted(mode="continuous", daily_dose="0.72")
    second.signed()
    alone = {"order": shown, "reason": "nobody else is here"}
    assert first.send("program alone", alone).status_code == 422
    assert "second.exception" not in " ".join(kinds(world.patient))


def test_no_draft_is_discarded_that_was_not_the_one_shown(world) -> None:
    first, second = Desk(world), Desk(world, Role.NURSE)
    first.drafted(daily_dose="0.45")
    page = first.go("discard draft").content.decode()
    second.drafted(daily_dose="0.4")
    (shown,) = re.findall(r'name="draft" value="(\d+)"', page)
    kept = first.send("discard draft", {"draft": shown})
    assert "another one than you looked at" in kept.content.decode()
    assert "0.4 mg" in kept.content.decode().replace("\u00a0", " ")
    assert "draft.discarded" not in kinds(world.patient)
