"""Every address of the clinic. None holds anything that tells who a patient is."""

from __future__ import annotations

from django.urls import include, path

from thecal.clinic.pages import account, checks, documents, patients, programming, refill, today

urlpatterns = [
    path("", today.show, name="today"),
    path("account/", include(account.urlpatterns)),
    path("checks/", include(checks.urlpatterns)),
    path("patients/", include(patients.urlpatterns)),
    path("patients/<uuid:patient>/documents/", include(documents.urlpatterns)),
    path("patients/<uuid:patient>/programming/", include(programming.urlpatterns)),
    path("patients/<uuid:patient>/refill/", include(refill.urlpatterns)),
]
handler403 = "thecal.clinic.pages.errors.forbidden"
handler404 = "thecal.clinic.pages.errors.not_found"
handler500 = "thecal.clinic.pages.errors.broken"
