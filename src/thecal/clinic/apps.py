"""The application as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class ClinicConfig(AppConfig):
    """One application: `clinic`."""

    name = "thecal.clinic"
    label = "clinic"
    default_auto_field = "django.db.models.BigAutoField"
