"""Who can do what in this clinic: everybody's own matrix, and that of all for who assesses.

A level is given by an assessor, with a day and evidence, signed; nobody gives one to themselves.
Whether levels are asked at all is a rule of the clinic with an entry of its own
(`access.competence`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from thecal.care.competence import Matrix, items, level_words, rule_words, skills
from thecal.care.competence.catalogue import bodies, months_held, stage_words
from thecal.care.competence.log_document import log_document
from thecal.care.document import Text
from thecal.care.forms.choice import choices
from thecal.clinic import clock
from thecal.clinic.access.competence import matrix_of
from thecal.clinic.access.guard import ClinicRequest, page
from thecal.clinic.access.supervision import today_in
from thecal.clinic.flows.competence_counts import counts_of
from thecal.clinic.flows.competence_rows import (
    evidence_rows,
    expiring_rows,
    item_rows,
    logged_rows,
    names_in,
    skill_rows,
    step_rows,
    updates_unread,
)
from thecal.clinic.models import Membership, Role
from thecal.clinic.pages.competence_forms import (
    LEVELS,
    change_clinic,
    change_person,
    clinic_forms,
    own_forms,
    person_forms,
)
from thecal.clinic.web.documents import language_of
from thecal.clinic.web.flow import FlowForm, accepted
from thecal.report.documents.pdf import document_pdf


@page("assess competence")
def index(request: ClinicRequest) -> HttpResponse:
    """Show the matrix of the clinic, the rule, and which step asks which skill."""
    matrix, today = matrix_of(request.clinic), today_in(request.clinic)
    forms = clinic_forms(request, kept=matrix.kept)
    form = next((one for one in forms if accepted(one)), None)
    if form is not None and change_clinic(request, form):
        return redirect("competence")
    people = _people(request)
    rows = [
        {
            "member": one,
            "practice": matrix.practices.get(one.user.username),
            "cells": [_cell(matrix, one.user.username, id, today) for id in skills()],
        }
        for one in people
    ]
    names = {one.user.username: one.user.name for one in people}
    given: dict[str, Any] = {
        "matrix": matrix,
        "skills": [one.name.en for one in skills().values()],
        "rows": rows,
        "expiring": expiring_rows(matrix.expiring(names, today), today, names=names),
        "open_items": _open_items(request, matrix, people),
        "steps": step_rows(),
        "both": rule_words(),
        "months": months_held(),
        "bodies": bodies(),
        "mapped": list(skills().values()),
        "levels": [(words, stage_words(int(level))) for level, words in LEVELS],
        "forms": forms,
    }
    return render(request, "clinic/competence.html", given, status=_status(forms))


@page("assess competence")
def person(request: ClinicRequest, member: int) -> HttpResponse:
    """Show the matrix of one person; give a level, write down evidence and what they do."""
    one, forms = _member(request, member), person_forms(request)
    form = next((each for each in forms if accepted(each)), None)
    if form is not None and change_person(request, one, form):
        return redirect("competence of person", one.pk)
    given = _shown(request, one) | {"forms": forms}
    return render(request, "clinic/competence_person.html", given, status=_status(forms))


@page("own account")
def own(request: ClinicRequest) -> HttpResponse:
    """Show somebody their own matrix; take cases and items that no record tells of."""
    if request.member.role == Role.PATIENT:
        return redirect("own account")
    forms = own_forms(request)
    form = next((each for each in forms if accepted(each)), None)
    if form is not None and change_person(request, request.member, form):
        return redirect("own competence")
    given = _shown(request, request.member) | {"forms": forms}
    return render(request, "clinic/competence_own.html", given, status=_status(forms))


@require_POST
@page("own account")
def own_print(request: ClinicRequest) -> HttpResponse:
    """Return one's own log as PDF."""
    return _printed(request, request.member)


@require_POST
@page("assess competence")
def person_print(request: ClinicRequest, member: int) -> HttpResponse:
    """Return the log of a person as PDF."""
    return _printed(request, _member(request, member))


def own_matrix(request: ClinicRequest) -> dict[str, Any]:
    """Return what the page of the own account shows of it; nothing for a patient."""
    return {} if request.member.role == Role.PATIENT else _shown(request, request.member)


def _shown(request: ClinicRequest, member: Membership) -> dict[str, Any]:
    clinic, who = request.clinic, member.user.username
    matrix, today, names = matrix_of(clinic), today_in(clinic), names_in(clinic)
    return {
        "person": member,
        "matrix": matrix,
        "practice": matrix.practices.get(who),
        "skill_rows": skill_rows(who, matrix, counts_of(clinic, matrix, who), names, today),
        "evidence_rows": evidence_rows(who, matrix, names),
        "logged_rows": logged_rows(who, matrix, names),
        "item_rows": item_rows(who, matrix, updates_unread(clinic)(who)),
    }


def _printed(request: ClinicRequest, member: Membership) -> HttpResponse:
    matrix = matrix_of(request.clinic)
    role = choices("role").get(member.role, Text.same(str(member.get_role_display())))
    who = member.user.username
    counts = counts_of(request.clinic, matrix, who)
    document = log_document(member.user.name, role, who, matrix, counts)
    language = language_of(request)
    pdf = document_pdf(document, language, made_at=clock.now())
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Language"] = language
    response["Content-Disposition"] = f'inline; filename="{document.kind}.{language}.pdf"'
    return response


def _people(request: ClinicRequest) -> list[Membership]:
    found = Membership.objects.filter(clinic=request.clinic, active=True)
    return list(
        found.exclude(role__in=(Role.PATIENT, Role.ADMINISTRATOR))
        .select_related("user")
        .order_by("user__name")
    )


def _member(request: ClinicRequest, member: int) -> Membership:
    found = Membership.objects.select_related("user", "clinic").exclude(role=Role.PATIENT)
    return get_object_or_404(found, pk=member, clinic=request.clinic)


def _cell(matrix: Matrix, person: str, skill: str, today: date) -> dict[str, Any]:
    given = matrix.levels.get((person, skill))
    return {
        "level": "none" if given is None else level_words(given.level).en,
        "expired": given is not None and given.until < today,
        "alone": matrix.lack(person, skill, today) is None,
    }


def _open_items(
    request: ClinicRequest, matrix: Matrix, people: Sequence[Membership]
) -> list[dict[str, Any]]:
    unread = updates_unread(request.clinic)
    found = []
    for one in people:
        who = one.user.username
        still = matrix.open_items(who, unread=unread(who))
        if still:
            found.append({"member": one, "items": [items()[each].name for each in still]})
    return found


def _status(forms: Sequence[FlowForm]) -> int:
    return 422 if any(one.sent and one.sheet.errors for one in forms) else 200


urlpatterns = [
    path("", index, name="competence"),
    path("<int:member>/", person, name="competence of person"),
    path("<int:member>/print/", person_print, name="print competence of person"),
]
own_urlpatterns = [
    path("competence/", own, name="own competence"),
    path("competence/print/", own_print, name="print own competence"),
]
