"""Every address of the clinic. None holds anything that tells who a patient is."""

from __future__ import annotations

from django.urls import include, path

from thecal.clinic.pages import account, body, charts, packets, patients, record, register, today

urlpatterns = [
    path("", today.show, name="today"),
    path("account/", include(account.urlpatterns)),
    path("patients/", include(patients.urlpatterns)),
    path("patients/", include(record.urlpatterns)),
    path("patients/", include(charts.urlpatterns)),
    path("patients/", include(body.urlpatterns)),
    path("patients/", include(packets.urlpatterns)),
    path("patients/", include(register.urlpatterns)),
]
handler403 = "thecal.clinic.pages.errors.forbidden"
handler404 = "thecal.clinic.pages.errors.not_found"
handler500 = "thecal.clinic.pages.errors.broken"
