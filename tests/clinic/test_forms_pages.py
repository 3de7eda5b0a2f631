"""The forms on their pages: every one filled, refused, kept, signed, shown and printed."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from clinic_world import NOW, PASSWORD
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from tests.care.forms.form_examples import complete

from thecal.care.forms import FormErrors, form, forms, read_form
from thecal.clinic import clock
from thecal.clinic.flows.form_log import ANSWERED, FILLED, filed_forms
from thecal.clinic.flows.form_sheet import ROWS, FormSheet
from thecal.clinic.ledger.log import patient_stream, read_entries
from thecal.clinic.ledger.signatures import SIGNATURE, unfitting
from thecal.clinic.models import Role
from thecal.clinic.web.documents import PRINTED

ZONE = ZoneInfo("Europe/Berlin")
IDS = [one.id for one in forms()]
REFUSED = 422


def typed(name: str, values=None) -> dict:
    """Return the controls of a form as a browser sends them."""
    sheet = FormSheet.from_values(
        form(name), complete(form(name)) if values is None else values, ZONE
    )
    return {**sheet.typed, "save": "yes"}


def entries(world):
    return read_entries(patient_stream(world.patient))


def send(world, browser: Client, name: str, sent: dict, *, seen: int | None = None):
    stream = patient_stream(world.patient)
    sent = {"seen": stream.head_seq if seen is None else seen, **sent}
    return browser.post(reverse("fill form", args=[world.patient.pk, name]), sent)


def fill(world, name: str, values=None, role: Role = Role.PHYSICIAN) -> int:
    """Save a form and return its entry's number."""
    answer = send(world, world.browser(role), name, typed(name, values))
    assert answer.status_code == 302, answer.content.decode()
    return entries(world)[-1].seq


def sign(world, seq: int, role: Role = Role.PHYSICIAN, **sent):
    sent = {"seen": patient_stream(world.patient).head_seq, "password": PASSWORD, **sent}
    return world.browser(role).post(reverse("sign form", args=[world.patient.pk, seq]), sent)


@pytest.mark.inventory("S3.8")
@pytest.mark.inventory("S3.7")
@pytest.mark.inventory("S0.17")
@pytest.mark.inventory("S0.16")
@pytest.mark.inventory("S0.15")
@pytest.mark.parametrize("name", IDS)
def test_every_form_is_filled_on_its_page_and_the_log_holds_what_was_typed(world, name) -> None:
    browser = world.browser(Role.PHYSICIAN)
    page = browser.get(reverse("fill form", args=[world.patient.pk, name])).content.decode()
    first = typed(name, {})
    for control in first:
        assert control == "save" or f'name="{control}"' in page
    fill(world, name)
    written = entries(world)[-1]
    assert written.kind == FILLED
    assert written.body["values"]["values"] == complete(form(name))
    shown = browser.get(reverse("form", args=[world.patient.pk, written.seq]))
    assert shown.status_code == 200
    assert "not signed" in shown.content.decode()


@pytest.mark.parametrize("name", IDS)
def test_every_field_that_is_needed_is_named_and_what_was_typed_is_kept(world, name) -> None:
    before = len(entries(world))
    answer = send(world, world.browser(Role.PHYSICIAN), name, {"save": "yes"})
    assert answer.status_code == REFUSED
    page = answer.content.decode()
    missing = read_form(form(name), {})
    assert isinstance(missing, FormErrors)
    labels = {one.id: one.label.en for one in form(name).plain_fields()}
    for place in missing.missing:
        assert f'href="#f-{place}' in page
        assert f"{escape(labels.get(place, ''))}: this is missing" in page or place not in labels
    assert len(entries(world)) == before


def test_what_was_typed_stays_where_another_field_is_refused(world) -> None:
    sent = typed("F4")
    sent["fill_volume"] = "1,8"
    page = send(world, world.browser(Role.NURSE), "F4", sent).content.decode()
    assert 'value="1,8"' in page
    assert 'aria-invalid="true"' in page
    assert page.count('value="as agreed"') > 3


