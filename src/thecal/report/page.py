"""Putting the page together: sections, figures, and the template that lays them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal import BANNER, __version__
from thecal.body.course import BodyCourse
from thecal.report.body_section import body_part
from thecal.report.changes import program_changes
from thecal.report.events_table import events_table
from thecal.report.figure import Figure
from thecal.report.figure_boluses import draw_boluses
from thecal.report.figure_doses import draw_doses
from thecal.report.figure_front import draw_front
from thecal.report.figure_reservoir import draw_reservoir
from thecal.report.findings import finding_groups, standing
from thecal.report.outcome import (
    alarms_table,
    balance_table,
    care_table,
    dates_table,
    dry_lines,
    line_table,
    purposes_table,
    refused_table,
)
from thecal.report.programs import four_numbers, program_parts
from thecal.report.sources import constants_table, sources_table
from thecal.report.summary import glance, hardware_tables, patient_table
from thecal.report.trace import trace_therapy
from thecal.report.words import clean
from thecal.therapy.events import Therapy
from thecal.therapy.review import TherapyReview
from thecal.therapy.simulation import Progress, Simulation

_MOST_FRONTS = 40


@final
@dataclass(frozen=True, slots=True)
class Page:
    """The finished page and the figures in it, in their order."""

    html: str
    figures: tuple[Figure, ...]


def build_page(
    therapy: Therapy,
    answer: TherapyReview,
    result: Simulation,
    *,
    file_name: str,
    as_recorded: bool,
    progress: Progress | None = None,
    body: BodyCourse | None = None,
) -> Page:
    """Return the page of one run; the same run gives the same page."""
    trace = trace_therapy(therapy, result.end, progress)
    reviews = {program.event: program for program in answer.programs}
    changes = [one for one in program_changes(therapy) if one.index in reviews]
    programs = program_parts(therapy, changes, reviews, trace)
    reservoir = draw_reservoir(result, trace)
    doses = [draw_doses(result, trace, drug_id) for drug_id in result.balance]
    boluses = draw_boluses(result, trace)
    fronts = [draw_front(therapy, run) for run in trace.fronts[:_MOST_FRONTS]]
    section = body_part(therapy, body) if body is not None else None
    figures = (
        reservoir,
        *doses,
        *([boluses] if boluses is not None else []),
        *(part.figure for part in programs if part.figure is not None),
        *fronts,
        *(section.figures if section is not None else ()),
    )
    html = render(
        "report.html",
        banner=BANNER,
        version=__version__,
        file_name=file_name,
        as_recorded=as_recorded,
        verdict=answer.verdict.value,
        standing=standing(answer, as_recorded=as_recorded),
        patient_id=therapy.patient.id,
        glance=glance(result, answer, trace),
        patient=patient_table(therapy),
        hardware=hardware_tables(therapy, trace),
        groups=finding_groups(therapy, answer),
        programs=programs,
        four_numbers=four_numbers(therapy, changes, reviews, trace),
        reservoir=reservoir,
        doses=doses,
        boluses=boluses,
        fronts=fronts,
        fronts_left_out=len(trace.fronts) - len(fronts),
        dates=dates_table(result),
        care=care_table(result),
        alarms=alarms_table(result),
        dry=dry_lines(result, trace),
        balance=balance_table(result),
        purposes=purposes_table(result),
        line=line_table(result),
        refused=refused_table(result),
        events=events_table(therapy, result.end),
        constants=constants_table(therapy, trace),
        sources=sources_table(answer),
        body=section,
        numbers={figure.name: index for index, figure in enumerate(figures, start=1)},
    )
    return Page(html, figures)


def render(template: str, **content: object) -> str:
    """Return a template of this package with its content, every text of which is escaped."""
    # Imported here: only a report needs it, and every other command starts without it.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("thecal.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=clean,
    )
    return environment.get_template(template).render(**content)
