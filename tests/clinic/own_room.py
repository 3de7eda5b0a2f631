"""What tests of the patient's own pages share: a login given as the clinic's staff gives it."""

from __future__ import annotations

from clinic_world import World
from django.test import Client
from django.urls import reverse
from logins import logged_in

from thecal.clinic.ledger.log import read_entries
from thecal.clinic.models import Membership, Patient, Role, Stream
from thecal.record.entry import Entry

GIVEN = {
    "what": "give",
    "who": "patient",
    "name": "Ada Example",
    "username": "own-ada",
    "language": "en",
    "reason": "asked for it today",
}
CARER = {**GIVEN, "who": "carer", "name": "Carl Carer", "username": "own-carl"}


def stream_of(patient: Patient) -> Stream:
    return Stream.objects.get(patient=patient, kind=Stream.Kind.PATIENT)


def entries_of(patient: Patient) -> tuple[Entry, ...]:
    return read_entries(stream_of(patient))


def told(patient: Patient, kind: str) -> list[Entry]:
    """Return the entries of a kind."""
    return [one for one in entries_of(patient) if one.kind == kind]


def ask(world: World, values: dict[str, object], role: Role = Role.NURSE):
    """Send a form of the page on which the staff gives logins."""
    seen = {"seen": stream_of(world.patient).head_seq}
    return world.browser(role).post(
        reverse("own logins", args=[world.patient.pk]), {**values, **seen}
    )


def own_browser(world: World, values: dict[str, object] = GIVEN) -> Client:
    """Give a login, and return its person at a browser, past the first password."""
    given = ask(world, values)
    assert given.context.get("first"), given.content.decode()
    member = Membership.objects.get(user__username=values["username"])
    member.user.must_change_password = False
    member.user.password_until = None
    member.user.save()
    return logged_in(member)


def withdraw(world: World, account: str = "own-carl"):
    """Withdraw a login."""
    return ask(
        world, {"what": "help", "account": account, "help": "withdraw", "why": "wishes it so"}
    )
