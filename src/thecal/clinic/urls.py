"""Every address of the clinic. None holds anything that tells who a patient is."""

from __future__ import annotations

from django.urls import include, path

from thecal.clinic.pages import (
    accesses,
    account,
    body,
    cessation,
    charts,
    checks,
    documents,
    emergencies,
    emergency,
    ends,
    forms,
    mri,
    notes,
    packets,
    pathway,
    patients,
    people,
    plans,
    programming,
    record,
    refill,
    register,
    replacement,
    stay,
    tasks,
    titration,
    today,
    transfer,
    travel,
    trial,
    troubleshooting,
)

urlpatterns = [
    path("", today.show, name="today"),
    path("account/", include(account.urlpatterns)),
    path("accesses/", include(accesses.urlpatterns)),
    path("emergency/", include(emergencies.urlpatterns)),
    path("patients/", include(accesses.patient_urlpatterns)),
    path("people/", include(people.urlpatterns)),
    path("checks/", include(checks.urlpatterns)),
    path("patients/", include(patients.urlpatterns)),
    path("patients/<uuid:patient>/documents/", include(documents.urlpatterns)),
    path("patients/<uuid:patient>/forms/", include(forms.urlpatterns)),
    path("patients/<uuid:patient>/pathway/", include(pathway.urlpatterns)),
    path("patients/<uuid:patient>/plans/", include(plans.urlpatterns)),
    path("patients/<uuid:patient>/trial/", include(trial.urlpatterns)),
    path("patients/<uuid:patient>/titration/", include(titration.urlpatterns)),
    path("patients/<uuid:patient>/programming/", include(programming.urlpatterns)),
    path("patients/<uuid:patient>/emergency/", include(emergency.urlpatterns)),
    path("patients/<uuid:patient>/tasks/", include(tasks.urlpatterns)),
    path("patients/<uuid:patient>/mri/", include(mri.urlpatterns)),
    path("patients/<uuid:patient>/troubleshooting/", include(troubleshooting.urlpatterns)),
    path("patients/<uuid:patient>/travel/", include(travel.urlpatterns)),
    path("patients/<uuid:patient>/stay/", include(stay.urlpatterns)),
    path("patients/<uuid:patient>/transfer/", include(transfer.urlpatterns)),
    path("patients/<uuid:patient>/explant/", include(ends.explant_urlpatterns)),
    path("patients/<uuid:patient>/death/", include(ends.death_urlpatterns)),
    path("patients/<uuid:patient>/cessation/", include(cessation.urlpatterns)),
    path("patients/<uuid:patient>/replacement/", include(replacement.urlpatterns)),
    path("patients/", include(record.urlpatterns)),
    path("patients/", include(charts.urlpatterns)),
    path("patients/", include(body.urlpatterns)),
    path("patients/", include(packets.urlpatterns)),
    path("patients/", include(register.urlpatterns)),
    path("patients/", include(notes.urlpatterns)),
    path("patients/<uuid:patient>/refill/", include(refill.urlpatterns)),
]
handler400 = "thecal.clinic.pages.errors.unreadable"
handler403 = "thecal.clinic.pages.errors.forbidden"
handler404 = "thecal.clinic.pages.errors.not_found"
handler500 = "thecal.clinic.pages.errors.broken"
