"""`thecal pump ...`: a virtual pump that is served, and the programmer that talks to it."""

from __future__ import annotations

import argparse
from importlib import import_module

ACTIONS = {
    "serve": ("pump_serve", "run the pump of a therapy file and listen for programmers"),
    "keygen": ("pump_keys", "make a programmer's identity"),
    "pair": ("pump_keys", "pair a programmer with a pump; both folders must be at hand"),
    "revoke": ("pump_keys", "let a pump forget a programmer"),
    "touch": ("pump_keys", "touch the pump: one emergency session, to stop, lower or read"),
    "interrogate": ("pump_orders", "read how the pump stands"),
    "program": ("pump_program", "review the newest program of a therapy file and send it"),
    "fill": ("pump_program", "review the newest fill of a therapy file and write it"),
    "prime": ("pump_program", "review the newest prime of a therapy file and begin it"),
    "bolus": ("pump_program", "review a clinician's bolus and give it"),
    "resume": ("pump_program", "review the stopped program and go on with it"),
    "set-clock": ("pump_program", "review what a right clock does to the steps, and set it"),
    "stop": ("pump_orders", "stop the pump"),
    "minimum-rate": ("pump_orders", "run at the minimum rate, which is no therapy"),
    "press": ("pump_orders", "press the patient's button"),
    "log": ("pump_orders", "read the pump's event log"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, (module, what) in ACTIONS.items():
        action = actions.add_parser(name, help=what, description=what, allow_abbrev=False)
        if module != "pump_program":  # its review brings its own
            action.add_argument("--json", action="store_true", help="answer as JSON")
        import_module(f"thecal.cli.{module}").configure(action, name)


def run(options: argparse.Namespace) -> int:
    """Do the action that was named."""
    module, _ = ACTIONS[options.action]
    code: int = import_module(f"thecal.cli.{module}").run(options)
    return code
