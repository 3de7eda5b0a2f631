"""`thecal pump interrogate|stop|minimum-rate|press|log`: orders that no review may hold up."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import timedelta

from thecal.cli.main import DONE, REFUSED
from thecal.cli.pump_link import add_link_options, session
from thecal.cli.pump_output import entry_json, entry_text, report_json, report_text
from thecal.errors import PumpRefusalError, UsageError
from thecal.link.messages import Command, MinimumRate, PressButton, StopPump, new_command
from thecal.link.programmer import Programmer
from thecal.link.pump_report import PumpReport
from thecal.pharmacy import restart_rule

NO_REASON = "no reason was typed"


def configure(parser: argparse.ArgumentParser, action: str) -> None:
    """Declare the options of one action."""
    add_link_options(parser, card=action in ("interrogate", "stop", "minimum-rate", "log"))
    if action in ("stop", "minimum-rate"):
        parser.add_argument("--reason", default="", metavar="TEXT", help="why; asked, never needed")
    if action == "log":
        parser.add_argument("--since", type=_count, default=0, metavar="N", help="after entry N")


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
    entries = programmer.log(options.since)
    if options.json:
        print(json.dumps([entry_json(entry, offset) for entry in entries], indent=1))
    else:
        for entry in entries:
            print(entry_text(entry, offset))
    _leave(programmer, report)
    return DONE


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
