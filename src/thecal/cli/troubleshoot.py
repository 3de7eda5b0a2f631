"""`thecal troubleshoot FILE`: what may be wrong with a therapy, ranked, with the reasons."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import replace

from thecal.care.troubleshoot_answer import answer
from thecal.care.troubleshoot_case import read_case
from thecal.cli.main import DONE, OVERRIDE_NEEDED, REFUSED
from thecal.cli.review import add_review_options, read_overrides
from thecal.cli.troubleshoot_output import trouble_json, trouble_text
from thecal.safety.finding import Answer, Finding, Severity
from thecal.therapy.file_reader import read_bytes, read_with_bedside


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_review_options(parser)


def run(options: argparse.Namespace) -> int:
    """Rank the causes; refuse a planned test that the rule of the access port forbids."""
    overrides = {one.check: one for one in read_overrides(options.override)}
    name = options.file.name
    therapy, bedside = read_with_bedside(read_bytes(options.file), name)
    found = answer(read_case(therapy, bedside, name))
    refusals = tuple(
        replace(one, answer=Answer(overrides[one.check].reason, overrides[one.check].by))
        if one.severity is Severity.SOFT and one.check in overrides
        else one
        for one in found.refusals
    )
    found = replace(found, refusals=refusals)
    if options.json:
        print(json.dumps(trouble_json(found), indent=1))
    else:
        print(trouble_text(found, name))
    return _exit_code(refusals)


def _exit_code(refusals: Iterable[Finding]) -> int:
    open_ones = [one.severity for one in refusals if one.answer is None]
    if Severity.HARD in open_ones:
        return REFUSED
    return OVERRIDE_NEEDED if Severity.SOFT in open_ones else DONE
