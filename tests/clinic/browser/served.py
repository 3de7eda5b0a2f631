"""A served clinic: the program itself on a free port, with the demonstration in it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from thecal.clinic.access import second_factor

ROOT = Path(__file__).parents[3]
PASSED_ON = ("PATH", "HOME", "TMPDIR", "LANG", "OPENBLAS_NUM_THREADS")
_SERVE = Path(__file__).with_name("serve_later.py")
_OPEN = "The clinic is open at"
_ROLES = frozenset(
    {"physician", "nurse", "pharmacist", "checker", "administrator", "trainee", "patient"}
)


@dataclass(frozen=True)
class Login:
    """What one person of the demonstration types."""

    username: str
    password: str
    key: str
    role: str

    @property
    def code(self) -> str:
        """The six digits of the moment."""
        return second_factor.current_code(self.key)


@dataclass(frozen=True)
class Served:
    """Where the clinic is open and who can come in, by user name."""

    address: str
    logins: dict[str, Login]
    environment: dict[str, str]

    def made_by(self, code: str) -> str:
        """Run a few lines beside the server, on its database, and return what they print."""
        command = [sys.executable, "-m", "thecal.clinic", "shell", "--no-imports", "-c", code]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextlib.contextmanager
def served(folder: Path) -> Iterator[Served]:
    """Serve a clinic of its own, on the embedded database, until the tests are over."""
    host = f"127.0.0.1:{_free_port()}"
    log = folder / "server.log"
    command = [sys.executable, "-u", str(_SERVE), "serve", "--workers", "1"]
    own = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    own |= {"PYTHONPATH": str(ROOT / "src"), "THECAL_CLINIC_DIR": str(folder / "c")}
    with log.open("w") as errors:
        server = subprocess.Popen(
            [*command, "--bind", host],
            env=own,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        said = _until_open(server)
        assert _OPEN in said, f"the clinic did not open:\n{said}\n{log.read_text()}"
        _wait_for(host)
        yield Served(f"http://{host}", {one.username: one for one in _logins(said)}, own)
    finally:
        server.terminate()
        server.wait(20)
        assert server.stdout is not None
        server.stdout.close()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _until_open(server: subprocess.Popen[str]) -> str:
    said = ""
    assert server.stdout is not None
    for line in server.stdout:
        said += line
        if _OPEN in line:
            break
    return said


def _wait_for(host: str) -> None:
    name, _, port = host.partition(":")
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection((name, int(port)), 0.2):
            return
        time.sleep(0.1)
    raise AssertionError(f"nothing listens at {host}")


def _logins(said: str) -> Iterator[Login]:
    for line in said.splitlines():
        words = line.split()
        if line.startswith("  ") and len(words) == 4 and words[3] in _ROLES:
            yield Login(*words)
