"""Proposing a calendar, in a process of its own: run as a module.

The optimiser needs numpy and scipy and takes seconds; no page waits for it and no other page loads
it. Reads what is needed from standard input; writes one JSON file when it is done. How far it is
stands in a file beside it; a file that asks it to end is looked for while it works.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from thecal.care.appointments.needs import needs_of
from thecal.care.appointments.plan import Measure
from thecal.errors import ThecalError

_LOOKS = 0.25
_LAST_PERCENT = 99


def compute(data: bytes, seconds: float, gap: float, note: Any) -> dict[str, Any]:
    """Return plan, first-come plan and certificate.

    Parameters
    ----------
    note
        Told in words what is being done.

    Raises
    ------
    ThecalError
        If the plan cannot be shown.
    """
    from thecal.lab.appointments.optimise import optimise

    needs = needs_of(json.loads(data))
    found = optimise(needs, seconds=seconds, largest_gap=gap, progress=note)
    return {
        "plan": [one.to_json() for one in found.plan],
        "first": [one.to_json() for one in found.first],
        "measured": _figures(found.measured),
        "first_measured": _figures(found.first_measured),
        "gap": found.gap,
        "fewest_broken": found.fewest_broken,
        "timed_out": found.timed_out,
        "seconds": found.seconds,
    }


def _figures(one: Measure) -> dict[str, Any]:
    names = ("visits", "broken", "deliveries", "tours", "early", "short", "moved")
    return {name: getattr(one, name) for name in names}


def _run(place: Path, seconds: float, gap: float) -> None:
    """Compute, and put what came of it into its place at once."""
    began, doing = time.monotonic(), ["starting"]
    progress, cancel = place.with_suffix(".progress"), place.with_suffix(".cancel")

    def look() -> None:
        while True:
            if cancel.exists():
                _finish(place, {"cancelled": True})
                os._exit(0)
            part = (time.monotonic() - began) / seconds
            percent = min(round(100 * part), _LAST_PERCENT)
            _put(progress, json.dumps({"percent": percent, "doing": doing[0]}))
            time.sleep(_LOOKS)

    def note(words: str) -> None:
        doing[0] = words

    threading.Thread(target=look, daemon=True).start()
    try:
        answer = compute(sys.stdin.buffer.read(), seconds, gap, note)
    except ThecalError as error:
        answer = {"error": {"what": error.what, "why": error.why, "remedy": error.remedy}}
    _finish(place, answer)
    os._exit(0)


def _finish(place: Path, answer: dict[str, Any]) -> None:
    _put(place, json.dumps(answer))
    place.with_suffix(".progress").unlink(missing_ok=True)
    place.with_suffix(".cancel").unlink(missing_ok=True)


def _put(place: Path, text: str) -> None:
    made = place.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    made.write_text(text, encoding="utf-8")
    made.replace(place)


if __name__ == "__main__":
    _run(Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))
