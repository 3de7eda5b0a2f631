"""The papers of a patient, shown and as PDF, in both languages."""

from __future__ import annotations

import pytest
from django.urls import reverse

from thecal.care.papers.kinds import PAPERS
from thecal.clinic.ledger.log import patient_stream, read_entries
from thecal.clinic.models import Role
from thecal.clinic.web.documents import PRINTED


@pytest.mark.parametrize("kind", PAPERS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_paper_is_shown_and_comes_as_pdf_and_is_written_down(world, kind, language) -> None:
    browser = world.browser(Role.NURSE)
    address = reverse("document", args=[world.patient.pk, kind])
    shown = browser.get(address, {"language": language})
    assert shown.status_code == 200
    assert f'<article lang="{language}">' in shown.content.decode()
    printed = browser.post(address, {"language": language})
    assert printed.content.startswith(b"%PDF")
    assert printed["Content-Language"] == language
    last = read_entries(patient_stream(world.patient))[-1]
    assert (last.kind, last.body["language"]) == (PRINTED, language)


def test_there_is_no_paper_that_nobody_knows(world) -> None:
    browser = world.browser(Role.NURSE)
    assert browser.get(reverse("document", args=[world.patient.pk, "recipe"])).status_code == 404
    assert (
        "Emergency" in browser.get(reverse("documents", args=[world.patient.pk])).content.decode()
    )


def test_what_nothing_is_known_of_is_told_before_the_paper_is_printed(world) -> None:
    browser = world.browser(Role.NURSE)
    address = reverse("document", args=[world.patient.pk, "summary"])
    before = browser.get(address).content.decode()
    blanks = before.split("To be written on the paper by hand")[1].split("</p>")[0]
    assert "Physician" in blanks
    assert "Telephone day and night" in blanks
    assert before.index("To be written on the paper by hand") < before.index("Print as PDF")
    world.clinic.physician, world.clinic.telephone_always = "Dr. Dora Demo", "000 112"
    world.clinic.save()
    after = browser.get(address).content.decode()
    assert "Dr. Dora Demo" in after
    assert "000 112" in after
    assert "Physician," not in after.partition("To be written on the paper by hand")[2]
    assert "Telephone day and night" not in after.partition("To be written on")[2]
