"""U12: the same word does the same thing on every page, and leaving a page changes nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from addresses import addresses
from clinic_pumps import patient_today
from django.urls import resolve
from programming_desk import Desk, program_now

from thecal.clinic.models import Role

LEAVING = re.compile(r"^(back|cancel|keep|do not|go on programming)\b", re.IGNORECASE)
LISTED = {"Open"}
"""Words of a row of a list: what the row names is opened."""


@dataclass(frozen=True)
class Control:
    """A button of a form, or a link that looks like one.

    Attributes
    ----------
    own
        Whether it leads to the page that it stands on: then the page's heading says what it does.
    """

    words: str
    leads_to: str
    sends: bool
    own: bool


class Controls(HTMLParser):
    """Finds the controls of a page."""

    def __init__(self, here: str) -> None:
        super().__init__()
        self.found: list[Control] = []
        self._here, self._action, self._text = here, "", ""
        self._open: tuple[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            posts = given.get("method") == "post"
            self._action = (given.get("action") or self._here) if posts else ""
        elif tag == "button" and self._action:
            self._open, self._text = ("button", given.get("formaction") or self._action), ""
        elif tag == "a" and "button" in (given.get("class") or "").split():
            self._open, self._text = ("a", given["href"] or ""), ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._action = ""
        elif self._open is not None and tag == self._open[0]:
            path = urlsplit(self._open[1]).path or self._here
            words = " ".join(self._text.split())
            found = Control(words, str(resolve(path).url_name), tag == "button", path == self._here)
            self.found.append(found)
            self._open = None


@pytest.fixture
def controls(world) -> tuple[Control, ...]:
    """Every control that a physician sees: with a draft, with an order, with neither."""
    drafts = replace(world, patient=patient_today(world))
    orders = replace(world, patient=patient_today(world))
    Desk(drafts).drafted(daily_dose="0.45")
    Desk(orders).drafted(daily_dose="0.45")
    Desk(orders).signed()
    return tuple(
        one
        for patient in (world.patient, drafts.patient, orders.patient)
        for one in _controls_of(world, patient)
    )


def _controls_of(world, patient) -> Iterator[Control]:
    client = world.browser(Role.PHYSICIAN)
    for one in addresses():
        if one.name == "logout":
            continue
        page = client.get(one.path(patient.pk), follow=True)
        if page.status_code != 200 or "html" not in page.headers["Content-Type"]:
            continue
        parser = Controls(page.request["PATH_INFO"])
        parser.feed(page.content.decode())
        yield from parser.found


@pytest.mark.req("U12")
def test_a_word_does_one_thing_and_leaving_sends_nothing(controls: tuple[Control, ...]) -> None:
    """What a button says is done at one address, or by the page's own form under its heading."""
    effects, links = defaultdict(set), defaultdict(set)
    for one in controls:
        if one.sends and not one.own:
            effects[one.words].add(one.leads_to)
        elif not one.sends and not LEAVING.match(one.words):
            links[one.words].add(one.leads_to)
    assert {"Stop the pump", "Discard the draft"} <= set(links)
    assert {"Take the order back", "Write it to the pump"} <= set(effects)
    unlike = {words: to for words, to in effects.items() if len(to) > 1}
    assert unlike == {}
    unlike = {words: to for words, to in links.items() if len(to) > 1 and words not in LISTED}
    assert unlike == {}
    both = {one.words for one in controls if one.sends and LEAVING.match(one.words)}
    assert both == set(), "leaving a page is a link: it sends nothing"


@pytest.mark.req("U12")
def test_every_way_out_of_a_draft_and_of_an_order_leads_back(world) -> None:
    world = replace(world, patient=patient_today(world))
    desk = Desk(world)
    desk.read()
    before = program_now(world), typed_in(desk)
    for ordered in (False, True):
        desk.drafted(daily_dose="0.45")
        for looked in ("confirm program", "discard draft", "stop pump", "programming"):
            desk.go(looked)
        if ordered:
            desk.signed()
            desk.withdraw()
        else:
            desk.discard()
        desk.read()
        assert (program_now(world), typed_in(desk)) == before


def typed_in(desk: Desk) -> dict[str, str]:
    """Return what stands in the fields of the draft, without the number of what was seen."""
    return {name: text for name, text in desk.fields().items() if name != "seen"}
