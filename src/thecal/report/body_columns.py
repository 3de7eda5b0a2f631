"""From a course to the columns of a heat map: the highest concentration within each."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from thecal.body.course import BodyCourse, DrugCourse, FloatArray, Window
from thecal.report.body_units import STEPS

MOST_COLUMNS = 200


def drawable(body: BodyCourse) -> list[Window]:
    """Return the windows that last at all: those with two times or more."""
    return [window for window in body.windows if len(window.times) > 1]


def column_edges(times: FloatArray) -> FloatArray:
    """Return the edges of at most `MOST_COLUMNS` columns, each of the same number of steps."""
    steps = len(times) - 1
    stride = -(-steps // MOST_COLUMNS)
    places = [*range(0, steps, stride), steps]
    return times[places]


def shared_edges(first: FloatArray, second: FloatArray) -> FloatArray:
    """Return edges over two courses at round hours, none narrower than a step of either."""
    start, end = min(first[0], second[0]), max(first[-1], second[-1])
    step = max(float(np.max(np.diff(times))) for times in (first, second))
    least = max(step, float(end - start) / MOST_COLUMNS)
    width = next((width for width in STEPS if width >= least - 1e-9), STEPS[-1])
    if width < least:
        width *= -(-least // width)
    inner = np.arange(start, end - width * 1e-6, width)
    return np.append(inner, end)


def column_peaks(times: FloatArray, drug: DrugCourse, edges: FloatArray) -> FloatArray:
    """Return the highest CSF concentration within each column.

    Parameters
    ----------
    times
        Hours of the course, shape (times,); a step ends at each of them.
    drug
        Its `csf_peak` is the highest within each step, micrograms per mL.
    edges
        Hours, shape (columns + 1,).

    Returns
    -------
    Shape (columns, levels); NaN in columns that the course does not reach.
    """
    slack = 1e-9 * max(1.0, abs(float(edges[-1])))
    ends = np.searchsorted(times, edges + slack, side="right")
    found = np.full((len(edges) - 1, drug.csf_peak.shape[1]), np.nan)
    for column, (low, high) in enumerate(pairwise(ends)):
        first = 0 if column == 0 and low == 1 else int(low)
        if first < high:
            found[column] = drug.csf_peak[first:high].max(axis=0)
    return found
