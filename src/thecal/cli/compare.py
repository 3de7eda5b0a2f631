"""`thecal compare A.toml B.toml`: two therapies side by side, with what the body makes of them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from thecal import BANNER
from thecal.cli.body_output import MODEL, stand_in_lines
from thecal.cli.main import DONE
from thecal.cli.review import EXIT_CODES, judge
from thecal.cli.review_output import review_json, review_text
from thecal.cli.simulate import add_run_options, body_of, end_of
from thecal.cli.simulate_output import simulation_json
from thecal.errors import ThecalError, UsageError
from thecal.safety.finding import Verdict
from thecal.therapy.body_course import BodyWatch, shared_levels
from thecal.therapy.file_reader import read_therapy_file
from thecal.therapy.simulation import simulate

if TYPE_CHECKING:
    from thecal.report.compare import Side
    from thecal.report.figure import Table
    from thecal.therapy.events import Therapy
    from thecal.therapy.review import TherapyReview


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("files", type=Path, nargs=2, metavar="FILE", help="A.toml and B.toml")
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    add_run_options(parser)
    parser.add_argument(
        "--report", type=Path, metavar="DIR", help="write compare.html there, with bands"
    )


def run(options: argparse.Namespace) -> int:
    """Review both, run both, and show what differs; a refused one is shown and nothing is run."""
    read = [(path, read_therapy_file(path)) for path in options.files]
    for path, therapy in read:
        try:
            end_of(options, therapy)
        except ThecalError as error:
            raise error.at(path.name) from None
    answers = [judge(therapy, (), path.name) for path, therapy in read]
    verdicts = [answer.verdict for answer in answers]
    for worst in (Verdict.REFUSED, Verdict.OVERRIDE_NEEDED):
        if worst in verdicts and not options.as_recorded:
            _print_reviews(options, answers)
            return EXIT_CODES[worst]
    if options.report is not None and options.report.exists() and not options.report.is_dir():
        raise UsageError(
            f"{options.report} is no folder", remedy="choose another folder", place="--report"
        )
    levels = shared_levels([therapy for _, therapy in read])
    sides = [
        _side(path, therapy, answer, options, levels)
        for (path, therapy), answer in zip(read, answers, strict=True)
    ]
    if options.report is not None:
        from thecal.report.compare import write_comparison

        write_comparison(sides[0], sides[1], options.report)
    _print(options, sides)
    return DONE


def _side(
    path: Path,
    therapy: Therapy,
    answer: TherapyReview,
    options: argparse.Namespace,
    levels: Sequence[str],
) -> Side:
    from thecal.report.compare import Side

    watch = BodyWatch(therapy)
    try:
        result = simulate(therapy, until=end_of(options, therapy), sink=watch)
        body = body_of(result, watch, options, levels)
        if isinstance(body, ThecalError):
            raise body
    except ThecalError as error:
        raise error.at(path.name) from None
    return Side(path.name, therapy, answer, result, body, as_recorded=options.as_recorded)


def _print_reviews(options: argparse.Namespace, answers: Sequence[TherapyReview]) -> None:
    if options.json:
        reviews = {
            letter: review_json(answer) for letter, answer in zip("ab", answers, strict=True)
        }
        print(json.dumps(reviews, indent=1))
        return
    for path, answer in zip(options.files, answers, strict=True):
        print(review_text(answer, path.name))


def _print(options: argparse.Namespace, sides: Sequence[Side]) -> None:
    from thecal.report.compare import comparison_tables

    tables = comparison_tables(sides[0], sides[1])
    if options.json:
        answer = {
            letter: simulation_json(side.result, side.answer, side.body)
            for letter, side in zip("ab", sides, strict=True)
        }
        answer["tables"] = [
            {
                "caption": one.caption,
                "head": list(one.head),
                "rows": [list(row) for row in one.rows],
            }
            for one in tables
        ]
        print(json.dumps(answer, indent=1))
        return
    print(f"{BANNER}\n\nA: {sides[0].file_name}\nB: {sides[1].file_name}\n{MODEL}")
    for one in tables:
        print("\n".join(["", *_lines(one)]))
    borrowed = dict.fromkeys(one for side in sides for one in side.body.stand_ins)
    print("\n".join(["", *stand_in_lines(tuple(borrowed))]).rstrip())
    if options.report is not None:
        print(f"\nwritten: {options.report / 'compare.html'}")


def _lines(table: Table) -> list[str]:
    """Return a table in columns; a cell of several lines is joined by semicolons."""
    rows = [[cell.replace("\n", "; ") for cell in row] for row in (table.head, *table.rows)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.head))]
    return [
        f"{table.caption}:",
        *(
            "  "
            + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ),
    ]
