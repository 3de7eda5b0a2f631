"""The page for emergency rooms, opened from the disk without a network: it says what the command
says of every code, and says so where it cannot check.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.card_codes import (
    CODE,
    EXPIRED,
    FACTS,
    KEY,
    OTHER,
    TODAY,
    codes,
    said_by_the_command,
    written_otherwise,
)
from browser.sight import looked_at
from thecal.record.card import fingerprint, public_text, sign_card
from thecal.report.card_check import card_check_page

NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
_ALL = """(codes) => codes.map((code) => {
  document.getElementById("code").value = code;
  document.querySelector("[type=submit]").click();
  const answer = document.getElementById("answer");
  return [answer.hidden ? "hidden" : answer.className,
    [...answer.querySelectorAll("dd")].map((one) => one.textContent)];
})"""


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Return how to open the page; at the end nothing may have been asked of any network."""
    path = tmp_path / "check.html"
    path.write_text(card_check_page(KEY.public_key(), FACTS.clinic, "+49 30 7"), encoding="utf-8")
    contexts, faults = [], []

    def look(language: str = "en-GB", before: str = "", **how: Any) -> Page:
        context = chromium.new_context(offline=True, locale=language, timezone_id="UTC", **how)
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.on("request", lambda one: faults.append(one.url) if one.url[:5] != "file:" else 0)
        context.on("console", lambda one: faults.append(one.text))
        if before:
            context.add_init_script(before)
        page = context.new_page()
        page.clock.set_fixed_time(NOON)
        page.goto(path.as_uri())
        return page

    yield look
    for one in contexts:
        one.close()
    assert faults == []


def check(page: Page, code: str, button: str = "Check the code") -> str:
    page.get_by_role("textbox").fill(code)
    page.get_by_role("button", name=button).click()
    return page.locator("#answer").inner_text().replace("\u00a0", " ")


@pytest.mark.inventory("S0.24")
def test_it_says_of_every_code_what_the_command_says(opened) -> None:
    given = codes()
    expected = [said_by_the_command(one) for one in given]
    found = opened().evaluate(_ALL, given)
    wrong = [
        (code, said, verdict)
        for code, said, (verdict, _) in zip(given, expected, found, strict=True)
        if said != verdict
    ]
    assert wrong == []
    assert min(Counter(expected)[one] for one in ("valid", "expired", "other-key")) >= 1
    assert min(Counter(expected)[one] for one in ("changed", "no-code")) >= 100
    assert said_by_the_command(written_otherwise(CODE)) == "changed"


def test_it_shows_what_the_card_says(opened) -> None:
    ((verdict, shown),) = opened().evaluate(_ALL, [CODE])
    assert verdict == "valid"
    assert [one.replace("\u00a0", " ") for one in shown] == [
        *FACTS.drugs,
        "SynchroMed II 40 mL, serial number NGV701001H",
        "T-1001, Ada Example",
        "21 November 2026",
        "21 December 2026",
        "Example Clinic",
        "+49 30 000001",
    ]


@pytest.mark.inventory("S3.29")
def test_each_verdict_in_words_and_for_everybody(opened) -> None:
    page = opened()
    looked_at(page)
    said = check(page, CODE)
    assert said.startswith("VALID: this clinic made the card")
    assert "done to the pump after 21 November 2026" in said
    assert "Information, not advice" in said
    assert fingerprint(KEY.public_key()) in said
    assert "research and training" in page.locator("body").inner_text()
    looked_at(page)
    said = check(page, EXPIRED)
    assert said.startswith("EXPIRED")
    assert "until 20 November 2026 only" in said
    looked_at(page)
    said = check(page, CODE.replace("morphine 10", "morphine 20"))
    assert said.startswith("CHANGED")
    assert "not to be believed" in said
    assert "Example Clinic, telephone +49 30 7" in said
    looked_at(page)
    said = check(page, sign_card(FACTS, OTHER))
    assert said.startswith("ANOTHER CLINIC'S KEY")
    assert "not to be believed" in said
    assert check(page, "T-1001").startswith("NO CODE")
    looked_at(page)


