"""`thecal paper KIND THERAPY`: letters, forms and sheets from a therapy at a time."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from thecal.care.document import LANGUAGES
from thecal.cli.main import DONE
from thecal.cli.overwrite import add_overwrite

if TYPE_CHECKING:
    from datetime import date, datetime

    from thecal.care.papers import ClinicContact, PaperDetails
    from thecal.therapy.events import Therapy

CLINIC_SCHEMA = "thecal.clinic/1"
_ONLY_FOR = {
    "leaves": "travel",
    "returns": "travel",
    "destination": "travel",
    "discharge": "inpatient",
    "died": "death",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    from thecal.care.papers.kinds import PAPERS

    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "kinds:\n" + "\n".join(
        f"  {name:<10} {paper.summary}" for name, paper in PAPERS.items()
    )
    parser.add_argument("kind", metavar="KIND", help="one of the kinds below")
    parser.add_argument("file", type=Path, metavar="FILE", help="a therapy file (TOML)")
    parser.add_argument(
        "--at", metavar="TIME", help="the time of the paper (pump clock); else the last event"
    )
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="of the paper")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write it there: .pdf or .html")
    parser.add_argument(
        "--clinic", type=Path, metavar="FILE", help="names and telephone numbers of the clinic"
    )
    parser.add_argument("--name", metavar="TEXT", help="the patient's name")
    parser.add_argument("--leaves", metavar="DATE", help="travel: the day of leaving")
    parser.add_argument("--returns", metavar="DATE", help="travel: the day of return")
    parser.add_argument("--destination", metavar="TEXT", help="travel: where to")
    parser.add_argument("--discharge", metavar="DATE", help="inpatient: the expected last day")
    parser.add_argument("--died", metavar="TIME", help="death: when (pump clock)")
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    add_overwrite(parser)


def run(options: argparse.Namespace) -> int:
    """Make one paper and print it, or write it to `--out`.

    Raises
    ------
    ThecalError
        If the kind is unknown, a file cannot be read, or the paper cannot be written.
    """
    from thecal.care.papers import PAPERS, record_at
    from thecal.cli.paper_output import ENDINGS, print_paper, write_paper
    from thecal.errors import UsageError
    from thecal.therapy.file_reader import read_therapy_file

    if options.kind not in PAPERS:
        raise UsageError(f'"{options.kind}" is no paper', remedy="use one of " + ", ".join(PAPERS))
    for name, kind in _ONLY_FOR.items():
        if getattr(options, name) is not None and options.kind != kind:
            raise UsageError(f"--{name} says nothing about {options.kind}", remedy="leave it out")
    if options.out is None and options.overwrite:
        raise UsageError("--overwrite belongs to --out", remedy="add --out FILE, or leave it out")
    if options.out is not None and options.out.suffix not in ENDINGS:
        raise UsageError(
            f"{options.out.name} is neither a PDF nor an HTML page",
            remedy="end its name in " + " or ".join(ENDINGS),
        )
    therapy = read_therapy_file(options.file)
    at = _moment(options.at, therapy)
    record = record_at(
        therapy,
        None if at is None else therapy.instant(at),
        contact=_contact(options.clinic),
        patient_name=options.name,
    )
    document = PAPERS[options.kind].make(record, _details(options, therapy))
    if options.out is None:
        print_paper(document, options)
    else:
        write_paper(document, record.status.at, options)
    return DONE


def _details(options: argparse.Namespace, therapy: Therapy) -> PaperDetails:
    from thecal.care.papers import Journey, PaperDetails

    leaves, returns = (_date(options, name) for name in ("leaves", "returns"))
    return PaperDetails(
        journey=Journey(leaves, returns, options.destination),
        discharge=_date(options, "discharge"),
        died=_moment(options.died, therapy),
    )


def _contact(path: Path | None) -> ClinicContact | None:
    if path is None:
        return None
    from thecal.care.papers import ClinicContact
    from thecal.therapy.file_reader import read_bytes, read_toml

    table = read_toml(read_bytes(path), path.name)
    table.take_choice("schema", (CLINIC_SCHEMA,))
    return ClinicContact.read(table)


def _moment(text: str | None, therapy: Therapy) -> datetime | None:
    from thecal.therapy.file_reader import parse_moment

    return None if text is None else parse_moment(text, therapy.utc_offset)


def _date(options: argparse.Namespace, name: str) -> date | None:
    from datetime import date

    from thecal.errors import UsageError

    text = getattr(options, name)
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f'--{name}: "{text}" is no date', remedy="write it as 2026-08-20"
        ) from None
