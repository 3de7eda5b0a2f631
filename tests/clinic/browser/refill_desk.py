"""A refill visit in a browser: what a nurse types on each page, and the second person beside."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, expect
from refill_routine import ROUTINE

from browser.people import Person
from browser.serve_later import LATER
from browser.sight import seen_wrong

MORPHINE = "morphine 10 mg/mL, bupivacaine 20 mg/mL"
_GO_ON = re.compile("^Go on: ")
_LOOK_EVERY = 9
"""Minutes after which somebody who waits looks again: less than a session lies idle."""


def plain(text: str) -> str:
    """Return a text with plain spaces."""
    return text.replace("\u00a0", " ")


def day(ahead: int) -> date:
    """Return a day so many days ahead."""
    return (datetime.now(UTC) + timedelta(days=ahead)).date()


def put(page: Page, **fields: str | list[str]) -> None:
    """Fill the fields of a form by name, as they are: chosen, ticked or typed."""
    for name, value in fields.items():
        found = page.locator(f'[name="{name}"]')
        kind = found.first.evaluate("(one) => one.tagName === 'SELECT' ? 'select' : one.type")
        if kind == "select":
            found.first.select_option(value)
        elif kind == "checkbox":
            for one in value if isinstance(value, list) else [value]:
                page.locator(f'[name="{name}"][value="{one}"]').check()
        else:
            found.first.fill(str(value))


class Visit:
    """A visit of one patient, done by a nurse; `number` counts the minutes that have passed."""

    def __init__(self, person: Callable[[str], Person], patient: str) -> None:
        self.person = person
        self.patient = patient
        self.nurse = person("nurse")
        self.path = self.nurse.patient(patient)
        self.page = self.nurse.open(self.path + "refill/")
        self.minutes = 0
        self.drawn = ""

    # -- what is seen --------------------------------------------------------------------------

    def looked_at(self, page: Page | None = None) -> str:
        """Hold of a page what is held of every page; return what it says."""
        page = page or self.page
        faults = seen_wrong(page)
        assert not faults, f"{page.url}\n" + "\n".join(faults)
        return plain(page.locator("main").inner_text())

    def says(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.locator("main")).to_contain_text(words)

    def stands_at(self, step: str) -> None:
        expect(self.page).to_have_url(re.compile(rf"/refill/(step/)?{step}/?$"))

    # -- what is done --------------------------------------------------------------------------

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def begin(self, pages: str = "full") -> None:
        put_choice(self.page, "path", pages)
        self.press("Begin the visit")

    def record(self, *steps: str, **changes: Any) -> None:
        """Type what a routine refill writes down at these steps of the page, and send it."""
        if "leave" in steps:
            booked = changes.get("next_visit", self.typed("leave")["next_visit"])
            # The day counts from today: it may be one on which the clinic is closed.
            put(self.page, next_visit=booked, booking_why="the day that the patient wants")
            self.press("Record and go on")
            self.says("Next refill recorded")
            self.looked_at()
            self.makes_the_summary()
        fields: dict[str, Any] = {}
        for one in steps:
            fields |= self.typed(one)
        fields = {key: value for key, value in (fields | changes).items() if value != ""}
        self.drawn = fields.get("volume_drawn", self.drawn)
        put(self.page, **fields)
        for one in self.page.locator('[name="ticked"]').all():
            one.check()
        self.press("Record and go on")
        if "waste" in steps and self.page.locator("#witness").count():
            self.witnessed_by("dr.second")

    def record_program(self, **changes: str) -> None:
        """Send the decision of the dose: what runs stands in its fields, but for what changes."""
        form = self.page.locator("form").filter(
            has=self.page.get_by_role("button", name="Record and go on", exact=True)
        )
        for name, value in changes.items():
            field = form.locator(f'[name="{name}"]')
            if field.evaluate("(one) => one.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        self.press("Record and go on")

    def correct(self, step: str, why: str) -> None:
        """Send a recorded page again, as a routine refill types it."""
        put(self.page, **self.typed(step), why=why)
        self.press("Correct")

    def to(self, last: str, *, dose: str = "Nothing changes") -> None:
        """Go through a routine refill by telemetry as far as the page of a step, all steps."""
        for step in (
            "identify",
            "complaints",
            "vitals",
            "interrogate",
            "verify",
            "decide",
            "access",
            "aspirate",
            "fill",
            "program",
        ):
            if step == last:
                return
            if step == "identify":
                self.press("Read the pump")
            if step == "decide":
                self.press(dose)
            elif step == "aspirate":
                self.checked_by("dr.second")
                self.record(step)
            else:
                self.record(step)

    def checked_by(self, who: str, **typed: str) -> None:
        """Ask for the second person, who types what they see in a login of their own."""
        self.press("Ask for a second person")
        expect(self.page.get_by_text("Asked for on")).to_be_visible()
        second = self.person(who)
        page = second.open("/checks/")
        self.on_time(page)
        page.get_by_role("link", name=f"Check refill for {self.patient}").click()
        self.looked_at(page)
        put(page, **(typed or self.seen_by_second()))
        put(page, password=second.login.password)
        page.get_by_role("button", name="I have checked this myself: sign").click()
        expect(page.locator("main")).not_to_contain_text("Type what you see")
        page.close()
        self.page.reload()
        if self.page.get_by_role("link", name=_GO_ON).count():
            self.go_on()

    def witnessed_by(self, who: str) -> None:
        """Let somebody who saw the waste sign for it in a login of their own."""
        seen = self.person(who)
        page = seen.open(self.path + "refill/")
        self.looked_at(page)
        page.locator("#f-witness-password").fill(seen.login.password)
        page.get_by_role("button", name="I saw it destroyed").click()
        expect(page.locator("main")).to_contain_text("You are the witness")
        page.close()
        self.page.reload()

    def makes_the_summary(self) -> None:
        """Make the summary from the page that asks for it, which tells so by itself and keeps all.

        The time of handing over is left empty: it is that of the sending.
        """
        state = self.page.locator("#state-summary")
        expect(state).to_have_text("not made since the next refill was recorded")
        expect(self.page.locator('[name="given_at"]')).to_have_value("")
        self.page.locator('[name="documents"][value="patient-summary"]').check()
        with self.page.context.expect_page() as opened:
            self.page.get_by_role("button", name=re.compile("^Print as PDF ?, Summary")).click()
        expect(state).to_contain_text("made on", timeout=15_000)
        expect(self.page.locator('[name="documents"][value="patient-summary"]')).to_be_checked()
        if not opened.value.is_closed():
            opened.value.close()

    def written(self) -> None:
        """Write to the pump, look at what it answers, and go on from there."""
        self.press("Write to the pump")
        self.says("every line is the same")
        self.says("The pump answers")
        self.looked_at()
        self.page.locator("main").get_by_role("link", name=_GO_ON).click()

    def go_on(self) -> None:
        """Follow the page of the visit to what is open."""
        self.page.goto(self.nurse.clinic.address + self.path + "refill/")
        self.page.get_by_role("link", name=_GO_ON).click()

    def wait(self, minutes: int) -> None:
        """Let time pass, with a look at the page now and then."""
        until = self.minutes + minutes
        while self.minutes < until:
            self.minutes = min(until, self.minutes + _LOOK_EVERY)
            self.on_time(self.page)
            self.page.reload()

    def on_time(self, page: Page) -> None:
        page.set_extra_http_headers({LATER: str(self.minutes)})

    def answer(self, who: str, check: str, reason: str) -> None:
        """Let somebody else answer what a check asks, signed, in a login of their own."""
        second = self.person(who)
        page = second.open(self.path + "refill/")
        self.on_time(page)
        page.reload()
        form = page.locator("form.card").filter(
            has=page.get_by_role("button", name=f"Sign that it may go on: {check}")
        )
        form.get_by_label("Why it may go on").fill(reason)
        form.get_by_label("Your password, to sign").fill(second.login.password)
        form.get_by_role("button", name=f"Sign that it may go on: {check}").click()
        expect(page.get_by_text(f"{check} is answered.")).to_be_visible()
        page.close()
        self.page.reload()

    def close(self) -> None:
        put(self.page, password=self.nurse.login.password)
        self.press("Close the visit and sign")

    # -- what a routine refill types -----------------------------------------------------------

    def seen_by_second(self) -> dict[str, str]:
        return {
            "concentration_bupivacaine": "20",
            "concentration_morphine": "10",
            "volume": "38",
            "background": "1.5",
            "total_bupivacaine": "3.275",
            "total_morphine": "1.6375",
        }

    def expected(self) -> str:
        """Return what should be drawn; the page that asks for what was drawn does not tell it."""
        page = self.nurse.open(self.path)
        found = re.search(r"Volume left now\D+([\d.]+) mL", plain(page.inner_text("main")))
        page.close()
        assert found, "no page says what is in the reservoir"
        return found[1]

    def typed(self, step: str) -> dict[str, Any]:
        own: dict[str, dict[str, Any]] = {
            "verify": {
                "order": MORPHINE,
                "label": MORPHINE,
                "label_again": MORPHINE,
                "beyond_use": day(60).isoformat(),
            },
            "aspirate": {"volume_drawn": self.expected() if step == "aspirate" else ""},
            "waste": {"old_wasted": self.drawn},
            "leave": {"next_visit": day(50).isoformat()},
        }
        return {**ROUTINE[step], **own.get(step, {})}


def put_choice(page: Page, name: str, value: str) -> None:
    """Choose a radio button."""
    page.locator(f'input[name="{name}"][value="{value}"]').check()
