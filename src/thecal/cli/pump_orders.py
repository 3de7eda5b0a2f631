"""`thecal pump interrogate|stop|minimum-rate|press|log`: orders that no review may hold up."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import timedelta
from pathlib import Path

from thecal.care.pump_story import tell_story
from thecal.cli.main import DONE, REFUSED
from thecal.cli.overwrite import add_overwrite, check_overwrite
from thecal.cli.pump_link import add_link_options, session
from thecal.cli.pump_output import entry_json, entry_text, report_json, report_text
from thecal.errors import BadFileError, PumpRefusalError, ThecalError, UsageError
from thecal.link.messages import Command, MinimumRate, PressButton, StopPump, new_command
from thecal.link.programmer import Programmer
from thecal.link.pump_report import PumpReport
from thecal.link.storage import replace_file
from thecal.pharmacy import restart_rule
from thecal.therapy.file_reader import read_therapy_file
from thecal.therapy.file_writer import write_therapy

NO_REASON = "no reason was typed"


def configure(parser: argparse.ArgumentParser, action: str) -> None:
    """Declare the options of one action."""
    add_link_options(parser, card=action in ("interrogate", "stop", "minimum-rate", "log"))
    if action in ("stop", "minimum-rate"):
        parser.add_argument("--reason", default="", metavar="TEXT", help="why; asked, never needed")
    if action == "log":
        parser.add_argument("--since", type=_count, default=0, metavar="N", help="after entry N")
        parser.add_argument(
            "--therapy",
            type=Path,
            metavar="FILE",
            help="the therapy file that the pump was served from, or what --out wrote before",
        )
        parser.add_argument(
            "--out",
            type=Path,
            metavar="FILE",
            help="write FILE of --therapy with what the log adds",
        )
        add_overwrite(parser)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f'"{text}" is no whole number')
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Do one order; what the pump refuses ends with exit code 3."""
    with session(options) as (programmer, report):
        try:
            return _ACTIONS[options.action](options, programmer, report)
        except PumpRefusalError as error:
            print(f"thecal: {error}", file=sys.stderr)
            if options.json:
                print(json.dumps({"refused": error.what}, indent=1))
            return REFUSED


def _interrogate(options: argparse.Namespace, programmer: Programmer, report: PumpReport) -> int:
    _show(options, report)
    _leave(programmer, report)
    return DONE


def _log(options: argparse.Namespace, programmer: Programmer, report: PumpReport) -> int:
    offset = timedelta(minutes=report.utc_offset_minutes)
    if (options.therapy is None) != (options.out is None):
        raise UsageError("--therapy and --out belong together", remedy="give both, or neither")
    if options.therapy is not None:
        return _story(options, programmer)
    entries = programmer.log(options.since)
    if entries and entries[0].number > options.since + 1:
        gone = f"entries {options.since + 1} to {entries[0].number - 1}"
        print(f"thecal: WARNING: {gone} are no longer in the pump", file=sys.stderr)
    if options.json:
        print(json.dumps([entry_json(entry, offset) for entry in entries], indent=1))
    else:
        for entry in entries:
            print(entry_text(entry, offset))
    _leave(programmer, report)
    return DONE


def _story(options: argparse.Namespace, programmer: Programmer) -> int:
    """Write the therapy file with what the log adds, in one step or not at all."""
    therapy = read_therapy_file(options.therapy)
    check_overwrite(options, options.out, lambda: f"{_events_in(options.out)} events")
    entries = programmer.log()
    report = programmer.interrogate()
    try:
        story = tell_story(therapy, entries, report)
    except ThecalError as error:
        raise error.at(options.therapy.name) from None
    text = write_therapy(story)
    try:
        replace_file(options.out, text.encode("utf-8"))
    except OSError as error:
        raise BadFileError(f"{options.out}: {error.strerror}", place="--out") from None
    added = len(story.events) - len(therapy.events)
    if options.json:
        answer = {"written": str(options.out), "events": len(story.events), "added": added}
        print(json.dumps(answer, indent=1))
    else:
        print(f"{options.out}: {len(story.events)} events, {added} of them new")
    _leave(programmer, report)
    return DONE


def _events_in(path: Path) -> str:
    """Return how many events a file holds that is about to be lost."""
    try:
        return str(len(read_therapy_file(path).events))
    except ThecalError:
        return "unreadable"


def _leave(programmer: Programmer, report: PumpReport) -> None:
    """Close after a look; a pump that stood before may go on standing, and that is said."""
    stood = "" if report.gives_therapy else f"was so when it was read: {report.activity}"
    programmer.close(stood)


def _stop(options: argparse.Namespace, programmer: Programmer, report: PumpReport) -> int:
    reason = options.reason or NO_REASON
    if not reason.isprintable() or len(reason) > 400:
        raise UsageError("a reason is a short plain text", place="--reason")
    order: Command
    if options.action == "stop":
        order = StopPump(command=new_command(), reason=reason)
    else:
        order = MinimumRate(command=new_command(), reason=reason)
    done = programmer.command(order)
    for line in _warnings(done.report):
        print(f"thecal: WARNING: {line}", file=sys.stderr)
    _show(options, done.report)
    programmer.close(reason)
    return DONE


def _warnings(report: PumpReport) -> list[str]:
    """Say aloud what a stop leaves behind; it is done already."""
    lines = ["the pump gives no therapy now: decide when it runs again, and who sees to it"]
    for name in report.solution:
        rule = restart_rule(name)
        if rule.stop_is_hazard:
            lines.append(
                f"an abrupt stop of {name} is itself a hazard: {rule.abrupt_stop.value}"
                f" ({rule.abrupt_stop.provenance()})"
            )
    return lines


def _press(options: argparse.Namespace, programmer: Programmer, report: PumpReport) -> int:
    done = programmer.command(PressButton(command=new_command()))
    if options.json:
        answer = {"granted": done.denial is None, "denial": done.denial}
        print(json.dumps({**answer, "report": report_json(done.report)}, indent=1))
    else:
        print("granted" if done.denial is None else f"denied: {done.denial}")
    _leave(programmer, done.report)
    return DONE


def _show(options: argparse.Namespace, report: PumpReport) -> None:
    if options.json:
        print(json.dumps(report_json(report), indent=1))
    else:
        print(report_text(report))


_ACTIONS = {
    "interrogate": _interrogate,
    "log": _log,
    "stop": _stop,
    "minimum-rate": _stop,
    "press": _press,
}
