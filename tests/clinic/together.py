"""Several people at once: threads that start together and leave no session of the database open."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connections


def at_once(*tasks: Callable[[], None]) -> None:
    """Run tasks in threads with connections of their own, which start together."""
    ready = threading.Barrier(len(tasks))

    def run(task: Callable[[], None]) -> None:
        try:
            ready.wait()
            task()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
