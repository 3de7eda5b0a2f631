"""The page of a bench run: what ran, the trumpet, the start-up, and where the figures come from."""

from __future__ import annotations

from pathlib import Path

from thecal import BANNER, __version__
from thecal.pump.bench import Bench
from thecal.report.bench_words import bench_constants_table, dose_table, other_answers, run_lines
from thecal.report.figure import Table
from thecal.report.figure_start_up import draw_start_up
from thecal.report.figure_trumpet import draw_trumpet
from thecal.report.page import Page, render
from thecal.report.write import check_folder, write_page
from thecal.units import Concentration

PAGE = "bench.html"


def build_bench_page(bench: Bench, drug: tuple[Concentration, str] | None = None) -> Page:
    """Return the page of a run; `drug` is a concentration and the unit of mass to show it in."""
    figures = (draw_trumpet(bench), *((draw_start_up(bench),) if bench.start_up else ()))
    html = render(
        "bench.html",
        banner=BANNER,
        version=__version__,
        model=bench.order.model.name,
        run=Table("Pump, setting and outcome", ("Name", "figure"), tuple(run_lines(bench))),
        figures=figures,
        doses=None if drug is None else dose_table(bench, *drug),
        other=other_answers(bench),
        constants=bench_constants_table(),
        numbers={figure.name: index for index, figure in enumerate(figures, start=1)},
    )
    return Page(html, figures)


def write_bench_page(
    bench: Bench, folder: Path, drug: tuple[Concentration, str] | None = None
) -> list[Path]:
    """Write `bench.html` and its figures into `folder`, whole or not at all.

    Returns
    -------
    The files written, the page first.

    Raises
    ------
    BadFileError
        If the folder cannot be written to, or a file stands in its place.
    """
    check_folder(folder, PAGE)
    return write_page(build_bench_page(bench, drug), folder, PAGE)