@pytest.mark.inventory("S0.24")
def test_it_speaks_german(opened) -> None:
    page = opened("de-DE")
    expect(page).to_have_title("Pumpenausweis prüfen")
    said = check(page, CODE, "Code prüfen")
    assert said.startswith("GÜLTIG")
    assert "Morphin 10 mg/mL, Dosis: 2.5 mg (2\u202f500 mcg) am Tag" in said
    assert "Bolus, den der Patient abruft, kommt dazu" in said
    assert "21. Dezember 2026" in said
    assert "Information, kein Rat" in said
    assert "Forschungs- und Ausbildungssoftware" in page.locator("body").inner_text()
    looked_at(page)
    stopped = ("baclofen 2 mg/mL, dose: none", "x 1 mg/mL, dose: none now (programmed: 3 mg a day)")
    said = check(page, sign_card(replace(FACTS, drugs=stopped), KEY), "Code prüfen")
    assert "Baclofen 2 mg/mL, Dosis: keine\n" in said
    assert "x 1 mg/mL, Dosis: jetzt keine (programmiert: 3 mg am Tag)" in said
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="VALID")).to_be_visible()


def test_keyboard_and_scanner_reach_the_verdict(opened) -> None:
    page = opened()
    page.get_by_role("textbox").focus()
    page.keyboard.insert_text(CODE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="VALID")).to_be_focused()


def test_a_verdict_never_stands_beside_another_code(opened) -> None:
    page = opened()
    check(page, CODE)
    page.get_by_role("textbox").press_sequentially("x")
    expect(page.locator("#answer")).to_be_hidden()
    check(page, CODE)
    page.get_by_role("button", name="Empty the field").click()
    expect(page.locator("#answer")).to_be_hidden()
    expect(page.get_by_role("textbox")).to_have_value("")


def test_a_card_of_a_later_day_asks_for_a_calendar(opened) -> None:
    page = opened()
    assert "its clock is wrong" not in check(page, CODE)
    page.clock.set_fixed_time(datetime(2026, 11, 19, 12, tzinfo=UTC))
    assert "its clock is wrong" in check(page, CODE)


@pytest.mark.parametrize(
    "how", [{"java_script_enabled": False}, {"before": "delete window.TextEncoder"}]
)
def test_a_browser_that_cannot_check_says_so_and_gives_no_verdict(opened, how, request) -> None:
    page = opened(**how)
    expect(page.get_by_text("This browser cannot check a code")).to_be_visible()
    expect(page.get_by_text("Dieser Browser kann keinen Code prüfen")).to_be_visible()
    expect(page.get_by_role("textbox")).to_be_hidden()


def test_a_check_that_breaks_leaves_no_earlier_verdict(opened) -> None:
    page = opened()
    check(page, CODE)
    page.evaluate("() => { nacl.sign.detached.verify = () => { throw new Error('broken'); }; }")
    page.get_by_role("button", name="Check the code").click()
    expect(page.get_by_text("This browser cannot check a code")).to_be_visible()
    expect(page.locator("#answer")).to_be_hidden()


def test_its_policy_lets_nothing_out(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "check.html"
    path.write_text(card_check_page(KEY.public_key(), "A <b>"), encoding="utf-8")
    context = chromium.new_context()
    page = context.new_page()
    page.goto(path.as_uri())
    said = page.evaluate(
        "() => { const seen = new Promise((done) => document.addEventListener("
        "'securitypolicyviolation', (one) => done(one.effectiveDirective)));"
        " fetch('http://localhost:9/').catch(() => 0); return seen; }"
    )
    context.close()
    assert said == "connect-src"
    assert public_text(KEY.public_key()).strip() in path.read_text(encoding="utf-8")
