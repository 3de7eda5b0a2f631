"""`thecal advise TOPIC FILE`: what the clinical rules say of a case, with reasons and sources.

Only the names of the topics live here at start-up; a rule is imported when it is asked.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from thecal.care.advice import Advice
    from thecal.program.clock import Instant
    from thecal.therapy.events import Therapy
    from thecal.therapy.table import Table


class Topic(NamedTuple):
    """A rule that can be asked: what it answers, and the module that reads and judges the case.

    The module has `advise(case: Table) -> Advice`, which reads the table of its topic to the end;
    a topic that `reads` a therapy file has `advise_therapy(therapy, at) -> Advice`.
    """

    summary: str
    module: str
    reads: Literal["case", "therapy"] = "case"


TOPICS: Mapping[str, Topic] = MappingProxyType(
    {
        "selection": Topic("who is a candidate, and why", "thecal.care.selection.advise"),
        "comparison": Topic("pump, stimulation or systemic drugs", "thecal.care.comparison.advise"),
        "mme": Topic(
            "morphine equivalents by edition: risk, no dose", "thecal.care.conversion.mme_advice"
        ),
        "conversion": Topic("opioids to an intrathecal start", "thecal.care.conversion.advise"),
        "weaning": Topic("a calendar to lower systemic opioids", "thecal.care.weaning.advise"),
        "microdose": Topic(
            "the next step of a low-dose protocol", "thecal.care.weaning.microdose_advice"
        ),
        "trial": Topic("doses, times, verdict and hand-over", "thecal.care.trial.advise"),
        "drug-choice": Topic("which drugs, and the label", "thecal.care.drug_choice.advise"),
        "titration": Topic("next dose, earliest time, calendar", "thecal.care.titration.advise"),
        "escalation": Topic("rise of a dose over time", "thecal.care.escalation.advise"),
        "program-design": Topic(
            "flex schedules and a patient bolus from a symptom diary", "thecal.care.design.advise"
        ),
        "restart": Topic("the dose after a gap", "thecal.care.cessation.restart_advise"),
        "refill-interval": Topic(
            "how often to refill, when to replace", "thecal.care.refill_interval.advise"
        ),
        "cessation": Topic("how to end a therapy", "thecal.care.cessation.advise"),
        "compounding": Topic(
            "an order for the pump: recipe, two clocks, label", "thecal.care.compounding.advise"
        ),
        "outcomes": Topic("scores, what changed, visits due", "thecal.care.outcomes.advise"),
        "economics": Topic(
            "what a pump costs beside treatment without one", "thecal.lab.economics.advise"
        ),
        "evidence": Topic("references, and whether citations hold", "thecal.care.evidence.advise"),
        "anticoagulants": Topic(
            "hold and restart around a procedure", "thecal.care.anticoagulants.advise"
        ),
        "interactions": Topic(
            "other medicines beside the pump, and what got lost", "thecal.care.interactions.advise"
        ),
        "complications": Topic(
            "published rates beside a clinic's counts", "thecal.care.complications.advise"
        ),
        "emergency": Topic(
            "the one page for an emergency, from the patient's own record (a therapy file)",
            "thecal.care.emergency.advise",
            reads="therapy",
        ),
    }
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "topics:\n" + "\n".join(
        f"  {name:<16} {topic.summary}" for name, topic in TOPICS.items()
    )
    parser.add_argument("topic", metavar="TOPIC", help="one of the topics below")
    parser.add_argument("file", type=Path, metavar="FILE", help="the case, or the therapy, as TOML")
    parser.add_argument(
        "--at", metavar="TIME", help="for a therapy: at this time (pump clock), not its last event"
    )
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


def run(options: argparse.Namespace) -> int:
    """Read the case, judge it, print the answer; 3 where it holds a refusal, 4 an open question.

    Raises
    ------
    ThecalError
        If the topic is unknown, or the file cannot be read or lacks what the rule needs.
    """
    from thecal.cli.advise_output import advice_json, advice_text
    from thecal.cli.review import EXIT_CODES
    from thecal.errors import UsageError
    from thecal.safety.finding import verdict_of

    topic = TOPICS.get(options.topic)
    if topic is None:
        raise UsageError(f'"{options.topic}" is no topic', remedy="use one of " + ", ".join(TOPICS))
    if topic.reads == "therapy":
        advice = _of_therapy(topic, options.file, options.at)
    elif options.at is None:
        advice = _of_case(topic, options.file, options.topic)
    else:
        raise UsageError(f"--at says nothing about {options.topic}", remedy="leave it out")
    print(advice_json(advice) if options.json else advice_text(advice))
    return EXIT_CODES[verdict_of(advice.findings)]


def _of_case(topic: Topic, file: Path, name: str) -> Advice:
    from thecal.care.case_file import read_case_file

    advise: Callable[[Table], Advice] = import_module(topic.module).advise
    return advise(read_case_file(file, name))


def _of_therapy(topic: Topic, file: Path, at: str | None) -> Advice:
    from thecal.therapy.file_reader import parse_moment, read_therapy_file

    advise: Callable[[Therapy, Instant | None], Advice] = import_module(topic.module).advise_therapy
    therapy = read_therapy_file(file)
    if at is None:
        return advise(therapy, None)
    return advise(therapy, therapy.instant(parse_moment(at, therapy.utc_offset)))
