"""`thecal simulate FILE`: review first, then run the therapy on its virtual pump."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import AbstractContextManager, nullcontext
from fractions import Fraction
from pathlib import Path
from typing import Any

from thecal.cli.main import DONE
from thecal.cli.review import EXIT_CODES, add_review_options, print_review, read_overrides
from thecal.cli.simulate_output import simulation_json, simulation_text
from thecal.errors import BadFileError, UsageError
from thecal.program.clock import Instant
from thecal.safety.finding import Verdict
from thecal.therapy.events import Therapy
from thecal.therapy.file_reader import parse_moment, read_therapy_file
from thecal.therapy.review import TherapyReview, review_therapy
from thecal.therapy.simulation import Simulation, simulate
from thecal.units import Duration, parse_quantity

_LATEST = Fraction(253_370_764_800)  # the year 9999: calendar times end there


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_review_options(parser)
    until = parser.add_mutually_exclusive_group()
    until.add_argument("--until", metavar="TIME", help="end at this time (pump clock)")
    until.add_argument(
        "--for", dest="duration", metavar='"30 d"', help="end this long after the first event"
    )
    parser.add_argument(
        "--as-recorded",
        action="store_true",
        help="replay what did happen, whatever the findings",
    )
    parser.add_argument("--report", type=Path, metavar="DIR", help="write an HTML report there")
    parser.add_argument(
        "--deliveries", type=Path, metavar="FILE.csv", help="write each delivery as a row"
    )


def run(options: argparse.Namespace) -> int:
    """Review, then replay; refused files write nothing and answer as `review` does."""
    overrides = read_overrides(options.override)
    therapy = read_therapy_file(options.file)
    until = _end(options, therapy)
    answer = review_therapy(therapy, overrides)
    if answer.verdict is not Verdict.ACCEPTED and not options.as_recorded:
        print_review(answer, options, therapy_file=options.file.name)
        return EXIT_CODES[answer.verdict]
    result = _replay(options, therapy, until)
    if options.report is not None:
        _report(options, therapy, answer, result)
    if options.json:
        print(json.dumps(simulation_json(result, answer), indent=1))
    else:
        print(simulation_text(result, answer, options.file.name))
    return DONE


def _end(options: argparse.Namespace, therapy: Therapy) -> Instant | None:
    start = therapy.instant(therapy.events[0].time)
    end: Instant | None = None
    if options.until is not None:
        end = therapy.instant(parse_moment(options.until, therapy.utc_offset))
        if end < start:
            raise UsageError(
                f'--until "{options.until}" lies before the first event',
                remedy=f"the first event is at {therapy.moment(start).isoformat()}",
            )
    elif options.duration is not None:
        end = start + parse_quantity(options.duration, Duration).base
        if end > _LATEST:
            raise UsageError(
                f'--for "{options.duration}" ends after the year 9999', remedy="choose less"
            )
    return end


def _replay(options: argparse.Namespace, therapy: Therapy, until: Instant | None) -> Simulation:
    with _progress(therapy, until) as progress:
        if options.deliveries is None:
            return simulate(therapy, until=until, progress=progress)
        from thecal.cli.deliveries import DeliveriesFile

        with DeliveriesFile(options.deliveries, therapy) as rows:
            return simulate(therapy, until=until, sink=rows.sink, progress=progress)


def _progress(therapy: Therapy, until: Instant | None) -> AbstractContextManager[Any]:
    """Return a progress bar on a terminal; elsewhere nothing is shown."""
    if not sys.stderr.isatty():
        return nullcontext(None)
    from thecal.cli.progress import ProgressBar

    start = therapy.instant(therapy.events[0].time)
    last = therapy.instant(therapy.events[-1].time) if until is None else until
    return ProgressBar(Fraction(last - start))


def _report(
    options: argparse.Namespace, therapy: Therapy, answer: TherapyReview, result: Simulation
) -> None:
    from thecal.report import write_report

    try:
        write_report(
            therapy,
            answer,
            result,
            options.report,
            file_name=options.file.name,
            as_recorded=options.as_recorded,
        )
    except OSError as error:
        raise BadFileError(
            f"the report cannot be written: {error.strerror or error}",
            remedy="choose another --report",
            place=str(options.report),
        ) from None
