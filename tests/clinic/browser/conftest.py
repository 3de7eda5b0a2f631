"""One served clinic and one Chromium for each worker; everybody logs in once, when needed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from browser.flow_patients import add_patients
from browser.people import Person, Watch, come_in
from browser.served import Served, served

_QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """A real browser. Its loop runs until this package is done: Django's tests stand elsewhere."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.fail("these tests need Chromium: install the package `chromium`", pytrace=False)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=list(_QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demonstration clinic, served, with the patients of the flows."""
    with served(tmp_path_factory.mktemp("served")) as opened:
        add_patients(opened)
        yield opened


@pytest.fixture(scope="package")
def _everybody(chromium: Browser, clinic: Served) -> Iterator[dict[str, Person]]:
    people: dict[str, Person] = {}
    yield people
    for person in people.values():
        person.context.close()


@pytest.fixture
def person(
    chromium: Browser, clinic: Served, _everybody: dict[str, Person]
) -> Iterator[Callable[[str], Person]]:
    """Return somebody by user name, each in a browser context of their own, logged in once.

    At the end nothing may have gone wrong behind their pages.
    """

    def by_name(username: str) -> Person:
        if username not in _everybody:
            context = chromium.new_context(viewport={"width": 1280, "height": 900})
            context.set_default_timeout(10_000)
            watch = Watch(clinic.address)
            watch.over(context)
            page = context.new_page()
            come_in(page, clinic, clinic.logins[username])
            page.close()
            _everybody[username] = Person(clinic, clinic.logins[username], context, watch)
        return _everybody[username]

    yield by_name
    faults = []
    for one in _everybody.values():
        for page in one.context.pages:
            page.close()
        faults += one.watch.faults
        one.watch.faults.clear()
    assert not faults, "\n".join(faults)
