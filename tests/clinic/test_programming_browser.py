"""Programming in a real browser: verdicts while typing, steps by pointer, two people, a stop."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

import pytest
from clinic_pumps import chart_of, kinds, patient_today
from clinic_world import PASSWORD
from django.urls import reverse
from playwright.sync_api import Page, expect, sync_playwright

from thecal.clinic import clock
from thecal.clinic.models import Role

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
Seat = Callable[[Role], Page]


@pytest.fixture
def world(world):
    """The patient's newest event lies before now."""
    return replace(world, patient=patient_today(world))


@pytest.fixture
def complaints() -> list[str]:
    """What the consoles of all browsers complained of."""
    return []


@pytest.fixture
def seat(live_server, committed, world, complaints, monkeypatch) -> Iterator[Seat]:
    """Give a page of its own to somebody of the clinic."""
    # Playwright's own loop runs in this thread; Django would refuse to touch the database.
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    monkeypatch.setattr(os, "fsync", lambda _: None)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def sit(role: Role) -> Page:
            key = world.browser(role).cookies["sessionid"].value
            context = browser.new_context(base_url=live_server.url)
            context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
            page = context.new_page()
            page.on(
                "console", lambda one: complaints.append(one.text) if one.type == "error" else None
            )
            page.on("pageerror", lambda error: complaints.append(str(error)))
            return page

        yield sit
        browser.close()


def read(page: Page, world) -> None:
    page.goto(reverse("programming", args=[world.patient.pk]))
    page.get_by_role("button", name="Read the pump").click()
    expect(page.get_by_role("heading", name="New program")).to_be_visible()


@pytest.mark.req("K8")
@pytest.mark.req("U01")
@pytest.mark.req("U09")
def test_two_people_change_a_program_from_reading_to_read_back(seat, world, complaints) -> None:
    doctor = seat(Role.PHYSICIAN)
    read(doctor, world)
    verdict = doctor.locator("#verdict")
    dose = doctor.get_by_label("Background of morphine")
    dose.fill("50")
    expect(verdict).to_contain_text("This program is refused")
    dose.fill("0.52")
    expect(verdict).not_to_contain_text("This program is refused")
    doctor.get_by_role("button", name="Go on to the confirmation").click()
    expect(doctor.get_by_role("heading", name="Confirm the program")).to_be_visible()
    for tick in doctor.get_by_role("checkbox").all():
        tick.check()
    for reason in doctor.locator("input[name^=answer_]").all():
        reason.fill("better nights were asked for")
    doctor.get_by_label("Your password").fill(PASSWORD)
    doctor.get_by_role("button", name="Sign the order").click()
    expect(doctor.get_by_text("Waits for a second person")).to_be_visible()
    expect(doctor.get_by_role("button", name="Write it to the pump")).to_be_disabled()

    nurse = seat(Role.NURSE)
    nurse.goto(reverse("checks"))
    nurse.get_by_role("link", name="Check program").click()
    body = nurse.locator("main").inner_text()
    assert "0.52" not in body
    expect(nurse.get_by_label("Background of morphine")).to_have_value("")
    blind = {
        "Background of morphine": "0.52",
        "Dose of step 1": "0.1",
        "Dose of step 2": "0.15",
        "Dose of a bolus": "0.05",
    }
    simulation = chart_of(world.patient).simulation(clock.now())
    for name, level in simulation.reservoir_written.items():
        blind[f"Concentration of {name}"] = str(level.in_unit("mg/mL"))
    for label, value in blind.items():
        nurse.get_by_label(label).fill(value)
    nurse.get_by_label("Your password").fill(PASSWORD)
    nurse.get_by_role("button", name="I have checked this myself").click()
    expect(nurse.get_by_text("All values agree")).to_be_visible()

    doctor.reload()
    doctor.get_by_label("matched by name").check()
    doctor.get_by_label("matched by birth date").check()
    doctor.get_by_label("They match this record").check()
    doctor.get_by_role("button", name="Write it to the pump").click()
    expect(doctor.get_by_text("Read back whole")).to_be_visible()
    doctor.get_by_role("button", name="Read once more and end the session").click()
    doctor.wait_for_url(f"**{reverse('patient', args=[world.patient.pk])}")
    assert kinds(world.patient)[-1] == "programming.closed"
    program = chart_of(world.patient).simulation(clock.now()).program.program
    assert program.daily_dose.in_unit("mg/d") == Fraction("0.52")
    assert complaints == []


def test_a_step_is_moved_by_its_edge_and_the_fields_follow(seat, world, complaints) -> None:
    page = seat(Role.PHYSICIAN)
    read(page, world)
    lasts = page.locator("#f-step0_lasts")
    assert lasts.input_value() == "60"
    edge = page.locator('#strip-draft .edge[data-step="0"][data-edge="end"]')
    edge.scroll_into_view_if_needed()
    box = edge.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    moved = lasts.input_value()
    assert int(moved) > 60
    assert int(moved) % 15 == 0
    expect(page.locator("#verdict")).to_contain_text(f"for {moved} min")
    lasts.fill("90")
    expect(page.locator("#verdict")).to_contain_text("for 90 min")
    assert complaints == []


def test_the_pump_is_stopped_by_the_keyboard_alone_from_a_narrow_page(
    seat, world, complaints
) -> None:
    page = seat(Role.NURSE)
    page.set_viewport_size({"width": 400, "height": 800})
    read(page, world)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="Stop the pump").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Stop now").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Why was it stopped")).to_be_visible()
    assert chart_of(world.patient).therapy.events[-1].type == "stop"
    assert complaints == []
