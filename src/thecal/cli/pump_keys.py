"""`thecal pump keygen|pair|revoke|touch`: what is done with the folders at hand, never by radio."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from thecal.care.implanted_pump import implanted_pump
from thecal.cli.main import DONE
from thecal.errors import UsageError
from thecal.link.keys import (
    Role,
    create_identity,
    fingerprint,
    pair,
    public_text,
    revoke,
    touch,
)
from thecal.link.limits import telemetry_limits
from thecal.therapy.file_reader import read_therapy_file


def configure(parser: argparse.ArgumentParser, action: str) -> None:
    """Declare the options of one action."""
    if action in ("keygen", "pair"):
        parser.add_argument(
            "--keys", type=Path, required=True, metavar="DIR", help="the programmer's folder"
        )
    if action in ("pair", "touch"):
        parser.add_argument("file", type=Path, metavar="FILE", help="the therapy file")
    if action != "keygen":
        parser.add_argument(
            "--state", type=Path, required=True, metavar="DIR", help="the pump's folder"
        )
        label = "touch" if action == "touch" else "programmer"
        parser.add_argument("--label", default=label, metavar="TEXT", help="whose programmer it is")
    if action == "pair":
        parser.add_argument(
            "--role",
            choices=(Role.CLINICIAN.value, Role.PATIENT.value),
            default=Role.CLINICIAN.value,
            help="a patient may press the button and read",
        )
    if action == "touch":
        parser.add_argument(
            "--card", type=Path, required=True, metavar="FILE", help="where to write the card"
        )


def run(options: argparse.Namespace) -> int:
    """Do one action on key folders."""
    if options.action == "keygen":
        public = public_text(create_identity(options.keys))
        _print(options, {"fingerprint": fingerprint(public), "public_key": public})
    elif options.action == "pair":
        _pair(options)
    elif options.action == "revoke":
        count = revoke(options.state, options.label)
        if not count:
            raise UsageError(
                f'the pump knows no "{options.label}"',
                remedy="name the label that was given when it was paired",
                place="--label",
            )
        _print(options, {"revoked": count})
    else:
        _touch(options)
    return DONE


def _label(options: argparse.Namespace) -> str:
    label: str = options.label
    if not label.strip() or not label.isprintable() or len(label) > 60:
        raise UsageError("a label is a short plain text", place="--label")
    return label


def _pair(options: argparse.Namespace) -> None:
    serial = implanted_pump(read_therapy_file(options.file)).serial
    paired = pair(
        options.state,
        options.keys,
        serial=serial,
        role=Role(options.role),
        label=_label(options),
    )
    _print(
        options,
        {
            "serial": serial,
            "role": paired.role.value,
            "pump_fingerprint": fingerprint(paired.public_key),
        },
    )


def _touch(options: argparse.Namespace) -> None:
    serial = implanted_pump(read_therapy_file(options.file)).serial
    lasts = int(telemetry_limits().touch_lasts)
    until = int(time.time()) + lasts
    touch(options.state, options.card, serial=serial, label=_label(options), until=until)
    _print(options, {"serial": serial, "card": str(options.card), "seconds": lasts})


def _print(options: argparse.Namespace, answer: dict[str, object]) -> None:
    if options.json:
        print(json.dumps(answer, indent=1))
        return
    for name, value in answer.items():
        print(f"{name.replace('_', ' ')}: {value}")
