"""`thecal design CASE --therapy FILE`: reviewed schedules from a diary, and their acceptance.

Nothing is sent. `--accept` prints one event, and only where every line of its proposal was typed
again.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thecal.lab.design.advise import Design
    from thecal.lab.design.reviewed import Reviewed


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", type=Path, metavar="CASE", help="diary and limits, as TOML")
    parser.add_argument(
        "--therapy", type=Path, required=True, metavar="FILE", help="the therapy that runs"
    )
    parser.add_argument("--plain", action="store_true", help="without the effect site")
    parser.add_argument("--draws", type=int, metavar="N", help="from the priors of the body")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the draws")
    parser.add_argument(
        "--accept",
        type=Path,
        metavar="LINES",
        help="a text file: the id of a proposal, then each of its lines typed again",
    )
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


def run(options: argparse.Namespace) -> int:
    """Design and print; 3 where everything is refused, 4 where the review asks something.

    Raises
    ------
    ThecalError
        If a file cannot be read, no therapy runs, or a line of an acceptance differs.
    """
    from thecal.care.case_file import read_case_file
    from thecal.care.design.reader import TOPIC
    from thecal.cli.advise_output import advice_json, advice_text
    from thecal.cli.review import EXIT_CODES
    from thecal.errors import UsageError
    from thecal.lab.design.advise import design
    from thecal.safety.finding import verdict_of
    from thecal.therapy.file_reader import read_therapy_file

    if options.draws is not None and options.draws < 2:
        raise UsageError("a band needs two draws or more", place="--draws")
    if options.seed < 0:
        raise UsageError("a seed is not below zero", place="--seed")
    found = design(
        read_case_file(options.file, TOPIC),
        read_therapy_file(options.therapy),
        with_body=not options.plain,
        draws=options.draws,
        seed=options.seed,
    )
    if options.accept is not None:
        return _accept(found, options.accept)
    advice = found.advice
    print(advice_json(advice) if options.json else advice_text(advice))
    return EXIT_CODES[verdict_of(advice.findings)]


def _accept(found: Design, file: Path) -> int:
    """Print the event of the proposal that was typed again, and return what its review says."""
    from thecal.care.design.acceptance import accept
    from thecal.cli.review import EXIT_CODES
    from thecal.errors import AcceptanceError
    from thecal.therapy.events import Program
    from thecal.therapy.file_reader import read_bytes
    from thecal.therapy.file_writer import write_event

    text = read_bytes(file).decode("utf-8", errors="replace")
    typed = [line for line in text.splitlines() if line.strip()]
    named = typed[0].strip() if typed else ""
    chosen: Reviewed | None = next(
        (one for one in found.proposals if one.proposal.id == named), None
    )
    if chosen is None:
        known = ", ".join(one.proposal.id for one in found.proposals)
        raise AcceptanceError(
            f"{named[:40]!r} is the id of no proposal for this case and this therapy",
            remedy=f"the first line has to be one of {known}" if known else "there is none",
            place=file.name,
        )
    program = accept(chosen.proposal, named, typed[1:])
    print(f"# proposal {named}, accepted line by line; nothing was sent")
    print(write_event(Program(time=found.at, program=program)))
    return EXIT_CODES[chosen.verdict]
