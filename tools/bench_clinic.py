"""The clinic under its people: 50 of them, a page each every ten seconds, a tenth of them writing.

One JSON line per result, beside a bare view that reads one row, served in the same way in the same
run. Everything is served on this machine's own loopback address, and ends by itself.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

PEOPLE, PATIENTS, CROWD = 50, 200, 20_000
EVERY, SECONDS, WRITING = 10.0, 60.0, 10
SEED = 20
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
_SEEN = re.compile(r'name="seen" value="(\d+)"')
_PAGES = ("", "charts/", "program/now/", "record/", "documents/")


def main() -> None:
    """Run."""
    folder = Path(tempfile.mkdtemp(prefix="thecal-bench-"))
    os.environ["THECAL_CLINIC_DIR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "thecal.clinic.settings"
    try:
        _bench(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _bench(folder: Path) -> None:
    import django

    django.setup()
    from bench_clinic_world import make_crowd, make_patients, make_people
    from django.core.management import call_command

    from thecal.clinic.models import Clinic

    call_command("migrate", verbosity=0)
    clinic = Clinic.objects.create(name="Bench")
    print(f"making {PATIENTS} patients with three years each ...", file=sys.stderr)
    patients = [str(one.pk) for one in make_patients(clinic, PATIENTS, SEED)]
    with _served(["-m", "gunicorn", "bench_clinic_bare:application"]) as port:
        bare = _load(port, [_Bare() for _ in range(PEOPLE)])["bare"]
    floor = statistics.median(bare)
    # After the bare view: somebody who does nothing after logging in has to log in again.
    cookies = [one.cookie for one in make_people(clinic, PEOPLE)]
    with _served(["-m", "thecal.clinic", "serve", "--no-demo"]) as port:
        times = _load(port, [_Person(one, patients, number) for number, one in enumerate(cookies)])
    every = [one for found in times.values() for one in found]
    _tell("clinic-page-median", statistics.median(every), floor)
    _tell("clinic-page-p99", _percentile(every), floor)
    for name, found in sorted(times.items()):
        _tell(f"clinic-{name}-median", statistics.median(found), floor)
    print(f"adding {CROWD} patients ...", file=sys.stderr)
    make_crowd(clinic, CROWD, SEED)
    with _served(["-m", "thecal.clinic", "serve", "--no-demo"]) as port:
        person = _Person(cookies[0], patients, 0)
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        for name in ("today", "search"):
            found = [person.page(connection, name) for _ in range(20)]
            _tell(f"clinic-{name}-of-20000-median", statistics.median(found), floor)


def _percentile(times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.99))]


def _tell(name: str, seconds: float, floor: float) -> None:
    line = {
        "name": name,
        "value": round(seconds * 1000, 2),
        "unit": "ms",
        "against": "a bare view that reads one row",
        "ratio": round(seconds / floor, 2),
    }
    print(json.dumps(line), flush=True)


class _Bare:
    """Somebody who opens the bare view."""

    def turn(self, connection: HTTPConnection, times: dict[str, list[float]]) -> None:
        began = time.perf_counter()
        connection.request("GET", "/")
        connection.getresponse().read()
        times["bare"].append(time.perf_counter() - began)


class _Person:
    """Somebody of the clinic: one of ten turns writes a note with a score."""

    def __init__(self, cookie: str, patients: list[str], number: int) -> None:
        self._cookie, self._patients = cookie, patients
        self._chance = random.Random(SEED + number)  # noqa: S311 - the same turns each time
        self._token = ""

    def turn(self, connection: HTTPConnection, times: dict[str, list[float]]) -> None:
        what = self._chance.randrange(WRITING)
        if what == 0:
            times["write"].append(self._write(connection))
        elif what in (1, 2, 3):
            times["today"].append(self.page(connection, "today"))
        elif what == 4:
            times["search"].append(self.page(connection, "search"))
        else:
            times["patient"].append(self.page(connection, "patient"))

    def page(self, connection: HTTPConnection, name: str) -> float:
        """Open a page and return how long it took."""
        if name == "search" and not self._token:
            self._ask(connection, "GET", "/patients/")
        form = {"csrfmiddlewaretoken": self._token, "search": f"bench {self._chance.randrange(20)}"}
        address = {
            "today": "/",
            "search": "/patients/",
            "patient": f"/patients/{self._patient()}/{self._chance.choice(_PAGES)}",
        }[name]
        began = time.perf_counter()
        self._ask(connection, "POST" if name == "search" else "GET", address, form)
        return time.perf_counter() - began

    def _write(self, connection: HTTPConnection) -> float:
        address = f"/patients/{self._patient()}/notes/"
        page = self._ask(connection, "GET", address)
        seen = _SEEN.search(page)
        assert seen is not None
        form = {"csrfmiddlewaretoken": self._token, "seen": seen.group(1), "text": "calm"}
        form["score"] = str(self._chance.randrange(WRITING))
        began = time.perf_counter()
        self._ask(connection, "POST", address, form, expected=302)
        return time.perf_counter() - began

    def _patient(self) -> str:
        return self._chance.choice(self._patients)

    def _ask(
        self,
        connection: HTTPConnection,
        method: str,
        address: str,
        form: dict[str, str] | None = None,
        expected: int = 200,
    ) -> str:
        headers = {"Cookie": self._cookie}
        body = None
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(form or {})
        connection.request(method, address, body, headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        assert answer.status == expected, f"{method} {address}: {answer.status}"
        found = _TOKEN.search(page)
        self._token = found.group(1) if found else self._token
        return page


def _load(port: int, people: list[_Bare] | list[_Person]) -> dict[str, list[float]]:
    """Let people take a turn every ten seconds, each at a time of their own."""
    times: dict[str, list[float]] = defaultdict(list)
    end = time.monotonic() + SECONDS
    trouble: list[str] = []

    def live(person: _Bare | _Person, number: int) -> None:
        at = time.monotonic() + EVERY * number / len(people)
        try:
            while at < end:
                time.sleep(max(0.0, at - time.monotonic()))
                connection = HTTPConnection("127.0.0.1", port, timeout=60)
                person.turn(connection, times)
                connection.close()
                at += EVERY
        except (AssertionError, OSError) as error:
            trouble.append(str(error))

    threads = [
        threading.Thread(target=live, args=(one, number)) for number, one in enumerate(people)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if trouble:
        sys.exit(f"the benchmark's people met trouble: {trouble[:3]}")
    return times


@contextmanager
def _served(command: list[str]) -> Iterator[int]:
    """Serve on a free port of this machine until the block ends."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    bind = ["--bind", f"127.0.0.1:{port}"]
    if "gunicorn" in command:
        bind += ["--workers", "2", "--threads", "4"]
    tools = str(Path(__file__).parent)
    process = subprocess.Popen(
        [sys.executable, *command, *bind],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": tools + os.pathsep + os.environ.get("PYTHONPATH", "")},
    )
    try:
        _wait_until_open(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_open(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("the server did not open")


if __name__ == "__main__":
    main()
