"""How often the lists ask the database: as often for a thousand patients as for one."""

from __future__ import annotations

import pytest
from django.urls import reverse
from own_room import GIVEN, own_browser

from thecal.care.information.pages import PAGES
from thecal.clinic.models import Role

_ENTRY = 6
"""Session, person, second factor, membership, and the session written back."""

_OWN = 11
"""Of an own page: who is there, the record once, and that it was opened, before it is shown."""


def test_today_asks_as_often_whatever_is_due(world, django_assert_max_num_queries) -> None:
    browser = world.browser(Role.NURSE)
    browser.get(reverse("today"))
    with django_assert_max_num_queries(_ENTRY + 6):
        assert browser.get(reverse("today")).status_code == 200


@pytest.mark.parametrize(("name", "most"), [("orders", 3), ("kits", 5), ("drug book", 5)])
def test_the_lists_of_supply_ask_as_often_for_many_patients_as_for_one(
    world, django_assert_max_num_queries, name: str, most: int
) -> None:
    browser = world.browser(Role.NURSE)
    browser.get(reverse(name))
    with django_assert_max_num_queries(_ENTRY + most):
        assert browser.get(reverse(name)).status_code == 200


def test_a_search_asks_once(world, django_assert_max_num_queries) -> None:
    browser = world.browser(Role.NURSE)
    browser.get(reverse("patients"))
    with django_assert_max_num_queries(_ENTRY + 2):
        assert browser.post(reverse("patients"), {"search": "ada"}).status_code == 200


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("own home", 0),
        ("own alarms", 0),
        ("own card", 1),
        ("own carers", 0),
        ("own diary", 0),
        ("own information", 0),
        ("own learning", 0),
        *((kind, 0) for kind in PAGES),
    ],
)
def test_an_own_page_asks_as_often_after_many_entries_of_the_diary(
    world, django_assert_max_num_queries, name: str, more: int
) -> None:
    browser = own_browser(world, {**GIVEN, "allows": ["card", "diary"]})
    of_kind = name in PAGES
    address = reverse("own information page", args=[name]) if of_kind else reverse(name)
    browser.get(address)
    for hour in range(8):
        when = f"2026-04-20T0{hour}:00"
        sent = browser.post(reverse("own diary"), {"when": when, "pain": str(hour)})
        assert sent.status_code == 302, sent.content.decode()
    browser.get(address)
    with django_assert_max_num_queries(_OWN + more):
        assert browser.get(address).status_code == 200
