"""Every page of the clinic in a real browser, found in the url patterns so that none is forgotten.

axe-core with every rule in the light, in the dark at 400 pixels and on paper; figures and
abbreviations; nothing from another host, no complaint in the console, no word about a patient in an
address.
"""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import urlsplit

import pytest
from addresses import Address, addresses

from browser.people import Person
from browser.sight import seen_wrong
from thecal.clinic.models import Role

ADDRESSES = {one.name: one for one in addresses()}
WHO = {
    Role.PHYSICIAN: "dr.demo",
    Role.ADMINISTRATOR: "admin",
    Role.CHECKER: "checker",
    Role.PHARMACIST: "pharmacist",
    Role.PATIENT: "patient",
}
WITH_PUMP, BEFORE_THE_PUMP = "Ada Example", "Jana Jedermann"
NO_PAGE = re.compile(r"(toml|json|pdf|svg|csv|wav|pub|html)$")
NOT_FOR_GET = 405
MOST = 3
"""Of many pages that one pattern leads to, so many are looked at."""
LOOKED_AT: set[str] = set()
"""Many patterns that only take what a form sends lead back to one page."""


def test_the_session_cookie_is_kept_from_scripts_and_from_other_sites(person) -> None:
    somebody = person("dr.demo")
    somebody.open().close()
    (session,) = somebody.context.cookies()
    assert session["name"] == "sessionid"
    assert session["httpOnly"]
    assert session["sameSite"] == "Strict"
    assert session["expires"] == -1


@pytest.mark.req("U05")
@pytest.mark.parametrize("name", [name for name in ADDRESSES if name != "logout"])
def test_a_page(person, name: str) -> None:
    address = ADDRESSES[name]
    if NO_PAGE.search(address.route):
        return
    somebody = _who_may(person, address)
    patients = (WITH_PUMP, BEFORE_THE_PUMP) if address.of_patient else ("",)
    for patient in patients:
        for path in _paths(person, address, patient):
            _look_at(somebody, path, _private(person("dr.demo")))


def _who_may(person, address: Address) -> Person:
    for role, username in WHO.items():
        if address.permission is None or address.may(role):
            return person(username)
    raise AssertionError(f"nobody of the demonstration may open {address.name}")


def _look_at(somebody: Person, path: str, private: frozenset[str]) -> None:
    answer = somebody.context.request.get(somebody.clinic.address + path)
    if answer.status == NOT_FOR_GET or answer.url in LOOKED_AT:
        return
    LOOKED_AT.add(answer.url)
    assert answer.status < 500, f"{path}: {answer.status}"
    page = somebody.open(urlsplit(answer.url).path)
    faults = seen_wrong(page, private, whole=True)
    assert not faults, f"{page.url}\n" + "\n".join(faults)


def _paths(person, address: Address, patient: str) -> list[str]:
    """Return where a pattern leads: its other parts are taken from the links of the page above."""
    route = address.route
    if patient:
        own = _path_of(person("dr.demo"), patient).strip("/")
        route = route.replace("patients/<uuid:patient>", own)
    if "<" not in route:
        return [f"/{route}"]
    above = "/" + route[: route.index("<")]
    shape = re.compile("/" + re.sub(r"<\w+:\w+>", r"[^/]+", route))
    found = _links(_who_may(person, address), above)
    return sorted({link for link in found if shape.fullmatch(link)})[:MOST]


@cache
def _path_of(somebody: Person, patient: str) -> str:
    return somebody.patient(patient)


@cache
def _links(somebody: Person, path: str) -> frozenset[str]:
    text = somebody.context.request.get(somebody.clinic.address + path).text()
    return frozenset(re.findall(r'href="(/[^"?#]*)"', text))


@cache
def _private(somebody: Person) -> frozenset[str]:
    """Return the words of the list of patients that tell who somebody is."""
    text = somebody.context.request.get(somebody.clinic.address + "/patients/").text()
    rows = re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a></th><td>([^<]+)</td>', text)
    assert rows
    return frozenset(word for name, number in rows for word in (*name.split(), number))
