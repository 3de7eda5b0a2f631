"""The supervisor's signature: asked where somebody does a step that they do not do alone.

It is asked for and given by the same entries as the check of a second person, in a login of the
supervisor's own, bound by a hash to what was done. It stands beside that check and never for it
(`care.competence.rule_words`). No stop, no lower dose and no step in an emergency comes here: the
pages of those never ask, and a step that is never held up cannot be asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, final
from zoneinfo import ZoneInfo

from thecal.care.competence import Lack, Matrix, SkillStep, skill_step
from thecal.clinic import clock
from thecal.clinic.access.competence import matrix_of
from thecal.clinic.access.permissions import may
from thecal.clinic.access.second import digest_of, is_given, open_about
from thecal.clinic.ledger.log import Draft
from thecal.clinic.ledger.tasks import open_tasks
from thecal.clinic.models import Clinic, Membership, Role
from thecal.errors import ThecalError
from thecal.record.entry import Entry
from thecal.record.fold import effective
from thecal.record.second_person import REQUESTED, Given, Request, request_body

PERMISSION = "check as second person"
_SUBJECT = "supervision of "
_EMERGENCY = "emergency-"
"""How the tasks that the page of an emergency opens are called."""


class UnsupervisedError(ThecalError):
    """A step that its doer does not do alone has no supervisor's signature; nothing was written."""


@final
@dataclass(frozen=True)
class Supervision:
    """What a step asks of who is about to sign it.

    Attributes
    ----------
    kept
        Whether this clinic asks for levels at all.
    lacks
        Why the person does not do it alone; empty where they do.
    what
        Lines that the supervisor looks at.
    emergency
        Whether an emergency of this patient stands on record: nothing is waited for then.
    asked, given
        The open request, and the signature that answers it.
    who
        Names of those who may supervise.
    """

    step: SkillStep
    kept: bool
    lacks: tuple[Lack, ...]
    emergency: bool
    what: tuple[str, ...]
    digest: str
    asked: Request | None
    given: Given | None
    given_by: str
    who: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the step waits for a supervisor."""
        return bool(self.lacks) and self.given is None and not self.emergency

    @property
    def problem(self) -> str:
        """Say what stands in the way; empty where nothing does."""
        if not self.holds:
            return ""
        why = "; ".join(one.why for one in self.lacks)
        return f"a supervisor signs {self.step.title} first, because you do not do it alone: {why}"

    def refuse(self) -> None:
        """Raise `UnsupervisedError` where the step waits for a supervisor."""
        if self.holds:
            raise UnsupervisedError(
                self.problem,
                remedy="ask for a supervisor on the page of this step: they sign under Checks, in"
                " a login of their own",
            )

    def draft(self) -> Draft:
        """Return the entry that asks for the supervisor."""
        why = [one.why for one in self.lacks]
        body = request_body(f"{_SUBJECT}{self.step.title}", self.digest, self.what, (), why, ())
        skills = [one.skill for one in self.lacks]
        return Draft(REQUESTED, {**body, "skills": skills, "step": self.step.id})


def supervision(
    entries: Sequence[Entry],
    member: Membership,
    step: str,
    content: Mapping[str, Any],
    what: Sequence[str],
    skills: Iterable[str] | None = None,
) -> Supervision:
    """Return what a step asks of a member who is about to sign it.

    Parameters
    ----------
    step
        An id of `skill_steps.csv`.
    content
        What the signature is bound to.
    skills
        Those among the step's that are used now; None: all of them.
    """
    known = skill_step(step)
    assert known.asked, f"{step} is never held up"
    clinic, doer = member.clinic, member.user.username
    matrix, today = matrix_of(clinic), today_in(clinic)
    asked = tuple(known.skills if skills is None else skills)
    lacks = matrix.lacks(doer, asked, today)
    # Who signed was asked about these skills alone: one that ends meanwhile is asked about anew.
    skills_lacked = sorted(one.skill for one in lacks)
    digest = digest_of({"step": step, "doer": doer, "skills": skills_lacked, **content})
    given = is_given(entries, digest) if lacks else None
    return Supervision(
        step=known,
        kept=matrix.kept,
        lacks=lacks,
        emergency=bool(lacks) and in_emergency(entries),
        what=tuple(what),
        digest=digest,
        asked=open_about(entries, digest) if lacks else None,
        given=given,
        given_by="" if given is None else _name(clinic, given.by),
        who=_who(clinic, matrix, doer, [one.skill for one in lacks], today) if lacks else (),
    )


def in_emergency(entries: Sequence[Entry]) -> bool:
    """Return whether an emergency stands on record that nobody has looked back on yet."""
    return any(one.kind.startswith(_EMERGENCY) for one in open_tasks(effective(entries)))


def today_in(clinic: Clinic) -> date:
    """Return the day it is on the clinic's clocks."""
    return clock.now().astimezone(ZoneInfo(clinic.timezone)).date()


def _who(
    clinic: Clinic, matrix: Matrix, doer: str, skills: Sequence[str], today: date
) -> tuple[str, ...]:
    members = Membership.objects.select_related("user").filter(
        clinic=clinic, active=True, user__is_active=True
    )
    return tuple(
        sorted(
            f"{one.user.name} ({one.get_role_display()})"
            for one in members
            if one.role != Role.CHECKER
            and may(one.role, PERMISSION)
            and matrix.may_supervise(one.user.username, doer, skills, today)
        )
    )


def _name(clinic: Clinic, username: str) -> str:
    found = Membership.objects.select_related("user").filter(clinic=clinic, user__username=username)
    return next((one.user.name for one in found), username)
