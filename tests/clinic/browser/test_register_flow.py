"""A complication from its entry to the clinic's figures; a referral from outside to a patient."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from browser.hands import day, form_of, page_of, record_of, says, send
from browser.people import Person, Watch
from browser.sight import looked_at

KIRA, PAUL = "Kira Komplikation", "Paul Ausserhalb"


@pytest.mark.inventory("S3.19")
def test_a_complication_is_entered_closed_and_counted_in_the_register(person) -> None:
    nurse = person("nurse")
    page = page_of(nurse, KIRA, "More", "Complications")
    assert "None is entered" in looked_at(page)
    page.get_by_role("link", name="Enter a complication").click()
    answers = {
        "What it is": "overdose",
        "Day on which it began, or was noticed": day(-20),
        "Grade at its worst": "2",
        "Cause": "handling",
        "Drug that is blamed": "morphine",
        "What happened": "two boluses too close",
        "What came of it": "resolved",
    }
    send(form_of(page, "A complication"), "Write it down", answers)
    assert "say when it ended" in says(page, "This was not accepted")
    form = form_of(page, "A complication")
    assert form.get_by_label("What happened").input_value() == "two boluses too close"
    send(form, "Write it down", {"What came of it": ""})
    assert "two boluses too close" in says(page, "overdose")

    page.get_by_role("link", name="overdose", exact=True).click()
    closing = {
        "What came of it": "resolved",
        "Day on which it ended": day(-18),
        "Why it is judged anew": "well again",
    }
    send(form_of(page, "How it is judged now"), "Write it down", closing)
    assert "resolved" in says(page, "overdose")
    assert "well again" in record_of(nurse, KIRA)

    register = nurse.open("/register/")
    register.get_by_label("Kind").select_option("overdose")
    register.get_by_role("button", name="Count", exact=True).click()
    assert KIRA in says(register, "1 event from")
    register.get_by_role("link", name="Pumps and catheters").click()
    assert "at risk" in says(register, "How long pumps and catheters hold")
    register.get_by_role("link", name="Outcomes and doses").click()
    says(register, "Would recommend the therapy")


@pytest.mark.inventory("S0.25")
def test_an_outsider_refers_somebody_in_german_and_the_clinic_registers_the_patient(
    person, chromium, clinic
) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 800}, locale="de-DE")
    context.set_default_timeout(10_000)
    watch = Watch(clinic.address)
    watch.over(context)
    page = context.new_page()
    page.goto(f"{clinic.address}/outside/demonstration/")
    assert "Nicht für Notfälle" in looked_at(page)
    page.get_by_role("link", name="Eine Patientin oder einen Patienten zuweisen").click()
    looked_at(page)
    send(page, "Senden", {"Name der zuweisenden Ärztin oder des zuweisenden Arztes": "Dr. Z"})
    # The browser itself holds back what is needed; the server does the same without it.
    page.locator("form").evaluate("(form) => { form.noValidate = true; }")
    page.get_by_role("button", name="Senden").click()
    assert "das wird gebraucht" in says(page, "Das wurde nicht gesendet")
    referred = {
        "Praxis oder Klinik": "Praxis am Markt",
        "Telefon der zuweisenden Stelle": "0331 1",
        "Name der Patientin oder des Patienten": PAUL,
        "Geburtsdatum": "1958-07-03",
        "Geschlecht": "male",
        "Wofür an eine Pumpe gedacht wird": "non-cancer",
        "Infektion": "active",
        "Ziele der Patientin oder des Patienten: eines in jeder Zeile": "gehen",
    }
    page.get_by_label(re.compile("Ich bin Ärztin oder Arzt")).check()
    send(page, "Senden", referred)
    assert PAUL not in says(page, "Es wurde gesendet")
    page.goto(f"{clinic.address}/outside/demonstration/en/enquiry/")
    assert "Not for emergencies" in looked_at(page)
    assert not watch.faults
    context.close()

    nurse: Person = person("nurse")
    page = nurse.open()
    page.get_by_role("link", name=re.compile("from outside wait")).click()
    looked_at(page)
    page.get_by_role("row").filter(has_text="red flag: infection").get_by_role("link").click()
    assert "Praxis am Markt" in says(page, "To be looked at today")
    form = form_of(page, "Register the patient")
    assert form.get_by_label("Name", exact=True).input_value() == PAUL
    send(form, "Register in stage referred", {"Number in this clinic": "X-4711"})
    expect(page.locator("section.patient")).to_contain_text(PAUL)
    assert "in stage referred" in says(page, "Registered")
    page.get_by_role("link", name="Plans and letters").click()
    page.get_by_role("link", name="Assessment of a referral").click()
    assert page.get_by_label(re.compile("^Goals")).input_value() == "gehen"
