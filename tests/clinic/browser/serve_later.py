"""The clinic, served as ever, but for one thing: a test's page may say how late it is.

A page that sends `LATER` with its requests is answered as if it were so many minutes later. It is
only here: the clinic that a user starts has one clock and asks nobody for it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

import django
from django.core.management import execute_from_command_line

from thecal.clinic import clock

LATER = "x-minutes-later"
_minutes: ContextVar[int] = ContextVar("minutes", default=0)
_now = clock.now


def _later() -> datetime:
    return _now() + timedelta(minutes=_minutes.get())


def _told_the_time(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    header = "HTTP_" + LATER.upper().replace("-", "_")

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        said = _minutes.set(int(environ.get(header, "0")))
        try:
            return application(environ, start)
        finally:
            _minutes.reset(said)

    return answer


def main() -> None:
    """Serve."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "thecal.clinic.settings"
    clock.now = _later
    django.setup()
    from thecal.clinic.management.commands import serve

    load = serve._Server.load
    serve._Server.load = lambda server: _told_the_time(load(server))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
