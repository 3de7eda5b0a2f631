"""How often the lists ask the database: as often for a thousand patients as for one."""

from __future__ import annotations

import pytest
from django.urls import reverse

from thecal.clinic.models import Role

_ENTRY = 6
"""Session, person, second factor, membership, and the session written back."""


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
