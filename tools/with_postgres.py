"""Run a command on a PostgreSQL server that is made for it and thrown away after it.

`python tools/with_postgres.py pytest tests/clinic` sets `THECAL_DATABASE` for the command. The
server listens on the loopback alone, on a free port, trusts whoever asks and holds nothing.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SERVER_USER = "postgres"
_STARTING_SECONDS = "30"
_LOOPBACK = "127.0.0.1"


def main(command: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    if not command:
        print("usage: with_postgres.py COMMAND ...", file=sys.stderr)
        return 2
    folder = binaries()
    if folder is None:
        print(
            "there is no PostgreSQL server on this machine; on Debian: apt-get install postgresql",
            file=sys.stderr,
        )
        return 2
    with server(folder) as address:
        environment = {**os.environ, "THECAL_DATABASE": address}
        return subprocess.run(command, env=environment, check=False).returncode


def binaries() -> Path | None:
    """Return the folder of the newest server's programs; None where there is none."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
    )
    named = shutil.which("initdb")
    if found:
        return found[-1].parent
    return Path(named).resolve().parent if named else None


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Yield the address of a database on a new server; nothing of it is left behind."""
    home = Path(tempfile.mkdtemp(prefix="thecal-postgres-"))
    data, port = home / "data", free_port()
    try:
        if os.geteuid() == 0:
            # The server refuses to run as root.
            account = pwd.getpwnam(SERVER_USER)
            os.chown(home, account.pw_uid, account.pw_gid)
        _run(folder / "initdb", "-D", data, "-U", "thecal", "-A", "trust", "-E", "UTF8")
        options = f"-h {_LOOPBACK} -p {port} -k {home} -c max_connections=60"
        control = folder / "pg_ctl"
        _run(
            control,
            "-D",
            data,
            "-w",
            "-t",
            _STARTING_SECONDS,
            "-l",
            home / "log",
            "-o",
            options,
            "start",
        )
        try:
            _run(folder / "createdb", "-h", _LOOPBACK, "-p", str(port), "-U", "thecal", "thecal")
            yield f"postgresql://thecal@{_LOOPBACK}:{port}/thecal"
        finally:
            _run(control, "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def free_port() -> int:
    """Return a port of the loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _run(program: Path, *arguments: object) -> None:
    command = [str(program), *map(str, arguments)]
    if os.geteuid() == 0:
        command = ["runuser", "-u", SERVER_USER, "--", *command]
    done = subprocess.run(
        command,
        cwd="/",
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"{program.name} failed: {done.stderr.decode(errors='replace').strip()}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
