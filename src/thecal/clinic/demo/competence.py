"""The competence of the demonstration's people: all but the guest and the trainee work alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from thecal.care.competence import Practice, latest_end, skills
from thecal.clinic.access import competence
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.ledger.log import Author, write_to_clinic
from thecal.clinic.models import Clinic, Membership, Stream

_AGE, _SOON = timedelta(days=200), timedelta(days=30)
_TRAINER, _ALONE, _SUPERVISED, _OBSERVED = 4, 3, 2, 1
_LEVELS: Mapping[str, Mapping[str, int]] = {
    "dr.demo": dict.fromkeys(skills(), _TRAINER),
    "dr.second": dict.fromkeys(skills(), _ALONE),
    "nurse": dict.fromkeys(skills(), _ALONE),
    "guest": {"interrogate": _SUPERVISED, "refill": _SUPERVISED, "emergency": _OBSERVED},
    "pharmacist": {"compounding-check": _TRAINER, "emergency": _ALONE},
    "trainee": {"interrogate": _OBSERVED, "refill": _OBSERVED, "program-simple": _OBSERVED},
}
_ENDS_SOON = ("nurse", "mri")
"""A level that stands on the Today list."""
_PRACTICES = {"dr.demo": Practice.BOTH, "dr.second": Practice.MANAGING, "nurse": Practice.MANAGING}


def add_competence(clinic: Clinic, today: date) -> None:
    """Give the people of the demonstration their levels, and begin to ask for them."""
    members = {
        one.user.username: one
        for one in Membership.objects.select_related("user", "clinic").filter(clinic=clinic)
    }
    stream, _ = Stream.objects.get_or_create(kind=Stream.Kind.CLINIC, clinic=clinic, patient=None)
    on = today - _AGE
    for who, levels in _LEVELS.items():
        # Nobody gives themselves a level: the administrator looked at the physician's papers.
        assessor = members["admin" if who == "dr.demo" else "dr.demo"]
        drafts = [
            competence.level_draft(
                members[who],
                skill,
                level,
                on,
                today + _SOON if (who, skill) == _ENDS_SOON else latest_end(on),
                "documents" if level >= _ALONE else "learning",
                "invented for this demonstration",
            )
            for skill, level in levels.items()
        ]
        signed = signature_draft(stream, assessor, competence.MEANING, drafts)
        author = Author.of(assessor, "demonstration")
        write_to_clinic(clinic, author, (*drafts, signed))
    _the_rest(clinic, members, today)


def _the_rest(clinic: Clinic, members: Mapping[str, Membership], today: date) -> None:
    author = Author.of(members["admin"], "demonstration")
    for who, practice in _PRACTICES.items():
        competence.say_practice(members[who], author, practice)
    competence.say_place(clinic, author, "red box, treatment room 2, checked every Monday")
    competence.evidence(
        members["guest"],
        "refill",
        "course of a maker, invented for this demonstration",
        today - _AGE,
        author=author,
    )
    competence.keep(clinic, author, kept=True, reason="the matrix is complete")
