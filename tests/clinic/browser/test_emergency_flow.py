"""A record of another clinic opened in an emergency: loud, short, and reviewed by that clinic."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.people import come_in
from browser.served import Login, Served
from browser.sight import seen_wrong

_ELSEWHERE = """
import json
from datetime import date
from thecal.clinic.access import second_factor
from thecal.clinic.ledger.log import Author
from thecal.clinic.models import Clinic, Membership, Role, User
from thecal.clinic.ledger.registration import register
clinic = Clinic.objects.create(name="Clinic by the Sea", training=True)
user = User.objects.create_user("dr.sea", "a-long-word-of-the-sea", "Dr. Sea")
member = Membership.objects.create(user=user, clinic=clinic, role=Role.PHYSICIAN)
register(clinic, Author.of(member, "test"), name="Zoe Zander", number="SEA-7",
    birth_date=date(1970, 2, 3), sex="female", pathway="non-cancer")
print(json.dumps(["dr.sea", "a-long-word-of-the-sea", second_factor.enrol(user), "physician"]))
"""


@pytest.fixture
def their_physician(clinic: Served) -> Login:
    """Somebody of another clinic, which has one patient."""
    return Login(*json.loads(clinic.made_by(_ELSEWHERE)))


def looked_at(page: Page) -> None:
    faults = seen_wrong(page)
    assert not faults, f"{page.url}\n" + "\n".join(faults)


def test_a_record_is_opened_with_a_reason_shown_loudly_and_reviewed(
    person, clinic: Served, chromium: Browser, their_physician: Login
) -> None:
    nurse = person("nurse")
    page = nurse.open("/")
    page.get_by_role("link", name="Emergency access").click()
    page.get_by_label("Name or number").fill("Zoe Zander")
    page.get_by_label("Date of birth").fill("1970-02-03")
    page.get_by_label("What has happened").fill("found without breath at the station")
    page.get_by_label("Your password").fill(nurse.login.password)
    page.get_by_role("button", name="Open the record").click()
    expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()
    expect(page.get_by_text("Emergency", exact=False).first).to_be_visible()
    assert "Zoe" not in page.url
    looked_at(page)
    page.get_by_role("button", name="End").first.click()
    expect(page.get_by_text("The emergency access is ended.")).to_be_visible()

    with chromium.new_context() as context:
        theirs = context.new_page()
        come_in(theirs, clinic, their_physician)
        expect(theirs.get_by_text("Emergency accesses that wait for a review: 1")).to_be_visible()
        theirs.get_by_role("link", name="Emergency reviews").click()
        expect(theirs.get_by_text("found without breath at the station")).to_be_visible()
        looked_at(theirs)
        theirs.get_by_label("What you found").fill("rightly opened")
        theirs.get_by_label("Your password").fill(their_physician.password)
        theirs.get_by_role("button", name="Sign").click()
        expect(theirs.get_by_text("The review is signed.")).to_be_visible()
