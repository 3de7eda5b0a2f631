"""Writing a comparison: two therapies on one page, with its figures."""

from __future__ import annotations

from pathlib import Path

from thecal.report.compare_differences import differences_table
from thecal.report.compare_keys import key_figures_tables
from thecal.report.compare_page import build_comparison
from thecal.report.compare_side import Pair, Side
from thecal.report.figure import Table
from thecal.report.write import check_folder, write_page

PAGE = "compare.html"

__all__ = ["PAGE", "Side", "comparison_tables", "write_comparison"]


def comparison_tables(a: Side, b: Side) -> list[Table]:
    """Return what differs, and the key figures side by side, as the page has them."""
    pair = Pair(a, b)
    return [differences_table(pair), *key_figures_tables(pair)]


def write_comparison(a: Side, b: Side, folder: Path) -> list[Path]:
    """Write `compare.html` and its figures as SVG files into `folder`.

    Written as a report is: whole or not at all.

    Parameters
    ----------
    a, b
        The therapies; percentages and the ratio map say how B stands against A.
    folder
        Is created where it is missing.

    Returns
    -------
    The files written, the page first.

    Raises
    ------
    BadFileError
        If the folder cannot be written to, or a file stands in its place.
    """
    check_folder(folder, PAGE)
    return write_page(build_comparison(Pair(a, b)), folder, PAGE)
