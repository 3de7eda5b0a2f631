"""Kill the clinic's server at random moments while people write, and look what is left.

The real server is started on the loopback in a folder of its own, on the embedded database or on
the one that `THECAL_DATABASE` names (a database beside it is made and dropped). Four people write
notes with a score, each to a patient; every answered note counts as acknowledged. Then the whole
process group gets SIGKILL, the server starts again, and everything is looked at.

How a kill is counted as falling into an open write: the group is frozen (SIGSTOP) at a random
moment, the database is asked whether a transaction that has written is open, and the group is
killed as it stands. Most kills wait for such a moment; every fifth takes whatever it meets.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from kill_sight import Sight, sight_of
from kill_writers import Writer
from with_postgres import free_port

ROOT = Path(__file__).resolve().parent.parent
_WRITERS = 4
_TRIES = 60
_LONGEST_LOAD = 0.5
_LONGEST_PAUSE = 0.03
_UNAIMED = 5
_NEW_PATIENTS = 10
_STARTING_SECONDS = 30
_STOPPING_SECONDS = 2


@dataclass
class Figures:
    """What a run counted."""

    database: str
    kills: int = 0
    in_open_write: int = 0
    with_request_in_flight: int = 0
    restarts: int = 0
    acknowledged: int = 0
    unanswered: int = 0
    unanswered_but_stored: int = 0
    entries_checked: int = 0
    seconds: float = 0
    faults: list[str] = field(default_factory=list)


def main() -> int:
    """Run and print the figures; exit 1 if anything was lost, halved or broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=110, help="at most this many")
    parser.add_argument("--minutes", type=float, default=20, help="at most this long")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="thecal-kill-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        address = stack.enter_context(_database(os.environ.get("THECAL_DATABASE", "")))
        figures = _run(options, folder, address)
    if options.json:
        print(json.dumps(asdict(figures)))
    else:
        for name, value in asdict(figures).items():
            print(f"{name.replace('_', ' ')}: {value}")
    return 1 if figures.faults else 0


def _run(options: argparse.Namespace, folder: Path, address: str) -> Figures:
    os.environ |= {
        "THECAL_CLINIC_DIR": str(folder),
        "THECAL_ANCHOR_DIR": str(folder / "anchors"),
        "THECAL_DATABASE": address,
        "DJANGO_SETTINGS_MODULE": "thecal.clinic.settings",
    }
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from kill_checks import faults, found_of
    from kill_world import make_writers

    from thecal.record.anchor import read_anchors
    from thecal.record.database import open_streams
    from thecal.record.verification import verify

    call_command("migrate", verbosity=0)
    figures, began = Figures("PostgreSQL" if address else "SQLite"), time.monotonic()
    chance = random.Random(options.seed)  # noqa: S311 - moments, not secrets
    over = began + 60 * options.minutes
    everyone: list[Writer] = []
    writers: list[Writer] = []
    while figures.kills < options.kills and time.monotonic() < over and not figures.faults:
        if figures.kills % _NEW_PATIENTS == 0:
            writers = make_writers(_WRITERS, figures.kills)
            everyone += writers
        connection.close()
        with sight_of(address, folder) as sight:
            _one_kill(writers, sight, chance, figures)
        # The next start repairs what the kill left; so does the first look of this process.
        anchors = read_anchors(folder / "anchors")
        figures.faults += faults(writers, anchors)
        for writer in writers:
            figures.faults += writer.trouble
            writer.trouble.clear()
    figures.acknowledged = sum(len(writer.stored) for writer in everyone)
    figures.unanswered = sum(len(writer.unanswered) for writer in everyone)
    figures.unanswered_but_stored = found_of(everyone)
    connection.close()
    anchors = read_anchors(folder / "anchors")
    with open_streams(address or str(folder / "clinic.sqlite3")) as streams:
        whole = verify(streams, anchors)
    figures.entries_checked = whole.entries
    figures.faults += [f"stream {one.stream}, entry {one.seq}: {one.what}" for one in whole.bad]
    figures.seconds = round(time.monotonic() - began, 1)
    return figures


def _one_kill(writers: list[Writer], sight: Sight, chance: random.Random, figures: Figures) -> None:
    process, port = _start()
    figures.restarts += 1
    over = threading.Event()
    threads = [threading.Thread(target=one.run, args=(port, over)) for one in writers]
    try:
        for thread in threads:
            thread.start()
        _await_first_answers(writers, threads)
        time.sleep(chance.uniform(0, _LONGEST_LOAD))
        aimed = figures.kills % _UNAIMED != 0
        for _ in range(_TRIES if aimed else 1):
            time.sleep(chance.uniform(0, _LONGEST_PAUSE))
            _freeze(process.pid)
            in_flight = any(writer.in_flight for writer in writers)
            open_writes = sight.open_writes() if in_flight else 0
            if open_writes or not aimed:
                break
            os.killpg(process.pid, signal.SIGCONT)
        figures.with_request_in_flight += in_flight
        figures.in_open_write += bool(open_writes)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        over.set()
    for thread in threads:
        thread.join()
    figures.kills += 1


def _start() -> tuple[subprocess.Popen[bytes], int]:
    port = free_port()
    command = [sys.executable, "-m", "thecal.clinic", "serve", "--no-demo"]
    process = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    over = time.monotonic() + _STARTING_SECONDS
    while time.monotonic() < over and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process, port
        time.sleep(0.05)
    process.kill()
    sys.exit("the server did not start")


def _await_first_answers(writers: list[Writer], threads: list[threading.Thread]) -> None:
    before = {writer.name: len(writer.stored) for writer in writers}
    over = time.monotonic() + _STARTING_SECONDS
    while time.monotonic() < over and any(thread.is_alive() for thread in threads):
        if all(len(writer.stored) > before[writer.name] for writer in writers):
            return
        time.sleep(0.01)


def _freeze(group: int) -> None:
    """Stop every thread of a process group and wait until all of them stand."""
    os.killpg(group, signal.SIGSTOP)
    over = time.monotonic() + _STOPPING_SECONDS
    while time.monotonic() < over and not all(_stands(state) for state in _states(group)):
        time.sleep(0.0005)


def _stands(state: str) -> bool:
    return state in "TtZX"


def _states(group: int) -> Iterator[str]:
    for stat in Path("/proc").glob("[0-9]*/task/[0-9]*/stat"):
        try:
            told = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(told[2]) == group:
            yield told[0]


@contextmanager
def _database(address: str) -> Iterator[str]:
    """Yield the address of a new database beside the one given; empty for the embedded one."""
    if not address:
        yield ""
        return
    import psycopg

    name = f"thecal_kill_{os.getpid()}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(urlsplit(address)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


if __name__ == "__main__":
    sys.exit(main())
