"""`thecal advise TOPIC FILE`: what the clinical rules say of a case, with reasons and sources.

Only the names of the topics live here at start-up; a rule is imported when it is asked.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Literal, NamedTuple

from thecal.care.document import LANGUAGES
from thecal.cli.main import REFUSED
from thecal.cli.overwrite import add_overwrite

if TYPE_CHECKING:
    from thecal.care.advice import Advice


class Topic(NamedTuple):
    """A rule that can be asked: what it answers, and the module that reads and judges the case.

    The module has `advise(case: Table) -> Advice`, which reads the table of its topic to the end;
    a topic that `reads` a therapy file has `advise_therapy(therapy, at) -> Advice`. One from which
    letters, orders or sheets follow also has `documents(case: Table) -> tuple[Document, ...]`, or
    `documents_therapy(therapy, at)`, each document of its own kind.
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
    parser.add_argument(
        "--documents", type=Path, metavar="DIR", help="write its letters, orders and sheets there"
    )
    parser.add_argument(
        "--language", choices=LANGUAGES, help="of the documents; both without this option"
    )
    add_overwrite(parser)


def run(options: argparse.Namespace) -> int:
    """Read the case, judge it, print the answer; 3 where it holds a refusal, 4 an open question.

    Raises
    ------
    ThecalError
        If the topic is unknown, the file cannot be read or lacks what the rule needs, or the
        documents cannot be had or written.
    """
    from thecal.cli.advise_output import advice_json, advice_text
    from thecal.cli.review import EXIT_CODES
    from thecal.errors import UsageError
    from thecal.safety.finding import verdict_of

    topic = TOPICS.get(options.topic)
    if topic is None:
        raise UsageError(f'"{options.topic}" is no topic', remedy="use one of " + ", ".join(TOPICS))
    if topic.reads != "therapy" and options.at is not None:
        raise UsageError(f"--at says nothing about {options.topic}", remedy="leave it out")
    module = import_module(topic.module)
    ending = "_therapy" if topic.reads == "therapy" else ""
    _check_options(options, module, f"documents{ending}")
    advice: Advice = getattr(module, f"advise{ending}")(*_asked(topic, options))
    code = EXIT_CODES[verdict_of(advice.findings)]
    written: list[Path] | None = None
    if options.documents is not None:
        from thecal.cli.advise_documents import write_documents_of

        # A table is read to the end once; the documents read one of their own.
        documents = getattr(module, f"documents{ending}")
        # What follows from a refusal is not printed; a page of the record as it stands always is.
        withheld = code == REFUSED and topic.reads == "case"
        made = () if withheld else documents(*_asked(topic, options))
        written = write_documents_of(advice, made, options)
    print(advice_json(advice, written) if options.json else advice_text(advice, written or ()))
    return code


def _asked(topic: Topic, options: argparse.Namespace) -> tuple[object, ...]:
    """Return what the rules are asked about: the table of a case, or a therapy and a time."""
    if topic.reads != "therapy":
        from thecal.care.case_file import read_case_file

        return (read_case_file(options.file, options.topic),)
    from thecal.therapy.file_reader import parse_moment, read_therapy_file

    therapy = read_therapy_file(options.file)
    if options.at is None:
        return therapy, None
    return therapy, therapy.instant(parse_moment(options.at, therapy.utc_offset))


def _check_options(options: argparse.Namespace, module: ModuleType, hook: str) -> None:
    from thecal.errors import UsageError

    if options.documents is None:
        if options.language is not None or options.overwrite:
            raise UsageError(
                "--language and --overwrite belong to --documents",
                remedy="add --documents DIR, or leave them out",
            )
    elif not hasattr(module, hook):
        raise UsageError(f'"{options.topic}" has no documents', remedy="leave --documents out")
