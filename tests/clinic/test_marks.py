"""Every mark of a page is explained, for the keyboard and the screen reader as for the pointer."""

from __future__ import annotations

import re
from html import unescape

import pytest
from addresses import guarded
from clinic_world import EXPLAINED_MARKS
from django.conf import settings
from django.urls import reverse

from thecal.clinic import settings as served
from thecal.clinic.models import Role
from thecal.clinic.web.marks import explained
from thecal.safety.catalogue import check_catalogue

K8 = '<a class="explains" href="/m/#K8" title="independent check by a second person">K8</a>'
SAID = "K8 (independent check by a second person)"


@pytest.fixture
def as_served(monkeypatch) -> None:
    monkeypatch.setattr(settings, "MIDDLEWARE", [*settings.MIDDLEWARE, EXPLAINED_MARKS])


@pytest.fixture(autouse=True)
def _no_body_is_computed(monkeypatch) -> None:
    monkeypatch.setattr("thecal.clinic.patient.body_jobs.BodyJob.begin", lambda *given: None)


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<p>K8: ask</p>", f"<p>{K8}: ask</p>"),
        ("<label>Reason for K8</label>", f"<label>Reason for {SAID}</label>"),
        ('<a href="/x"><b>K8</b></a>', f'<a href="/x"><b>{SAID}</b></a>'),
        ("<button>K8</button><p>K8</p>", f"<button>{SAID}</button><p>{K8}</p>"),
        (
            "<p>2 mg, unverified (recalled)</p>",
            '<p>2 mg, <a class="explains" href="/m/#sources">unverified: from memory</a></p>',
        ),
        (
            "<p>workflow.md 2.R</p>",
            '<p><a class="explains" href="/m/#sources">facts on the workflow</a>, section 2.R</p>',
        ),
        (
            "<summary>devices.md S46b; pkpd.md (Albright)</summary>",
            "<summary>facts on devices, section S46b; facts on kinetics and effect (Albright)"
            "</summary>",
        ),
        (
            "<p>K8 says pharmacology.md K1, K2, unverified (read)</p>",
            f"<p>{K8} says facts on pharmacology, section K1, K2, "
            '<a class="explains" href="/m/#sources">unverified: read, not compared</a></p>',
        ),
    ],
)
def test_a_mark_leads_to_its_row_or_has_its_words_beside_it(page: str, shown: str) -> None:
    assert explained(page, "/m/") == shown


def test_a_patient_who_reads_german_is_told_in_german_and_not_led_to_a_page_in_english() -> None:
    page = '<html lang="de"><p>workflow.md 2.R; pkpd.md, ungeprüft (gelesen)</p></html>'
    shown = "Fakten zum Ablauf, Abschnitt 2.R; Fakten zu Kinetik und Wirkung, ungeprüft (gelesen)"
    assert explained(page, "/m/") == f'<html lang="de"><p>{shown}</p></html>'


@pytest.mark.parametrize(
    "page",
    [
        "<p>K80 and XK8, K8-3, serial NGP-K8, #K8, K8b, K99</p>",
        '<input value="K8">',
        '<p title="K8 unverified (read)"></p>',
        "<textarea>K8 workflow.md unverified (read)</textarea>",
        "<script>K8</script>",
        "<option>K8</option>",
        "<code>K8</code>",
        "<title>K8</title>",
    ],
)
def test_what_is_no_mark_or_was_typed_stays_as_it_is(page: str) -> None:
    assert explained(page, "/m/") == page


def test_it_is_served() -> None:
    assert EXPLAINED_MARKS in served.MIDDLEWARE


@pytest.mark.parametrize("role", list(Role))
def test_everybody_reads_what_the_marks_mean(world, role) -> None:
    page = world.browser(role).get(reverse("marks"))
    assert page.status_code == 200
    text = unescape(page.content.decode())
    for one in check_catalogue():
        assert f'id="{one.id}"' in text
        assert one.title in text


@pytest.mark.parametrize("name", ["today", "patients"])
def test_every_page_leads_there(world, name) -> None:
    page = world.browser(Role.NURSE).get(reverse(name)).content.decode()
    assert f'<a href="{reverse("marks")}">What the marks mean</a>' in page


@pytest.mark.usefixtures("as_served")
def test_no_page_shows_a_mark_that_leads_nowhere(world) -> None:
    ids = "|".join(one.id for one in check_catalogue())
    bare = re.compile(rf"(?<![\w#/.-])(?:{ids})(?![\w-])(?! \()")
    wrong, seen = [], 0
    for one in guarded():
        role = next((role for role in (Role.PHYSICIAN, *Role) if one.may(role)), None)
        if role is None:
            continue
        browser = world.browser(role)
        browser.raise_request_exception = False
        answer = browser.get(one.path(world.patient.pk))
        if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
            continue
        page = answer.content.decode()
        seen += 'class="explains"' in page
        kept = r"<(script|style|title|textarea|option|code|pre)\b.*?</\1>"
        body = re.sub(kept, "", page, flags=re.DOTALL)
        body = re.sub(r'<a class="explains"[^>]*>[^<]*</a>', "", body)
        assert ".md" not in body, one.route
        body = re.sub(r"(facts on [a-z ]+|contract of the project)(</a>)?, section [^<]*", "", body)
        text = re.sub(r"<[^>]*>", " ", body)
        if bare.search(text) or "unverified (" in text:
            wrong.append(one.route)
    assert wrong == []
    assert seen > 3
