"""Somebody at a browser, and what their browser complained of behind their back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

from browser.served import Login, Served

_OF_THE_BROWSER = ("data", "blob", "about", "chrome", "chrome-extension", "chrome-untrusted")
"""Where Chromium takes its own things from, as what it shows a PDF with."""
_ICON = "/favicon.ico"
"""Pages name their icon; where Chromium shows a PDF by itself it asks for this one."""
_REFUSAL_OF_A_FORM = re.compile(r"the server responded with a status of (403|409|422)\b")
"""Chromium reports a page that says no to an entry as if a file were missing."""


@dataclass
class Watch:
    """What went wrong in a browser that its pages do not show."""

    address: str
    faults: list[str] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)

    def over(self, context: BrowserContext) -> None:
        """Watch every page of a context."""
        context.on("console", self._console)
        context.on("request", self._request)
        context.on("weberror", lambda error: self.faults.append(f"error: {error.error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.location["url"].endswith(_ICON) or _REFUSAL_OF_A_FORM.search(message.text):
            return
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.page.url if message.page else ''}: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in _OF_THE_BROWSER:
            return
        if f"{parts.scheme}://{parts.netloc}" != self.address:
            self.faults.append(f"a request left the clinic: {request.url}")
        self.visited.add(unquote(request.url))


@dataclass(eq=False)
class Person:
    """Somebody of the demonstration, logged in through the pages."""

    clinic: Served
    login: Login
    context: BrowserContext
    watch: Watch

    def open(self, path: str = "/", page: Page | None = None) -> Page:
        """Return a page of the clinic."""
        page = page or self.context.new_page()
        page.goto(self.clinic.address + path)
        return page

    def patient(self, name: str) -> str:
        """Return the path of a patient's page, found by the search in the list of patients."""
        page = self.open("/patients/")
        page.get_by_label("Name or number begins with").fill(name)
        page.get_by_role("button", name="Search").click()
        path = page.get_by_role("link", name=name, exact=True).get_attribute("href")
        page.close()
        assert path, f"{name} is in no list of patients"
        return path


def come_in(page: Page, clinic: Served, login: Login) -> None:
    """Log somebody in with both factors, as they would."""
    page.goto(clinic.address + "/")
    page.get_by_label("User name").fill(login.username)
    page.get_by_label("Password").fill(login.password)
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("Code").fill(login.code)
    page.get_by_role("button", name=re.compile("Go on|Weiter")).click()
    page.get_by_role("button", name=re.compile("Log out|Abmelden")).wait_for()
