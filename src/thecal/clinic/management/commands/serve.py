"""`python -m thecal.clinic serve`: prepare the database and serve the clinic until interrupted."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from gunicorn.app.base import BaseApplication

from thecal import BANNER
from thecal.clinic.models import Clinic
from thecal.clinic.operations.serving import served


class Command(BaseCommand):
    """Serve the clinic."""

    help = "Prepare the database, add the demonstration clinic to an empty one, and serve."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--bind", default="127.0.0.1:8000", metavar="HOST:PORT")
        parser.add_argument("--workers", type=int, default=2, metavar="N")
        parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        with served(settings.CLINIC_DIR):
            self._serve(options)

    def _serve(self, options: dict[str, Any]) -> None:
        call_command("migrate", verbosity=0)
        call_command("clearsessions")
        if not options["no_demo"] and not Clinic.objects.exists():
            call_command("demo")
        self.stdout.write(BANNER)
        self.stdout.write(f"The clinic is open at http://{options['bind']}/ (stop with Ctrl+C)")
        self.stdout.write(f"Its data lie in {settings.CLINIC_DIR}")
        _Server(options["bind"], options["workers"]).run()


class _Server(BaseApplication):
    """Gunicorn with the clinic in it."""

    def __init__(self, bind: str, workers: int) -> None:
        self._settings = {
            "bind": bind,
            "workers": workers,
            "threads": 4,
            "worker_class": "gthread",
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "timeout": 120,
        }
        super().__init__()

    def load_config(self) -> None:
        """Take the settings."""
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Return the application."""
        from thecal.clinic.wsgi import application

        return application
