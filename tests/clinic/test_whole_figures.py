"""Figures keep their unit on every page, and fields keep what was typed (N5, N9)."""

from __future__ import annotations

import pytest
from clinic_world import WHOLE_FIGURES
from django.conf import settings
from django.urls import reverse

from thecal.clinic import settings as served
from thecal.clinic.models import Role
from thecal.clinic.web.whole_figures import joined

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<p>pump of 40 mL</p>", f"<p>pump of 40{NBSP}mL</p>"),
        ("<p>62 % less, 5 days</p>", f"<p>62{NBSP}% less, 5{NBSP}days</p>"),
        ("<option value='x'>20 mL</option>", f"<option value='x'>20{NBSP}mL</option>"),
        ("<p>3 mLs and 4 mine</p>", "<p>3 mLs and 4 mine</p>"),
    ],
)
def test_a_figure_is_joined_with_its_unit(page: str, shown: str) -> None:
    assert joined(page) == shown


@pytest.mark.parametrize(
    "page",
    [
        '<input value="38 mL">',
        '<p title="38 mL"></p>',
        "<textarea>fill of 38 mL</textarea>",
        "<script>[38 mL]</script>",
    ],
)
def test_what_was_typed_and_what_a_script_reads_stays_as_it_is(page: str) -> None:
    assert joined(f"<form>{page}</form>") == f"<form>{page}</form>"
    assert joined(f"{page}<b>1 mg</b>{page}") == f"{page}<b>1{NBSP}mg</b>{page}"


def test_every_page_goes_through_it(world, monkeypatch: pytest.MonkeyPatch) -> None:
    assert WHOLE_FIGURES in served.MIDDLEWARE
    monkeypatch.setattr(settings, "MIDDLEWARE", served.MIDDLEWARE)
    page = world.browser(Role.NURSE).get(reverse("patient", args=[world.patient.pk]))
    assert f"(40{NBSP}mL)" in page.content.decode()
