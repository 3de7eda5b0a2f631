"""People who write notes over HTTP as fast as they can, and remember what was acknowledged."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import final
from urllib.parse import urlencode

_SEEN = re.compile(r'name="seen" value="(\d+)"')
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
_SECONDS = 20
_SCORES = 11


@final
@dataclass
class Writer:
    """Somebody with a session who writes to one patient.

    Attributes
    ----------
    stored
        Words of the notes that the server acknowledged.
    in_flight
        Words of the note that was sent and not answered yet; empty where there is none.
    unanswered
        Words of the notes whose answer never came: each is there as a whole or not at all.
    trouble
        What no kill explains, as in a page that was refused.
    """

    name: str
    cookie: str
    patient: str
    stored: list[str] = field(default_factory=list)
    in_flight: str = ""
    unanswered: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    count: int = 0

    def run(self, port: int, over: threading.Event) -> None:
        """Write until the server is gone or `over` is set."""
        connection = HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
        try:
            seen, token = self._open(connection)
            while not over.is_set():
                seen = self._write(connection, seen, token)
        except (OSError, HTTPException):
            if self.in_flight:
                self.unanswered.append(self.in_flight)
        finally:
            self.in_flight = ""
            connection.close()

    def _open(self, connection: HTTPConnection) -> tuple[int, str]:
        connection.request("GET", self._path, headers={"Cookie": self.cookie})
        answer = connection.getresponse()
        page = answer.read().decode()
        seen, token = _SEEN.search(page), _TOKEN.search(page)
        if answer.status != 200 or seen is None or token is None:
            self.trouble.append(f"{self.name}: the page of notes answered {answer.status}")
            raise HTTPException
        return int(seen.group(1)), token.group(1)

    def _write(self, connection: HTTPConnection, seen: int, token: str) -> int:
        self.count += 1
        words = f"{self.name} writes note {self.count}"
        form = {"csrfmiddlewaretoken": token, "seen": seen, "text": words}
        form["score"] = self.count % _SCORES
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        self.in_flight = words
        connection.request("POST", self._path, urlencode(form), headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 302:
            self.trouble.append(f"{words}: {answer.status}")
            self.in_flight = ""
            raise HTTPException
        self.stored.append(words)
        self.in_flight = ""
        # A note and its score: two entries, all or none.
        return seen + 2

    @property
    def _path(self) -> str:
        return f"/patients/{self.patient}/notes/"