def test_an_event_that_was_noticed_before_it_happened_is_not_saved(world) -> None:
    before = len(entries(world))
    sent = typed("F14", {**complete(form("F14")), "noticed_at": "2026-03-02T09:00+01:00"})
    answer = send(world, world.browser(Role.NURSE), "F14", sent)
    assert answer.status_code == REFUSED
    page = answer.content.decode()
    assert "it was noticed before it happened; correct the times" in page
    assert 'href="#f-noticed_at"' in page
    assert len(entries(world)) == before


def test_an_error_in_a_row_names_the_row(world) -> None:
    sent = typed("F4")
    sent["segments.2.trimmed"] = "ten"
    page = send(world, world.browser(Role.NURSE), "F4", sent).content.decode()
    assert 'href="#f-segments.2.trimmed"' in page
    assert "row 2" in page


def test_a_button_adds_a_row_without_losing_what_was_typed(world) -> None:
    sent = {**typed("F18"), "add": "skills"}
    del sent["save"]
    assert sent[ROWS + "skills"] == "2"
    before = len(entries(world))
    answer = send(world, world.browser(Role.PHYSICIAN), "F18", sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'name="{ROWS}skills" value="3"' in page
    assert "skills.3." in page
    assert page.count('value="as agreed"') > 1
    assert len(entries(world)) == before


def test_what_the_record_knows_is_shown_and_no_control_asks_for_it(world) -> None:
    page = (
        world.browser(Role.NURSE)
        .get(reverse("fill form", args=[world.patient.pk, "F5"]))
        .content.decode()
    )
    assert "Nobody types it" in page or "nobody types it" in page
    for field in form("F5").plain_fields():
        if field.derived:
            assert f'name="{field.id}"' not in page
    assert "morphine" in page


def test_a_fact_that_somebody_sends_all_the_same_is_not_taken(world) -> None:
    fill(world, "F5", {**complete(form("F5"))})
    sent = typed("F5")
    sent["serial"] = "FORGED"
    send(world, world.browser(Role.NURSE), "F5", sent)
    assert "FORGED" not in str(entries(world)[-1].body)


def test_a_time_gets_the_offset_of_the_clinic_and_a_doubtful_one_is_refused(world) -> None:
    sent = typed("F14")
    moments = [one.id for one in form("F14").plain_fields() if one.kind == "moment"]
    for one in moments:
        sent[one] = "2026-07-01T10:00"
    send(world, world.browser(Role.NURSE), "F14", sent)
    kept = entries(world)[-1].body["values"]["values"]
    assert {kept[one] for one in moments} == {"2026-07-01T10:00+02:00"}
    before = len(entries(world))
    sent[moments[0]] = "2026-10-25T02:30"  # the clocks show it twice
    assert send(world, world.browser(Role.NURSE), "F14", sent).status_code == REFUSED
    assert len(entries(world)) == before


def test_a_later_version_is_a_new_entry_and_begins_from_the_one_before(world) -> None:
    first = fill(world, "F7")
    page = (
        world.browser(Role.NURSE)
        .get(reverse("fill form", args=[world.patient.pk, "F7"]))
        .content.decode()
    )
    assert "first line" in page or "as agreed" in page
    second = fill(world, "F7")
    found = filed_forms(entries(world))
    assert [(one.entry.seq, one.latest) for one in found] == [(second, True), (first, False)]
    assert found[0].entry.body["replaces"] == first


def test_two_people_who_fill_in_at_the_same_time_lose_nothing(world) -> None:
    seen = patient_stream(world.patient).head_seq
    fill(world, "F7")
    answer = send(world, world.browser(Role.NURSE), "F7", typed("F7"), seen=seen)
    assert answer.status_code == 409


def test_a_form_is_signed_after_the_password_and_by_a_role_that_it_names(world) -> None:
    seq = fill(world, "F3", {**complete(form("F3"))})
    assert sign(world, seq, Role.NURSE, capacity="physician").status_code == 403
    wrong = sign(world, seq, capacity="physician", password="somebody else's")  # noqa: S106
    assert wrong.status_code == REFUSED
    assert not filed_forms(entries(world))[0].signed
    assert sign(world, seq, capacity="physician").status_code == 302
    (filed,) = filed_forms(entries(world))
    assert filed.signed
    assert filed.signatures["physician"].body["name"] == world.people[Role.PHYSICIAN].user.name
    assert not unfitting(entries(world))
    assert sign(world, seq, capacity="physician").status_code == 403


def test_one_person_signs_in_one_capacity_only(world) -> None:
    seq = fill(
        world, "F10", {**complete(form("F10")), "sterility": "passed", "endotoxin": "passed"}
    )
    assert sign(world, seq, capacity="pharmacist").status_code == 403
    assert sign(world, seq, capacity="physician").status_code == 302
    (filed,) = filed_forms(entries(world))
    assert not filed.signed
    assert sign(world, seq, Role.PHARMACIST, capacity="pharmacist").status_code == 302
    assert filed_forms(entries(world))[0].signed


@pytest.mark.req("K24")
@pytest.mark.inventory("E16")
def test_a_hard_finding_refuses_the_signature_and_the_form_stays(world) -> None:
    seq = fill(world, "F10", {**complete(form("F10")), "preservative_free": False})
    answer = sign(world, seq, capacity="physician")
    assert answer.status_code == REFUSED
    assert "free of preservatives" in answer.content.decode()
    kinds = [one.kind for one in entries(world)]
    assert SIGNATURE not in kinds
    assert FILLED in kinds


def test_a_soft_finding_asks_for_a_reason_and_the_reason_is_signed(world) -> None:
    values = {key: one for key, one in complete(form("F3")).items() if "effective" not in key}
    seq = fill(world, "F3", values)
    assert sign(world, seq, capacity="physician").status_code == REFUSED
    assert sign(world, seq, capacity="physician", reason="dose is in the letter").status_code == 302
    answered = next(one for one in entries(world) if one.kind == ANSWERED)
    assert answered.body["reason"] == "dose is in the letter"
    signature = entries(world)[-1]
    assert {one["kind"] for one in signature.body["of"]} == {FILLED, ANSWERED}


@pytest.mark.inventory("W26")
def test_the_record_of_a_stopped_and_emptied_pump_is_saved_whatever_is_open(world) -> None:
    values = {
        key: one
        for key, one in complete(form("F16")).items()
        if key in {field.id for field in form("F16").plain_fields() if field.required}
    }
    seq = fill(world, "F16", values)
    page = world.browser(Role.PHYSICIAN).get(reverse("form", args=[world.patient.pk, seq]))
    assert "Refused" not in page.content.decode()
    assert sign(world, seq, capacity="physician", reason="as it was").status_code == 302


def test_an_earlier_version_is_not_signed_any_more(world) -> None:
    first = fill(world, "F3")
    fill(world, "F3")
    assert sign(world, first, capacity="physician").status_code == REFUSED


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", IDS)
def test_every_form_is_shown_and_printed_in_both_languages(world, name, language) -> None:
    seq = fill(world, name)
    browser = world.browser(Role.NURSE)
    address = reverse("print form", args=[world.patient.pk, seq])
    shown = browser.get(address, {"language": language})
    assert getattr(form(name).title, language) in shown.content.decode().replace("&#x27;", "'")
    assert browser.post(address, {"language": language}).content.startswith(b"%PDF")
    assert entries(world)[-1].kind == PRINTED


def test_the_facts_of_a_saved_form_stay_as_they_were(world, monkeypatch) -> None:
    fill(world, "F7")
    before = filed_forms(entries(world))[0].facts
    assert before
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=5))
    assert filed_forms(entries(world))[0].facts == before


def test_who_fills_in_which_form(world) -> None:
    def status(role: Role, name: str) -> int:
        return (
            world.browser(role).get(reverse("fill form", args=[world.patient.pk, name])).status_code
        )

    assert status(Role.PHARMACIST, "F10") == 200
    assert status(Role.PHARMACIST, "F4") == 403
    assert status(Role.TRAINEE, "F14") == 200
    assert status(Role.TRAINEE, "F10") == 403
    assert status(Role.ADMINISTRATOR, "F1") == 403
    assert (
        world.browser(Role.NURSE)
        .get(reverse("fill form", args=[world.patient.pk, "F99"]))
        .status_code
        == 404
    )


def test_the_list_says_who_filled_in_and_signed_what(world) -> None:
    seq = fill(world, "F3")
    sign(world, seq, capacity="physician")
    page = world.browser(Role.NURSE).get(reverse("forms", args=[world.patient.pk])).content.decode()
    for one in forms():
        assert f"{one.id}: " in page
    assert world.people[Role.PHYSICIAN].user.name in page
    assert "physician-1" in page
