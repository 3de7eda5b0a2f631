"""`thecal controller FILE`: what the patient's own device shows, and how a press is answered."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from thecal import BANNER
from thecal.cli.jsonable import Json, drug_mass, moment, quantity
from thecal.cli.main import DONE
from thecal.errors import ThecalError
from thecal.program.clock import Instant
from thecal.therapy.events import Therapy

if TYPE_CHECKING:
    from thecal.care.document import Language
    from thecal.data import Fact, FactValue
    from thecal.therapy.controller import ControllerView, PressAnswer


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a therapy file (TOML)")
    parser.add_argument(
        "--at", metavar="TIME", help="look at this time (pump clock); else after the last press"
    )
    parser.add_argument(
        "--press",
        action="append",
        default=[],
        metavar="TIME",
        help="let the patient press at this time, on top of the file; may be repeated",
    )
    parser.add_argument(
        "--language", choices=("en", "de", "both"), default="en", help="of the screen's text"
    )
    parser.add_argument("--json", action="store_true", help="answer as JSON, in both languages")


def run(options: argparse.Namespace) -> int:
    """Replay to the time and show the screen; the file is not reviewed."""
    from thecal.therapy.controller import view_controller
    from thecal.therapy.file_reader import read_therapy_file

    therapy = read_therapy_file(options.file)
    at = None if options.at is None else therapy.instant(_moment(options.at, therapy, "--at"))
    presses = [_moment(text, therapy, "--press") for text in options.press]
    try:
        view = view_controller(therapy, at=at, presses=presses)
    except ThecalError as error:
        raise error.at(options.file.name) from None
    if options.json:
        print(json.dumps(controller_json(view), indent=1))
    else:
        print(_text(view, options.language))
    return DONE


def _moment(text: str, therapy: Therapy, option: str) -> datetime:
    from thecal.therapy.file_reader import parse_moment

    try:
        return parse_moment(text, therapy.utc_offset)
    except ThecalError as error:
        raise error.at(option) from None


def controller_json(view: ControllerView) -> Json:
    """Return the view as JSON, the screen in every language."""
    from thecal.care.document import LANGUAGES
    from thecal.report.controller_screen import denial_words, screen_lines

    def when(instant: Instant | None) -> str | None:
        return moment(None if instant is None else view.therapy.moment(instant))

    controller = view.controller
    return {
        "controller": controller.id,
        "at": when(view.at),
        "activity": view.activity.value,
        "bolus_allowed": view.denial is None,
        "denied_because": None if view.denial is None else view.denial.value,
        "denied_words": None
        if view.denial is None
        else {language: denial_words(view.denial, language) for language in LANGUAGES},
        "next_allowed": when(view.later.granted),
        "blocked_by": None if view.later.blocked is None else view.later.blocked.value,
        "boluses_left": view.left,
        "bolus_running_until": when(view.running_until),
        "last_bolus": when(view.last_bolus),
        "settings": _settings_json(view),
        "refill_date": when(view.refill),
        "refill_date_computed": when(view.refill_computed),
        "clinic_refill_by": when(view.clinic_refill.instant if view.clinic_refill else None),
        "clinic_refill_decided_by": view.clinic_refill.decided_by if view.clinic_refill else None,
        "alarms": [
            {
                "since": when(alarm.time),
                "alarm": alarm.kind.value,
                "priority": alarm.priority.value,
            }
            for alarm in view.alarms
        ],
        "read_after_scan_of": when(view.unread_scan),
        "presses": [_press_json(view, answer) for answer in view.presses],
        "screen": {language: screen_lines(view, language) for language in LANGUAGES},
        "facts": {name: _fact_json(fact) for name, fact in controller.facts.items()},
    }


def _settings_json(view: ControllerView) -> Json:
    program = view.program
    if program is None or program.bolus is None or program.program.primary is None:
        return None
    primary, order = program.program.primary, program.program.patient_bolus
    assert order is not None
    most = order.max_dose_per_day
    return {
        "drug": primary,
        "dose": drug_mass(primary, order.dose),
        "achievable_dose": drug_mass(
            primary, program.mixture.mass_of(primary, program.bolus.achievable)
        ),
        "duration": quantity(order.duration, "min"),
        "lockout": quantity(order.lockout, "h"),
        "max_per_day": order.max_per_day,
        "max_dose_per_day": None if most is None else drug_mass(primary, most),
    }


def _press_json(view: ControllerView, answer: PressAnswer) -> Json:
    later = None if answer.later is None else answer.later.granted
    return {
        "time": moment(view.therapy.moment(answer.time)),
        "in_file": not answer.asked,
        "granted": answer.denial is None,
        "denied_because": None if answer.denial is None else answer.denial.value,
        "next_allowed": None if later is None else moment(view.therapy.moment(later)),
    }


def _fact_json(fact: Fact[FactValue]) -> Json:
    from thecal.report.words import fact_value

    return {
        "value": fact_value(fact),
        "source": fact.source,
        "status": fact.status,
        "note": fact.note,
    }


def _text(view: ControllerView, chosen: str) -> str:
    from thecal.care.document import LANGUAGES
    from thecal.report.controller_screen import answer_lines, date_words, screen_lines, word
    from thecal.report.words import fact_value

    languages: tuple[Language, ...] = tuple(one for one in LANGUAGES if chosen in (one, "both"))
    lines = [BANNER]
    for language in languages:
        lines.append("")
        if language != "en":
            lines.append(word("not-for-care", language))
        for answer in view.presses:
            if answer.asked:
                lines += answer_lines(view, answer, language)
        lines += [*screen_lines(view, language), word("own-words", language)]
    lines += ["", "for the clinic:"]
    for name, fact in view.controller.facts.items():
        note = f": {fact.note}" if fact.note else ""
        lines.append(f"  {name}: {fact_value(fact)} ({fact.provenance()}){note}")
    if view.clinic_refill is not None:
        date = date_words(view, view.clinic_refill.instant, "en")
        lines.append(f"  refill by {date}, decided by {view.clinic_refill.decided_by}")
    in_file = [answer for answer in view.presses if not answer.asked]
    denied = sum(answer.denial is not None for answer in in_file)
    lines.append(f"  presses of the file until then: {len(in_file)}, {denied} denied")
    lines.append("  the file was not reviewed: see `thecal review`")
    return "\n".join(lines)
