"""What tests about accounts share: logging in as a person does, and what the clinic's log says."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from thecal.clinic.access.sessions import FACTOR, MEMBERSHIP
from thecal.clinic.ledger.log import read_entries
from thecal.clinic.models import Clinic, Membership, Stream
from thecal.record.entry import Entry

PASSWORD = "correct horse battery"  # noqa: S105 - of people that do not exist
NURSE = "nurse-1"


def clinic_log(clinic: Clinic) -> list[Entry]:
    """Return the entries of a clinic's own stream."""
    streams = Stream.objects.filter(kind=Stream.Kind.CLINIC, clinic=clinic)
    return [entry for stream in streams for entry in read_entries(stream)]


def kinds(clinic: Clinic) -> list[str]:
    """Return what happened in a clinic, in order."""
    return [entry.kind for entry in clinic_log(clinic)]


def give_password(browser, username: str = NURSE, password: str = PASSWORD):
    """Send the first step of a login."""
    return browser.post(reverse("login"), {"username": username, "password": password})


def give_code(browser, code: str):
    """Send the second step of a login."""
    return browser.post(reverse("second factor"), {"code": code})


def logged_in(member: Membership, client: Client | None = None) -> Client:
    """Return a client of a member who has shown both factors."""
    client = client or Client()
    client.force_login(member.user)
    session = client.session
    session[FACTOR], session[MEMBERSHIP], session["device"] = True, member.pk, "test"
    session.save()
    return client
