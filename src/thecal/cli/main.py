"""The command `thecal`: finds the verb, loads only what it needs, turns errors into exit codes."""

from __future__ import annotations

import io
import os
import sys
from typing import NoReturn

from thecal import BANNER
from thecal.errors import ThecalError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

DONE, BAD_INPUT, REFUSED, OVERRIDE_NEEDED = 0, 2, 3, 4

VERBS = {
    "review": "judge a therapy file and say why",
    "simulate": "run a therapy file on its virtual pump",
    "compare": "two therapy files side by side, with what the body makes of them",
    "calibrate": "what the body model predicts for the published figures it was fitted to",
    "pk": "where a drug goes in the body after stated doses",
    "advise": "what the clinical rules say of a case, with reasons and sources",
    "paper": "letters, forms and sheets from a therapy at a time, as PDF or page",
    "design": "schedules from a symptom diary for a therapy, reviewed, with what they gain",
    "calc": "one calculation with its derivation",
    "bench-pump": "start-up curve and trumpet curve of a pump on the bench",
    "controller": "what the patient's own device shows, and how it answers a press",
    "troubleshoot": "rank what may be wrong by the findings at the bedside",
    "catalogue": "list pumps, catheters, drugs, indications, faults or checks",
    "pump": "serve a virtual pump, and talk to it as a programmer does",
    "verify-log": "whether a clinic's record is as it was written, with its first bad entry",
    "verify-card": "whether the signed code of a pump card is the clinic's and in time",
    "verify-page": "the page on which an emergency room checks pump cards without a network",
    "version": "say which version this is",
}


def entry_point() -> NoReturn:
    """Run the command of this process and leave it with its exit code."""
    # Matrices of 122 rows gain nothing from threads: `pk` took 1.7 s with them and 1.2 s without.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A file name or a text that the terminal cannot show is escaped, never a crash.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has gone; the interpreter must not complain of it at exit.
        _discard_output()
        code = 141
    except OSError as error:
        _discard_output()
        print(f"thecal: the answer cannot be written: {error.strerror}", file=sys.stderr)
        code = BAD_INPUT
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def _discard_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code; errors are one line on standard error."""
    try:
        return _run(arguments)
    except ThecalError as error:
        print(f"thecal: {_one_line(str(error))}", file=sys.stderr)
        return BAD_INPUT


def _one_line(text: str) -> str:
    """Return a message with line ends and other control characters of the input escaped."""
    return "".join(
        one if one.isprintable() or one == "\N{NO-BREAK SPACE}" else ascii(one)[1:-1]
        for one in text
    )


def _run(arguments: list[str]) -> int:
    verb = arguments[0] if arguments else ""
    if not arguments:
        raise UsageError(
            "no command is named",
            remedy="use one of " + ", ".join(VERBS) + "; `thecal --help` tells more",
        )
    if verb in ("-h", "--help", "help"):
        print(_overview())
        return DONE
    if verb == "--version":
        verb = "version"
    if verb not in VERBS:
        raise UsageError(
            f'"{verb}" is no command of thecal', remedy="use one of " + ", ".join(VERBS)
        )
    from importlib import import_module

    command = import_module(f"thecal.cli.{verb.replace('-', '_')}")
    parser = make_parser(f"thecal {verb}", VERBS[verb])
    parser.add_argument(
        "--clinic-tables",
        metavar="DIR",
        help="a folder of the clinic's own CSV tables, whose rows replace shipped ones",
    )
    parser.add_argument(
        "--tables",
        metavar="DIR",
        help="decide with an archive of `thecal catalogue --archive DIR`, not with today's tables",
    )
    command.configure(parser)
    options = parser.parse_args(arguments[1:])
    if options.clinic_tables is None and options.tables is None:
        code: int = command.run(options)
        return code
    return _with_other_tables(options.clinic_tables, options.tables, lambda: command.run(options))


def _with_other_tables(clinic: str | None, archive: str | None, run: Callable[[], int]) -> int:
    """Run a command with the clinic's own rows over the shipped ones, or with an archive."""
    from pathlib import Path

    from thecal.data import use_clinic_tables

    if archive is None:
        use_clinic_tables(None if clinic is None else Path(clinic))
    elif clinic is None:
        from thecal.data.versions import use_archived_tables

        use_archived_tables(Path(archive))
    else:
        raise UsageError(
            "--tables and --clinic-tables exclude each other",
            remedy="an archive holds the clinic's own rows of its day",
        )
    try:
        return run()
    finally:
        use_clinic_tables(None)


def make_parser(program: str, description: str) -> argparse.ArgumentParser:
    """Return a parser whose errors are `UsageError`s and whose options are never abbreviated."""
    import argparse

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise UsageError(message, remedy=f"see `{self.prog} --help`")

    return Parser(prog=program, description=f"{description}. {BANNER}", allow_abbrev=False)


def _overview() -> str:
    lines = [BANNER, "", "usage: thecal COMMAND ...", ""]
    lines += [f"  {verb:<10} {what}" for verb, what in VERBS.items()]
    return "\n".join([*lines, "", "`thecal COMMAND --help` tells more."])
