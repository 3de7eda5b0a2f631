"""`thecal pump program|fill|prime|bolus|resume|set-clock`: nothing refused is ever sent."""

from __future__ import annotations

import argparse
import json
import sys
import time

from thecal.care.order_review import (
    OrderReview,
    review_fill,
    review_order,
    review_prime,
    review_program,
)
from thecal.cli.main import DONE, REFUSED
from thecal.cli.pump_link import add_link_options, session
from thecal.cli.pump_output import program_json, report_json, report_text, side_by_side
from thecal.cli.review import EXIT_CODES, add_review_options, print_review, read_overrides
from thecal.cli.review_output import review_json
from thecal.cli.second_entry import add_second_entry, check_second_entry
from thecal.errors import PumpRefusalError, ThecalError
from thecal.link.errors import LinkBrokenError
from thecal.link.messages import Command, GiveBolus, ResumePump, new_command
from thecal.link.messages import SetClock as SetClockOrder
from thecal.link.programmer import Programmer, UnknownOutcomeError
from thecal.link.pump_report import PumpReport
from thecal.link.visit_orders import FillOrder, PrimeOrder, program_hash
from thecal.safety.finding import Verdict
from thecal.therapy.events import Bolus, Fill, Override, Prime, Program, Resume, SetClock, Therapy
from thecal.therapy.file_reader import read_therapy_file
from thecal.units import Duration, Mass, parse_quantity, show

_LOOKS, _PAUSE = 5, 0.3


def configure(parser: argparse.ArgumentParser, action: str) -> None:
    """Declare the options of one action."""
    add_review_options(parser)
    add_link_options(parser)
    if action == "set-clock":
        parser.add_argument("--reason", required=True, metavar="TEXT", help="why it is set")
    if action == "fill":
        add_second_entry(parser)
    if action == "bolus":
        parser.add_argument("--dose", required=True, metavar='"0.1 mg"', help="the primary drug's")
        parser.add_argument("--duration", required=True, metavar='"5 min"')


def run(options: argparse.Namespace) -> int:
    """Interrogate, review in the situation that was found, send, and say what runs now."""
    overrides = read_overrides(options.override)
    therapy = read_therapy_file(options.file)
    bolus = _bolus(options) if options.action == "bolus" else None
    try:
        return _review_and_send(options, therapy, overrides, bolus)
    except UnknownOutcomeError as error:
        raise LinkBrokenError(
            error.what, why=_what_runs(options, therapy), remedy=error.remedy
        ) from None


def _review_and_send(
    options: argparse.Namespace,
    therapy: Therapy,
    overrides: tuple[Override, ...],
    bolus: tuple[Mass, Duration] | None,
) -> int:
    with session(options) as (programmer, report):
        reviewed = _reviewed(options, therapy, report, overrides, bolus)
        if reviewed.review.verdict is not Verdict.ACCEPTED:
            print_review(reviewed.review, options, therapy_file=options.file.name)
            programmer.close(f"{options.action} was not sent: review")
            return EXIT_CODES[reviewed.review.verdict]
        try:
            after = _send(programmer, report, reviewed)
        except PumpRefusalError as error:
            print(f"thecal: {error}", file=sys.stderr)
            if options.json:
                refused = {"refused": error.what, "review": review_json(reviewed.review)}
                print(json.dumps(refused, indent=1))
            programmer.close(f"{options.action} was refused by the pump")
            return REFUSED
        _print(options, report, after, reviewed)
        programmer.close(_standing(reviewed, after))
    return DONE


def _what_runs(options: argparse.Namespace, therapy: Therapy) -> str:
    """Look, after the link broke, whether the pump did the command; an answer may not come."""
    for _ in range(_LOOKS):
        time.sleep(_PAUSE)  # the pump has to notice first that the link is gone
        try:
            with session(options) as (programmer, report):
                programmer.close("" if report.gives_therapy else "read after the link broke")
            break
        except ThecalError as error:
            trouble = error.what
    else:
        return f"and the pump cannot be read: {trouble}"
    if options.action == "fill":
        return (
            f"the pump was filled {report.fills} times, and counts {show(report.reservoir, 'mL')}"
        )
    if options.action != "program":
        return f"the pump is {report.activity}"
    newest = [one for one in therapy.events if isinstance(one, Program)][-1].program
    new = report.running_hash == program_hash(newest, report.solution)
    return f"the pump runs the {'NEW' if new else 'OLD'} program"


