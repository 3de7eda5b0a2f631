"""A patient and a carer on a telephone: dates, a diary with a danger sign, sounds, a card; in both
languages; and the staff, who gives a login and reads the diary.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from browser.hands import form_of, page_of, says, send
from browser.sight import NARROW, WIDE, looked_at
from thecal.care.information.pages import PAGES
from thecal.record.card import MARK

ADA = "Ada Example"
CUT = """(all) => all.filter((one) => one.clientWidth && !one.closest(".visually-hidden")
  && one.scrollWidth > one.clientWidth + 1).map((one) => one.outerHTML.slice(0, 160))"""
"""What holds more than it shows, so that a word runs out of it or is behind its edge."""


def on_telephone(page: Page) -> Page:
    page.set_viewport_size(NARROW)
    return page


def follow(page: Page, words: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=words, exact=True).click()


@pytest.mark.inventory("S0.24")
def test_a_patient_writes_the_diary_on_a_telephone_and_the_clinic_sees_the_danger(person) -> None:
    page = on_telephone(person("patient").open("/my/"))
    said = looked_at(page)
    assert "Refill by" in said
    assert "in " in said
    on_telephone(page)
    call = page.get_by_role("region", name=re.compile("Call now"))
    expect(call.get_by_role("link")).to_have_attribute("href", "tel:+4930000001")
    expect(call).to_contain_text("slow breathing")
    follow(page, "Diary")
    page.get_by_label("Pain, 0 (none) to 10 (worst)").fill("12")
    page.get_by_label("Note").fill("since this morning")
    page.get_by_role("button", name="Write it into the diary").click()
    expect(page.get_by_label("Pain, 0 (none) to 10 (worst)")).to_have_value("12")
    expect(page.get_by_label("Note")).to_have_value("since this morning")
    looked_at(page)
    page.get_by_label("Pain, 0 (none) to 10 (worst)").fill("8")
    page.get_by_label("extreme sleepiness").check()
    page.get_by_role("button", name="Write it into the diary").click()
    expect(page.get_by_role("alert")).to_contain_text("Do not wait for an answer here: call now.")
    looked_at(page)
    staff = person("nurse").open("/")
    expect(staff.locator("main")).to_contain_text("danger sign in the diary")
    shown = looked_at(page_of(person("nurse"), ADA, "More", "Diary"))
    assert "since this morning" in shown
    assert "Reported by the patient or a carer" in shown
    assert "Reported as got, a day" in shown
    charts = looked_at(page_of(person("nurse"), ADA, "Charts"))
    assert "Diary: pain, 0 to 10" in charts


def test_sounds_can_be_played_and_an_emergency_room_checks_the_code(person, tmp_path) -> None:
    page = on_telephone(person("patient").open("/my/"))
    follow(page, "Alarms of the pump")
    looked_at(page)
    length = page.locator("audio").first.evaluate(
        "(one) => new Promise((done, fail) => { one.onloadedmetadata = () => done(one.duration);"
        " one.onerror = () => fail(one.error.message); one.preload = 'metadata'; one.load(); })"
    )
    assert length == pytest.approx(3, abs=0.01)
    on_telephone(page)
    follow(page, "Pump card")
    looked_at(page)
    page.get_by_label("Put my name into the code").check()
    page.get_by_role("button", name="Make the card with its code").click()
    code = page.locator(".own-code code").first.inner_text()
    assert code.startswith(f"{MARK}|T-1001|")
    assert ADA in code
    looked_at(page)
    handed_out = page_of(person("nurse"), ADA, "Documents")
    handed_out.get_by_role("link", name="Checking pump cards").click()
    looked_at(handed_out)
    with handed_out.expect_download() as coming:
        handed_out.get_by_role("link", name="Page for emergency rooms").click()
    file = tmp_path / coming.value.suggested_filename
    coming.value.save_as(file)
    emergency = person("patient").context.browser.new_context(offline=True).new_page()
    emergency.goto(file.as_uri())
    emergency.get_by_role("textbox").fill(code)
    emergency.get_by_role("textbox").press("Enter")
    expect(emergency.get_by_role("heading", name="VALID")).to_be_focused()
    expect(emergency.locator("#answer")).to_contain_text(" a day")
    emergency.context.close()


def test_a_carer_reads_german_and_reaches_what_was_allowed(person) -> None:
    page = on_telephone(person("carer").open("/my/"))
    assert page.locator("html").get_attribute("lang") == "de"
    assert "Auffüllen bis" in looked_at(page)
    expect(page.locator("header")).to_contain_text("Carl Carer, für Ada Example")
    expect(page.get_by_role("link", name="Pumpenausweis")).to_have_count(0)
    on_telephone(page)
    follow(page, "Tagebuch")
    page.get_by_label("Stürze seit dem letzten Eintrag").fill("1")
    page.get_by_role("button", name="Ins Tagebuch schreiben").click()
    expect(page.get_by_role("status")).to_contain_text("Es steht im Tagebuch.")
    assert "Betreuende Person" in looked_at(page)
    on_telephone(page)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your pump")
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ihre Pumpe")


def test_the_staff_gives_a_login_and_withdraws_it(person) -> None:
    page = page_of(person("nurse"), "Bea Bolus", "More", "Own pages of the patient")
    looked_at(page)
    name = f"own-{datetime.now(UTC):%H%M%S%f}"
    answers = {
        "Login for": "carer",
        "Name of the person": "Karin Carer",
        "User name": name,
        "Language": "de",
        "Who asked for it, and when": "the patient, today",
    }
    send(form_of(page, "Give a login"), "Give the login", answers)
    assert "Hand it over now to Karin Carer" in says(page, "Hand it over now")
    form = form_of(page, "Withdraw a login, or help somebody in")
    send(form, "Do it", {"Login": name, "What is to be done": "withdraw", "Why": "no more"})
    says(page, "withdrawn")


def test_on_a_telephone_the_number_and_the_countdown_stand_on_the_first_screen(person) -> None:
    page = on_telephone(person("patient").open("/my/"))
    for one in (
        page.get_by_role("region", name=re.compile("Call now")).get_by_role("link"),
        page.locator(".own-call strong").first,
        page.locator(".own-first"),
    ):
        box = one.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= NARROW["height"]
    expect(page.locator(".own-call li").first).to_be_hidden()
    page.get_by_text("All signs for which to call at once").click()
    expect(page.locator(".own-call li").first).to_be_visible()
    follow(page, "Pump card")
    page.get_by_role("button", name="Make the card with its code").click()
    table = page.locator("main table").first
    assert table.evaluate("(one) => one.scrollWidth <= one.parentElement.clientWidth")
    follow(page, "Carers")
    looked_at(page)


def test_no_german_word_is_cut_off_on_a_telephone_or_a_screen(person) -> None:
    page = person("carer").open("/my/")
    follow(page, "Tagebuch")
    page.get_by_label("Notiz").fill(
        "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 2
    )
    page.get_by_role("button", name="Ins Tagebuch schreiben").click()
    for path in ("diary", *(f"information/{kind}" for kind in PAGES)):
        person("carer").open(f"/my/{path}/", page)
        for size in (NARROW, WIDE):
            page.set_viewport_size(size)
            cut = page.locator("main, main *").evaluate_all(CUT)
            assert cut == [], (path, size["width"])
