"""Computing the body of a patient, in a process of its own: run as a module.

The body needs numpy and numba and takes seconds; no page waits for it and no other page loads it.
Reads a therapy file from standard input; writes one JSON file when it is done. How far it is stands
in a file beside it. It ends itself when it takes longer than it may.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from thecal.errors import ThecalError
from thecal.therapy.body_course import BodyWatch
from thecal.therapy.file_reader import read_therapy
from thecal.therapy.simulation import simulate


class TooLongError(ThecalError):
    """The body took longer to compute than it may; nothing was kept."""


def compute(data: bytes, until: datetime, draws: int, note: Any) -> dict[str, Any]:
    """Return the figures and tables of a therapy's body.

    Parameters
    ----------
    data
        The therapy file.
    until
        Where the course ends; not before the last event.
    draws
        Of the bands.
    note
        Called with the part of the work done since the last call.

    Raises
    ------
    ThecalError
        If there is no body to compute: an unknown length, a tip outside the model.
    """
    from thecal.report.body_section import body_part

    therapy = read_therapy(data, "the record")
    last = therapy.instant(therapy.events[-1].time)
    watch = BodyWatch(therapy)
    result = simulate(therapy, until=max(last, therapy.instant(until)), sink=watch)
    part = body_part(therapy, watch.course(result.end, draws=draws, progress=note))
    return {
        "until": therapy.moment(result.end).isoformat(),
        "band": part.band,
        "drugs": [
            {"drug": drug, "figures": [_figure(one) for one in figures]}
            for drug, figures in part.drugs
        ],
        "effects": [_figure(one) for one in part.effects],
        "tables": [_table(one) for one in (part.balance, part.stand_ins, part.facts)],
        "lacking": list(part.lacking),
        "notes": list(part.notes),
    }


def _figure(figure: Any) -> dict[str, Any]:
    return {
        "name": figure.name,
        "title": figure.title,
        "caption": figure.caption,
        "svg": figure.canvas.inline(),
        "tables": [_table(one) for one in figure.tables],
    }


def _table(table: Any) -> dict[str, Any]:
    return {
        "caption": table.caption,
        "head": table.head,
        "rows": table.rows,
        "foot": table.foot,
        "numbers": table.numbers,
    }


def _run(place: Path, until: str, draws: int, seconds: int) -> None:
    """Compute, and put what came of it into its place at once."""
    done = Fraction(0)
    progress = place.with_suffix(".progress")

    def note(part: float) -> None:
        nonlocal done
        done += Fraction(part)
        _put(progress, str(round(100 * done)))

    def end(_signal: int, _frame: object) -> None:
        # Compiled code turns an error raised here into another one: say it, and end.
        error = TooLongError(
            f"the body took longer than {seconds} s and was cancelled",
            remedy="ask again when the machine is less busy",
        )
        _finish(place, {"error": _words(error)})
        os._exit(0)

    signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        answer = compute(sys.stdin.buffer.read(), datetime.fromisoformat(until), draws, note)
    except ThecalError as error:
        answer = {"error": _words(error)}
    _finish(place, answer)


def _words(error: ThecalError) -> dict[str, str]:
    return {"what": error.what, "why": error.why, "remedy": error.remedy}


def _finish(place: Path, answer: dict[str, Any]) -> None:
    _put(place, json.dumps(answer))
    place.with_suffix(".progress").unlink(missing_ok=True)


def _put(place: Path, text: str) -> None:
    made = place.with_suffix(f".{os.getpid()}")
    made.write_text(text, encoding="utf-8")
    made.replace(place)


if __name__ == "__main__":
    _run(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