def _bolus(options: argparse.Namespace) -> tuple[Mass, Duration]:
    try:
        dose = parse_quantity(options.dose, Mass)
    except ThecalError as error:
        raise error.at("--dose") from None
    try:
        return dose, parse_quantity(options.duration, Duration)
    except ThecalError as error:
        raise error.at("--duration") from None


def _reviewed(
    options: argparse.Namespace,
    therapy: Therapy,
    report: PumpReport,
    overrides: tuple[Override, ...],
    bolus: tuple[Mass, Duration] | None,
) -> OrderReview:
    try:
        if options.action == "program":
            return review_program(therapy, report, overrides)
        if options.action == "fill":
            reviewed = review_fill(therapy, report, overrides)
            assert isinstance(reviewed.event, Fill)
            check_second_entry(options, reviewed.event)
            return reviewed
        if options.action == "prime":
            return review_prime(therapy, report, overrides)
        if bolus is not None:
            dose, duration = bolus
            return review_order(
                therapy,
                report,
                lambda now: Bolus(time=now, dose=dose, duration=duration),
                overrides,
            )
        if options.action == "set-clock":
            reason = options.reason
            return review_order(
                therapy, report, lambda now: SetClock(time=now, reason=reason), overrides
            )
        return review_order(therapy, report, lambda now: Resume(time=now), overrides)
    except ThecalError as error:
        raise error.at(options.file.name) from None


def _send(programmer: Programmer, report: PumpReport, reviewed: OrderReview) -> PumpReport:
    """Send what was reviewed; the pump takes it only where it stands as the review saw it."""
    event, running = reviewed.event, report.running_hash
    if isinstance(event, Program):
        return programmer.update(event.program, report.solution, running).report
    if isinstance(event, Fill):
        return programmer.fill(_fill_order(event, report), running).report
    if isinstance(event, Prime):
        prime = PrimeOrder(fill=report.fills, kind=event.kind, volume=event.volume)
        return programmer.prime(prime, running).report
    if isinstance(event, SetClock):
        difference = report.clock_difference
        reason = event.reason or ""
        return programmer.command(
            SetClockOrder(command=new_command(), difference=difference, reason=reason)
        ).report
    order: Command = ResumePump(command=new_command(), running_hash=running)
    if isinstance(event, Bolus):
        order = GiveBolus(
            command=new_command(), running_hash=running, dose=event.dose, duration=event.duration
        )
    return programmer.command(order).report


def _fill_order(event: Fill, report: PumpReport) -> FillOrder:
    return FillOrder(
        number=report.fills + 1,
        volume=event.volume,
        mixture=event.mixture,
        programmed_volume=event.programmed_volume,
        aspirated=event.aspirated,
    )


def _standing(reviewed: OrderReview, after: PumpReport) -> str:
    """Return why the pump is left without therapy, where it is: because that was ordered."""
    if after.gives_therapy:
        return ""
    reason = getattr(reviewed.event, "reason", None)
    return reason or f"left {after.activity} by this order"


def _print(
    options: argparse.Namespace, before: PumpReport, after: PumpReport, reviewed: OrderReview
) -> None:
    if options.json:
        answer = {
            "sent": options.action,
            "old": program_json(before.program),
            "new": program_json(after.program),
            "review": review_json(reviewed.review),
            "report": report_json(after),
        }
        print(json.dumps(answer, indent=1))
        return
    print_review(reviewed.review, options, therapy_file=options.file.name)
    if isinstance(reviewed.event, Program):
        print(side_by_side(before.program, reviewed.event.program), end="\n\n")
    print(report_text(after))
