"""A patient moves: out with the packet, and in again where another clinic takes it over."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from browser.hands import day, form_of, page_of, printed, record_of, says, send
from browser.paper import text_of_pdf
from browser.people import Person, Watch, come_in
from browser.served import served
from browser.sight import looked_at

THEO = "Theo Umzug"


def test_out_with_a_packet_and_in_by_import(person, chromium: Browser, tmp_path: Path) -> None:
    packet = handed_over(person("dr.demo"), tmp_path)
    with served(tmp_path) as clinic, chromium.new_context() as context:
        watch = Watch(clinic.address)
        watch.over(context)
        there = Person(clinic, clinic.logins["dr.demo"], context, watch)
        come_in(context.new_page(), clinic, there.login)
        taken_in(there, packet)
        assert not watch.faults


def handed_over(physician: Person, folder: Path) -> Path:
    """Hand a patient over, and return the packet that goes with them."""
    page = page_of(physician, THEO, "More", "Transfer")
    looked_at(page)
    answers = {"Clinic that takes over": "Clinic in the Valley", "First visit there": day(20)}
    send(form_of(page, "Hand over"), "Sign the transfer", answers, physician)
    says(page, "Agreed with Clinic in the Valley")
    page.get_by_role("link", name="Pump passport", exact=True).click()
    assert "Transfer of care" in looked_at(page)
    assert "morphine" in text_of_pdf(printed(page))
    assert "Pathway: transferred out" in looked_at(page_of(physician, THEO, "Pathway"))
    page = page_of(physician, THEO, "More", "Transfer", "Transfer packet (JSON)")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Packet (JSON)").click()
    waiting.value.save_as(folder / "packet.json")
    return folder / "packet.json"


def taken_in(there: Person, packet: Path) -> None:
    """Take a packet over, and find the whole record again."""
    page = there.open("/patients/")
    page.get_by_role("link", name="Register a patient").click()
    page.get_by_role("link", name="import a full packet").click()
    looked_at(page)
    page.get_by_label("Packet (JSON)").set_input_files(packet)
    page.get_by_role("button", name="Verify and import").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    assert "SynchroMed II" in looked_at(page)
    record = record_of(there, THEO)
    assert "Clinic in the Valley" in record
    assert "Document printed" in record
    page = page_of(there, THEO, "Pathway")
    send(page, "Take the step", {"Step to": "referred"})
    assert "Pathway: referred" in says(page, "Pathway: referred")
