"""`thecal simulate FILE`: review first, then run the therapy on its virtual pump."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thecal.cli.main import DONE
from thecal.cli.review import EXIT_CODES, add_review_options, judge, print_review, read_overrides
from thecal.cli.simulate_output import simulation_json, simulation_text
from thecal.errors import BadFileError, ThecalError, UsageError
from thecal.program.clock import LATEST, SECONDS_PER_DAY, Instant
from thecal.program.delivery import Delivery
from thecal.safety.finding import Verdict
from thecal.therapy.body_course import BodyWatch
from thecal.therapy.events import Therapy
from thecal.therapy.file_reader import parse_moment, read_therapy_file
from thecal.therapy.review import TherapyReview
from thecal.therapy.simulation import Simulation, simulate
from thecal.units import Duration, parse_quantity

if TYPE_CHECKING:
    from thecal.body.course import BodyCourse
    from thecal.cli.deliveries import DeliveriesFile

REPORT_DRAWS = 200
"""Draws from the priors for the bands of a report."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_review_options(parser)
    add_run_options(parser)
    parser.add_argument("--report", type=Path, metavar="DIR", help="write an HTML report there")
    parser.add_argument(
        "--deliveries", type=Path, metavar="FILE.csv", help="write each delivery as a row"
    )


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Declare until when a therapy runs, under which findings, and how its body is computed."""
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
    parser.add_argument(
        "--taylor-smear",
        action="store_true",
        help="let the body model smear fronts between solutions in the catheter",
    )


def run(options: argparse.Namespace) -> int:
    """Review, then replay; refused files write nothing and answer as `review` does."""
    overrides = read_overrides(options.override)
    therapy = read_therapy_file(options.file)
    until = end_of(options, therapy)
    answer = judge(therapy, overrides, options.file.name)
    if answer.verdict is not Verdict.ACCEPTED and not options.as_recorded:
        print_review(answer, options, therapy_file=options.file.name)
        return EXIT_CODES[answer.verdict]
    _check_places(options)
    watch = BodyWatch(therapy)
    with _deliveries(options, therapy) as rows:
        result = _replay(options, therapy, until, rows, watch)
        body = body_of(result, watch, options)
        # The deliveries take their place only when the report stands: both, or neither.
        if options.report is not None:
            _report(options, therapy, answer, result, body)
    if options.json:
        print(json.dumps(simulation_json(result, answer, body), indent=1))
    else:
        print(simulation_text(result, answer, options.file.name, body))
    return DONE


def body_of(
    result: Simulation,
    watch: BodyWatch,
    options: argparse.Namespace,
    levels: Sequence[str] = (),
) -> BodyCourse | ThecalError:
    """Return the body of a replay, with bands for a report; or why there is none."""
    draws = 0 if options.report is None else REPORT_DRAWS
    with _parts() as progress:
        try:
            return watch.course(
                result.end,
                levels=levels,
                draws=draws,
                taylor_smear=options.taylor_smear,
                progress=progress,
            )
        except ThecalError as error:
            return error


def _parts() -> AbstractContextManager[Any]:
    """Return a progress bar of parts on a terminal; elsewhere nothing is shown."""
    if not sys.stderr.isatty():
        return nullcontext(None)
    from thecal.cli.progress import ProgressBar

    return ProgressBar(1.0, 0.01, "%", "body")


def end_of(options: argparse.Namespace, therapy: Therapy) -> Instant | None:
    """Return the end asked for, None: the last event; raises `UsageError`."""
    start = therapy.instant(therapy.events[0].time)
    end: Instant | None = None
    if options.until is not None:
        try:
            end = therapy.instant(parse_moment(options.until, therapy.utc_offset))
        except ThecalError as error:
            raise error.at("--until") from None
        if end < start:
            raise UsageError(
                f'--until "{options.until}" lies before the first event',
                remedy=f"the first event is at {therapy.moment(start).isoformat()}",
            )
    elif options.duration is not None:
        try:
            end = start + parse_quantity(options.duration, Duration).base
        except ThecalError as error:
            raise error.at("--for") from None
        if end > LATEST:
            raise UsageError(
                f'--for "{options.duration}" ends after the year 9999', remedy="choose less"
            )
    return end


def _check_places(options: argparse.Namespace) -> None:
    """Refuse places that cannot be written to before anything is written.

    Raises
    ------
    UsageError
        If a place is the therapy file itself, lies under a file, or cannot be looked at.
    """
    try:
        _look_at_places(options)
    except OSError as error:
        raise UsageError(
            f"{error.filename}: {error.strerror}", remedy="choose another --report or --deliveries"
        ) from None


def _look_at_places(options: argparse.Namespace) -> None:
    for name, path in (("--deliveries", options.deliveries), ("--report", options.report)):
        if path is None:
            continue
        if path.exists() and path.samefile(options.file):
            raise UsageError(
                f"{path} is the therapy file itself", remedy="choose another place", place=name
            )
    if options.report is not None:
        for folder in (options.report, *options.report.parents):
            if folder.is_dir():
                break
            if folder.exists() or folder.is_symlink():
                raise UsageError(
                    f"{folder} is no folder", remedy="choose another folder", place="--report"
                )


def _deliveries(
    options: argparse.Namespace, therapy: Therapy
) -> AbstractContextManager[DeliveriesFile | None]:
    if options.deliveries is None:
        return nullcontext(None)
    from thecal.cli.deliveries import DeliveriesFile

    return DeliveriesFile(options.deliveries, therapy)


def _replay(
    options: argparse.Namespace,
    therapy: Therapy,
    until: Instant | None,
    rows: DeliveriesFile | None,
    watch: BodyWatch,
) -> Simulation:
    def sink(delivery: Delivery) -> None:
        watch(delivery)
        if rows is not None:
            rows.sink(delivery)

    with _progress(therapy, until) as progress:
        try:
            return simulate(therapy, until=until, sink=sink, progress=progress)
        except ThecalError as error:
            raise error.at(options.file.name) from None


def _progress(therapy: Therapy, until: Instant | None) -> AbstractContextManager[Any]:
    """Return a progress bar on a terminal; elsewhere nothing is shown."""
    if not sys.stderr.isatty():
        return nullcontext(None)
    from thecal.cli.progress import ProgressBar

    start = therapy.instant(therapy.events[0].time)
    last = therapy.instant(therapy.events[-1].time) if until is None else until
    return ProgressBar(last - start, SECONDS_PER_DAY, "d", "replaying")


def _report(
    options: argparse.Namespace,
    therapy: Therapy,
    answer: TherapyReview,
    result: Simulation,
    body: BodyCourse | ThecalError,
) -> None:
    from thecal.report import write_report

    try:
        with _progress(therapy, result.end) as progress:
            write_report(
                therapy,
                answer,
                result,
                options.report,
                file_name=options.file.name,
                as_recorded=options.as_recorded,
                progress=progress,
                body=None if isinstance(body, ThecalError) else body,
            )
    except OSError as error:
        raise BadFileError(
            f"the report cannot be written: {error.strerror or error}",
            remedy="choose another --report",
            place=f"--report {options.report}",
        ) from None
