"""The forms of the pages of competence, and what each writes; what is refused says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib import messages

from thecal.care.competence import (
    AssessmentError,
    Practice,
    evidence_classes,
    items,
    latest_end,
    level_words,
    skills,
)
from thecal.care.competence.catalogue import highest_level, months_held
from thecal.care.competence.counts import HOWS
from thecal.clinic.access import competence
from thecal.clinic.access.guard import ClinicRequest
from thecal.clinic.access.permissions import may
from thecal.clinic.access.signing import ReauthenticationError, reauthenticate
from thecal.clinic.access.supervision import today_in
from thecal.clinic.models import Membership
from thecal.clinic.web.flow import FlowForm, flow_form, typed_day
from thecal.clinic.web.seen import number_in
from thecal.clinic.web.sheet import SheetField

_SKILLS = tuple((id, one.name.en) for id, one in skills().items())
LEVELS = tuple((str(one), level_words(one).en) for one in range(highest_level() + 1))
_EVIDENCE = tuple((id, f"{one.letter} {one.name.en}") for id, one in evidence_classes().items())
_PRACTICES = tuple((one.value, one.value) for one in Practice)
_ITEMS = tuple((id, one.name) for id, one in items().items())
_BEGIN, _END = "begin-rule", "end-rule"
"""What the button said is what is done: an old page never ends a rule that it would begin."""
_PLACE, _ASSESS, _PROOF = "place", "assess", "evidence"
_CASE, _ITEM, _PRACTICE = "case", "item", "practice"


def clinic_forms(request: ClinicRequest, *, kept: bool) -> list[FlowForm]:
    """Return the forms of the clinic's own page, for who may change its rules."""
    if not may(request.member.role, "manage people"):
        return []
    rule = (SheetField("reason_rule", "Why", hint="Written into the clinic's log."),)
    place = (SheetField("where", "Place", hint="Everybody confirms it anew."),)
    begin = (
        "From then on a step waits for a supervisor where its doer does not do it alone. Give the"
        " levels first."
    )
    return [
        flow_form(
            request,
            _END if kept else _BEGIN,
            "End that levels are asked" if kept else "Begin to ask for levels",
            "End it" if kept else "Begin",
            rule,
            hint="From then on no step waits for a supervisor." if kept else begin,
        ),
        flow_form(request, _PLACE, "Where the emergency drugs are", "Write it down", place),
    ]


def person_forms(request: ClinicRequest) -> list[FlowForm]:
    """Return the forms by which an assessor writes of a person."""
    held = f"empty: {months_held()} months"
    assess = (
        _choice("skill_assess", "Skill", _SKILLS),
        _choice("level", "Level", LEVELS),
        SheetField("on_assess", "Assessed on", "date"),
        SheetField("until", "Holds until", "date", required=False, when=held),
        _choice("class_assess", "Evidence", _EVIDENCE),
        SheetField("text_assess", "Which evidence", "long"),
    )
    proof = (
        _choice("skill_evidence", "Skill", _SKILLS),
        SheetField("on_evidence", "Day", "date"),
        _choice("class_evidence", "Evidence", _EVIDENCE),
        SheetField("text_evidence", "What it is", "long"),
    )
    practice = (_choice("practice", "Practice", _PRACTICES),)
    sign, write = "Your password, to sign", "Write it down"
    hint = "It speaks for a level and gives none."
    return [
        flow_form(request, _ASSESS, "Give a level", "Sign the level", assess, sign=sign),
        flow_form(request, _PROOF, "Write down evidence", write, proof, hint=hint),
        flow_form(request, _PRACTICE, "What the person does", write, practice),
        *own_forms(request),
    ]


def own_forms(request: ClinicRequest) -> list[FlowForm]:
    """Return the forms by which people tell of themselves."""
    case = (
        _choice("skill_case", "Skill", _SKILLS),
        _choice("how", "How", tuple((one, one) for one in HOWS)),
        SheetField("on_case", "Day", "date"),
        SheetField("supervisor", "Who did it, or stood beside", required=False, when="unless solo"),
        SheetField("text_case", "Where", required=False),
    )
    item = (
        _choice("item", "Item", _ITEMS),
        SheetField("on_item", "Done on", "date"),
        SheetField("text_item", "Where, or by whom", required=False),
    )
    hint = (
        "Cases of this clinic's record count by themselves; here what was seen, or was done"
        " elsewhere. It is counted apart."
    )
    write = "Write it down"
    return [
        flow_form(request, _CASE, "Type in a case", write, case, hint=hint),
        flow_form(request, _ITEM, "A mandatory item was done", write, item),
    ]


