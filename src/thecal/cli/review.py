"""`thecal review FILE`: the verdict on a therapy file, with reasons."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from thecal.cli.main import DONE, OVERRIDE_NEEDED, REFUSED
from thecal.cli.review_output import review_json, review_text
from thecal.errors import ThecalError, UsageError
from thecal.safety.catalogue import check_ids
from thecal.safety.finding import Verdict
from thecal.therapy.events import Override, Therapy
from thecal.therapy.file_reader import read_therapy_file
from thecal.therapy.review import TherapyReview, review_therapy

EXIT_CODES = {
    Verdict.ACCEPTED: DONE,
    Verdict.OVERRIDE_NEEDED: OVERRIDE_NEEDED,
    Verdict.REFUSED: REFUSED,
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_review_options(parser)


def add_review_options(parser: argparse.ArgumentParser) -> None:
    """Declare what every command that reviews a file takes."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a therapy file (TOML)")
    parser.add_argument(
        "--override",
        action="append",
        default=[],
        metavar='"K4: reason"',
        help="answer one check's soft findings with a reason; may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="answer as JSON")


def run(options: argparse.Namespace) -> int:
    """Review the file and answer with the verdict's exit code."""
    overrides = read_overrides(options.override)
    therapy = read_therapy_file(options.file)
    answer = judge(therapy, overrides, options.file.name)
    print_review(answer, options, therapy_file=options.file.name)
    return EXIT_CODES[answer.verdict]


def judge(therapy: Therapy, overrides: tuple[Override, ...], file: str) -> TherapyReview:
    """Return the review of a file; an error then names the file."""
    try:
        return review_therapy(therapy, overrides)
    except ThecalError as error:
        raise error.at(file) from None


def print_review(answer: TherapyReview, options: argparse.Namespace, *, therapy_file: str) -> None:
    """Print a review as JSON or for people."""
    if options.json:
        print(json.dumps(review_json(answer), indent=1))
    else:
        print(review_text(answer, therapy_file))


def read_overrides(texts: list[str]) -> tuple[Override, ...]:
    """Return the answers of `--override "K4: reason"`; raises `UsageError`."""
    answers = []
    for text in texts:
        check, colon, reason = text.partition(":")
        check, reason = check.strip(), reason.strip()
        if not colon or not reason:
            raise UsageError(
                f'--override "{text}" gives no reason', remedy='write --override "K4: the reason"'
            )
        if check not in check_ids():
            raise UsageError(
                f'--override: "{check}" is no check', remedy="see `thecal catalogue checks`"
            )
        answers.append(Override(check, reason, "command line"))
    return tuple(answers)
