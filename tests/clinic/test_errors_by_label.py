"""An error calls a field as its page does, on every page of the clinic that has a form."""

from __future__ import annotations

import os
import re
from html import unescape
from typing import Any

import pytest
from addresses import guarded
from refill_room import Room

from thecal.clinic.models import Role

_LABEL = re.compile(r'<label[^>]*for="([^"]+)"[^>]*>(.*?)</label>', re.DOTALL)
_GROUP = re.compile(r'<fieldset[^>]*id="([^"]+)"[^>]*><legend>(.*?)</legend>', re.DOTALL)
_LISTED = re.compile(r'<li><a href="#([^"]+)">(.*?)</a></li>', re.DOTALL)
_FORM = re.compile(r'<form method="post"(?: action="([^"]*)")?[^>]*>(.*?)</form>', re.DOTALL)
_FIELD = re.compile(r"<(?:input|select|textarea)[^>]*>")
_GIVEN = re.compile(r'([-\w]+)="([^"]*)"')
_STOOD = re.compile(r'<tr><th scope="row">(.*?)</th><td>')


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setattr("thecal.clinic.patient.body_jobs.BodyJob.begin", lambda *given: None)


@pytest.fixture
def room(world: Any, monkeypatch: pytest.MonkeyPatch) -> Room:
    return Room(world, monkeypatch)


def _plain(text: str) -> str:
    words = re.sub(r'<span class="hint">.*?</span>|<[^>]*>', "", text, flags=re.DOTALL)
    return " ".join(unescape(words).split())


def _labels(page: str) -> dict[str, str]:
    found = [*_LABEL.findall(page), *_GROUP.findall(page)]
    return {name: _plain(words) for name, words in found}


def _forms(page: str) -> list[tuple[str, dict[str, str], dict[str, str]]]:
    """Return address, what is sent, and the labels of the fields, of each form of a page."""
    found = []
    labels = _labels(page)
    for action, inside in _FORM.findall(page):
        sent, called = {}, {}
        for field in _FIELD.findall(inside):
            given = {
                key: unescape(value) for key, value in re.findall(r'([-\w]+)="([^"]*)"', field)
            }
            name = given.get("name")
            if not name or given.get("type") in ("file", "checkbox", "radio"):
                continue
            hidden = given.get("type") == "hidden"
            sent[name] = given.get("value", "") if hidden else "#"
            if not hidden and labels.get(given.get("id", "")):
                called[name] = labels[given["id"]]
        found.append((unescape(action), sent, called))
    return found


def _wrong(page: str, called: dict[str, str]) -> list[str]:
    """Return what a refused page says of a field without its label."""
    labels = _labels(page)
    listed = [
        _plain(words)
        for name, words in _LISTED.findall(page)
        if name in labels
        and re.split(r"[,(?:]", labels[name])[0].strip().lower() not in _plain(words).lower()
    ]
    raw = [name for name, label in called.items() if name.replace("_", " ") != label.lower()]
    stood = [_plain(words) for words in _STOOD.findall(page.partition('id="typed"')[2])]
    return listed + [one for one in stood if one in [name.replace("_", " ") for name in raw]]


@pytest.mark.parametrize("role", [Role.NURSE, Role.PHYSICIAN])
def test_what_is_refused_is_called_as_on_its_page(room: Room, role: Role) -> None:
    browser = room.world.browser(role)
    browser.raise_request_exception = False
    wrong, looked = [], 0
    for one in guarded():
        if not one.may(role) or "out" in one.name:
            continue
        answer = browser.get(one.path(room.patient.pk))
        if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
            continue
        for action, sent, called in _forms(answer.content.decode()):
            if "logout" in action or not called:
                continue
            for text, seen in (("", {}), ("#", {}), ("x", {"seen": "0"})):
                fields = {key: text if value == "#" else value for key, value in sent.items()}
                fields |= seen
                page = browser.post(action or one.path(room.patient.pk), fields)
                if page.status_code in (409, 422):
                    looked += 1
                    wrong += [(one.name, each) for each in _wrong(page.content.decode(), called)]
    assert wrong == []
    assert looked > 20


def test_a_form_of_a_visit_that_ended_meanwhile_is_shown_by_its_labels(room: Room) -> None:
    room.up_to("leave")
    room.settle()
    room.close()
    page = room.post(
        "record refill step", "leave", given_at="2026-04-20T11:40", documents="patient-summary"
    )
    assert page.status_code == 422
    stood = [_plain(one) for one in _STOOD.findall(page.content.decode())]
    assert stood == ["Handed over at", "Handed over"]


def test_what_is_not_chosen_at_the_begin_is_called_as_on_the_page(room: Room) -> None:
    page = room.post("begin refill", path="full").content.decode()
    assert "“What for” is not chosen" in page
    assert '<tr><th scope="row">How many pages</th>' in page
