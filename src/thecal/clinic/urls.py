"""Every address of the clinic. None holds anything that tells who a patient is."""

from __future__ import annotations

from django.urls import include, path

from thecal.clinic.pages import account, notes, patients, today

urlpatterns = [
    path("", today.show, name="today"),
    path("account/", include(account.urlpatterns)),
    path("patients/", include(patients.urlpatterns)),
    path("patients/", include(notes.urlpatterns)),
]
handler403 = "thecal.clinic.pages.errors.forbidden"
handler404 = "thecal.clinic.pages.errors.not_found"
handler500 = "thecal.clinic.pages.errors.broken"
