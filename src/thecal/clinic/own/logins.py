"""Logins of a patient and of carers: given by the clinic, as far as the patient allowed.

Kinds of entries, in the patient's stream: `own.given` {account, as, allows, language, sealed:
name}, `own.withdrawn` {account}, `own.language` {account, language}. What somebody may now is a
fold of these; the membership alone opens nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import final

from django.db import transaction

from thecal.care.document import Language
from thecal.care.own.diary import Reporter
from thecal.clinic.access import staff
from thecal.clinic.access.staff import StaffError
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Author, Draft, write, write_to_clinic
from thecal.clinic.models import Membership, Role, User
from thecal.record.entry import Entry
from thecal.record.fold import effective
from thecal.record.redaction import seal

GIVEN, WITHDRAWN, LANGUAGE = "own.given", "own.withdrawn", "own.language"
DIARY, CARD = "diary", "card"
ALLOWED = ((DIARY, "write into the diary, and read it"), (CARD, "see the card and make its code"))
"""What a patient can allow a carer besides dates, telephone numbers and alarms."""


@final
@dataclass(frozen=True, slots=True)
class OwnLogin:
    """One login, as the record says it stands.

    Attributes
    ----------
    who
        `patient` or `carer`.
    allows
        What it opens besides the first page.
    standing
        Whether it has not been withdrawn.
    seq
        The entry that gave it.
    """

    account: str
    who: Reporter
    allows: frozenset[str]
    language: Language
    standing: bool
    seq: int

    def may(self, what: str) -> bool:
        """Return whether a page is open to it."""
        return self.standing and what in self.allows


def own_logins(entries: Sequence[Entry]) -> dict[str, OwnLogin]:
    """Return the logins of a record by account, the oldest first."""
    found: dict[str, OwnLogin] = {}
    for one in effective(entries):
        body, kind = one.body, one.entry.kind
        if body is None or kind not in (GIVEN, WITHDRAWN, LANGUAGE):
            continue
        account = str(body["account"])
        if kind == GIVEN:
            found[account] = OwnLogin(
                account=account,
                who="carer" if body["as"] == "carer" else "patient",
                allows=frozenset(body["allows"]),
                language=_language(body["language"]),
                standing=True,
                seq=one.entry.seq,
            )
        elif account in found and kind == WITHDRAWN:
            found[account] = replace(found[account], standing=False)
        elif account in found:
            found[account] = replace(found[account], language=_language(body["language"]))
    return found


def give(
    chart: Chart,
    author: Author,
    *,
    username: str,
    name: str,
    who: Reporter,
    allows: Sequence[str],
    language: Language,
    reason: str,
    expected: int,
) -> tuple[Membership, str]:
    """Return a new login of a patient or a carer, and its first password, shown once.

    Raises
    ------
    StaffError
        If the name cannot be used, no reason is given, or the patient has a login already.
    LostUpdateError
        If somebody wrote to the record meanwhile.
    """
    known = own_logins(chart.entries).values()
    if who == "patient" and any(one.who == "patient" and one.standing for one in known):
        raise StaffError("the patient has a login already", remedy="withdraw it first", place="who")
    if not reason:
        raise StaffError("a login has a reason", remedy="write who asked for it", place="reason")
    sealed = seal(name)
    body = {
        "account": username,
        "as": who,
        "allows": sorted(allows) if who == "carer" else [CARD, DIARY],
        "language": language,
        "sealed": {"name": sealed.hash},
    }
    clinic = chart.patient.clinic
    with transaction.atomic():
        user, password = staff.new_user(username, name)
        member = Membership.objects.create(
            user=user, clinic=clinic, role=Role.PATIENT, patient=chart.patient
        )
        draft = Draft(GIVEN, body, reason, sealed=(sealed,))
        write(chart.patient, author, (draft,), expected=expected)
        told = {"account": username, "role": str(Role.PATIENT)}
        write_to_clinic(clinic, author, (Draft("people.added", told, "own pages"),))
    return member, password


def withdraw(chart: Chart, author: Author, account: str, reason: str, expected: int | None) -> None:
    """End a login at once; what was written with it stays.

    Raises
    ------
    StaffError
        If there is no such login, or no reason is given.
    LostUpdateError
        If somebody wrote to the record meanwhile, and `expected` is not None.
    """
    with transaction.atomic():
        member = standing_member(chart, account)
        write(
            chart.patient,
            author,
            (Draft(WITHDRAWN, {"account": account}, reason),),
            expected=expected,
        )
        staff.deactivate(member, author, reason)


def standing_member(chart: Chart, account: str) -> Membership:
    """Return the membership of a login that stands; raises `StaffError` where it does not."""
    known = own_logins(chart.entries).get(account)
    member = (
        Membership.objects.select_related("user", "clinic")
        .filter(user__username=account, patient=chart.patient, clinic=chart.patient.clinic)
        .first()
    )
    if known is None or not known.standing or member is None:
        raise StaffError("this login does not stand any more", remedy="look at the list")
    return member


def language_of(user: User) -> Language | None:
    """Return the language of the own pages of somebody; None for staff."""
    found = Membership.objects.filter(user=user, active=True, patient__isnull=False)
    member = found.select_related("patient__projection", "patient__clinic").first()
    if member is None or member.patient is None:
        return None
    known = own_logins(Chart(member.patient).entries).get(user.username)
    return None if known is None else known.language


def language_draft(account: str, language: Language) -> Draft:
    """Return the entry that changes the language of somebody's own pages."""
    return Draft(LANGUAGE, {"account": account, "language": language})


def _language(value: object) -> Language:
    return "de" if value == "de" else "en"
