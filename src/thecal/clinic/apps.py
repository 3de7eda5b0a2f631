"""The application as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class ClinicConfig(AppConfig):
    """One application: `clinic`."""

    name = "thecal.clinic"
    label = "clinic"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every session know when it began."""
        from django.contrib.auth.signals import user_logged_in

        from thecal.clinic.access.sessions import begin

        user_logged_in.connect(begin, dispatch_uid="session begins")
