"""The floor of the clinic's benchmark: a view that reads one row and does nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from thecal.clinic.wsgi import application as _application  # sets Django up

assert _application is not None

from django.core.signals import request_finished, request_started  # noqa: E402

from thecal.clinic.models import Clinic  # noqa: E402


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Answer with the name of the clinic."""
    request_started.send(sender=None)
    name = Clinic.objects.values_list("name", flat=True).first() or ""
    start("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    request_finished.send(sender=None)
    return [name.encode()]