def change_clinic(request: ClinicRequest, form: FlowForm) -> bool:
    """Write what a form of the clinic's page says."""
    typed, clinic, author = form.sheet.typed, request.clinic, request.author
    if form.what in (_BEGIN, _END):
        kept = form.what == _BEGIN
        competence.keep(clinic, author, kept=kept, reason=str(typed["reason_rule"]))
        messages.success(request, "Levels are asked now." if kept else "No level is asked now.")
    else:
        competence.say_place(clinic, author, str(typed["where"]))
        messages.success(request, "The place is written down. Everybody confirms it anew.")
    return True


def change_person(request: ClinicRequest, member: Membership, form: FlowForm) -> bool:
    """Write what a form about a person says."""
    writers = {_ASSESS: _assess, _PROOF: _evidence, _PRACTICE: _practice}
    writer = writers.get(form.what, _told)
    done = writer(request, member, form)
    if done:
        signed = form.what == _ASSESS
        messages.success(request, "The level is given and signed." if signed else "Written down.")
    return done


def _practice(request: ClinicRequest, member: Membership, form: FlowForm) -> bool:
    if not _known(form, "practice", _PRACTICES):
        return False
    practice = Practice(form.sheet.typed["practice"])
    competence.say_practice(member, request.author, practice)
    return True


def _evidence(request: ClinicRequest, member: Membership, form: FlowForm) -> bool:
    typed, on = form.sheet.typed, _past_day(request, form, "on_evidence")
    if on is None or not _known(form, "skill_evidence", _SKILLS):
        return False
    try:
        competence.evidence(
            member,
            typed["skill_evidence"],
            typed["text_evidence"],
            on,
            author=request.author,
            evidence_class=typed["class_evidence"],
        )
    except AssessmentError as error:
        return _refused(form, error, {"evidence": "class_evidence", "text": "text_evidence"})
    return True


def _assess(request: ClinicRequest, member: Membership, form: FlowForm) -> bool:
    typed = form.sheet.typed
    on, until = _past_day(request, form, "on_assess"), typed_day(form, "until")
    level = number_in(str(typed["level"]))
    if on is None or form.sheet.errors or not _known(form, "skill_assess", _SKILLS):
        return False
    try:
        reauthenticate(request, request.member, str(typed[form.password]))
        competence.assess(
            member,
            request.member,
            request.author,
            skill_id=typed["skill_assess"],
            level=-1 if level is None else level,
            on=on,
            until=until or latest_end(on),
            evidence_class=typed["class_assess"],
            text=typed["text_assess"],
            today=today_in(request.clinic),
        )
    except ReauthenticationError as error:
        form.sheet.refuse(form.password, f"{error.what}; {error.remedy}")
        return False
    except AssessmentError as error:
        places = {"evidence": "class_assess", "on": "on_assess", "person": "skill_assess"}
        return _refused(form, error, places)
    return True


def _told(request: ClinicRequest, member: Membership, form: FlowForm) -> bool:
    """Write down a case or an item; the person themself or an assessor tells of it."""
    typed, author = form.sheet.typed, request.author
    is_item = form.what == _ITEM
    on = _past_day(request, form, "on_item" if is_item else "on_case")
    known = ("item", _ITEMS) if is_item else ("skill_case", _SKILLS)
    if on is None or not _known(form, *known):
        return False
    if is_item:
        competence.confirm_item(member, author, typed["item"], on, typed["text_item"])
        return True
    try:
        competence.log_case(
            member,
            author,
            skill_id=typed["skill_case"],
            how=typed["how"],
            on=on,
            supervisor=typed["supervisor"],
            text=typed["text_case"],
        )
    except AssessmentError as error:
        return _refused(form, error, {})
    return True


def _refused(form: FlowForm, error: AssessmentError, places: Mapping[str, str]) -> bool:
    place = places.get(error.place, error.place)
    words = "; ".join(part for part in (error.what, error.why, error.remedy) if part)
    form.sheet.refuse(place or form.sheet.fields[0].name, words)
    return False


def _known(form: FlowForm, name: str, known: Sequence[tuple[str, str]]) -> bool:
    if form.sheet.typed[name] not in dict(known):
        form.sheet.refuse(name, "choose one of the list")
    return not form.sheet.errors


def _past_day(request: ClinicRequest, form: FlowForm, name: str) -> date | None:
    on = typed_day(form, name)
    if on is not None and on > today_in(request.clinic):
        form.sheet.refuse(name, "this day lies ahead: type the day it was")
    return None if form.sheet.errors else on


def _choice(name: str, label: str, known: Sequence[tuple[str, str]], **more: Any) -> SheetField:
    return SheetField(name, label, "choice", choices=known, **more)
