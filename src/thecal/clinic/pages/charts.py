"""The charts of a patient, the program as a strip, and the findings of the review."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, patient_page
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.own.reports import diary_plots
from thecal.clinic.patient.courses import courses
from thecal.clinic.patient.overview import earlier_findings, standing_findings
from thecal.report.courses import plots_of
from thecal.report.figure import Figure
from thecal.report.figure_front import draw_front
from thecal.report.strip import program_strip

_FRONTS = 3
"""Of the last primes and bridges."""


@patient_page("read patients")
def charts(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show doses, scores, delivered ratios, volume and the drug front."""
    content: dict[str, object] = {"chart": chart, "tab": "charts"}
    therapy, simulation = chart.therapy, chart.simulation(clock.now())
    if therapy is not None and simulation is not None:
        trace = courses(chart.folded).trace_to(simulation.end)
        assert trace is not None
        content["plots"] = (*plots_of(therapy, trace, simulation), *diary_plots(chart))
        fronts = trace.fronts[-_FRONTS:]
        content["fronts"] = [drawn(draw_front(therapy, run)) for run in reversed(fronts)]
    return render(request, "clinic/charts.html", content)


@patient_page("read patients")
def program(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show the program that is in the pump as a strip of 24 hours and as a table."""
    content: dict[str, object] = {"chart": chart, "tab": "program"}
    change = courses(chart.folded).program
    if chart.therapy is not None and change is not None:
        figure, table = program_strip(chart.therapy, change)
        content |= {"figure": None if figure is None else drawn(figure), "table": table}
        content["refused"] = change.refused
    return render(request, "clinic/program.html", content)


@patient_page("read patients")
def findings(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show the findings of the review: those that stand, and those on what was."""
    review, therapy = courses(chart.folded).review, chart.therapy
    content: dict[str, object] = {"chart": chart, "tab": "findings"}
    if review is not None and therapy is not None:
        content["standing"] = standing_findings(therapy, review)
        content["earlier"] = earlier_findings(therapy, review)
    return render(request, "clinic/findings_page.html", content)


def drawn(figure: Figure) -> dict[str, object]:
    """Return a figure for a template; the drawing is our own, with every text in it escaped."""
    return {
        "name": figure.name,
        "title": figure.title,
        "caption": figure.caption,
        "svg": figure.canvas.inline(),
        "tables": figure.tables,
    }


urlpatterns = [
    path("<uuid:patient>/charts/", charts, name="charts"),
    path("<uuid:patient>/program/now/", program, name="program now"),
    path("<uuid:patient>/findings/", findings, name="findings"),
]
