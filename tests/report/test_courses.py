"""The courses that a page plots: what was written to the pump, what was found, and the limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from thecal.report.changes import program_changes
from thecal.report.courses import Plot, plots_of
from thecal.report.strip import program_strip
from thecal.report.trace import trace_therapy
from thecal.safety.residual_bands import residual_number
from thecal.therapy.events import Therapy
from thecal.therapy.file_reader import read_therapy, read_therapy_file
from thecal.therapy.simulation import simulate

EXAMPLES = Path(__file__).parents[2] / "examples"
REFILLS = (("2026-05-01", "25.62"), ("2026-06-30", "27.01"), ("2026-08-29", "27.01"))


def drifting() -> Therapy:
    """A pump that gives a seventh too much at every refill: each amber alone, together red."""
    text = (EXAMPLES / "pain_two_drugs.toml").read_text()
    head = text[: text.index("[[events]]")]
    program = (
        '[[events]]\ntime = {day}T10:40:00\ntype = "program"\nprimary = "morphine"\n'
        'mode = "continuous"\ndaily_dose = "0.8 mg/d"\n'
    )
    fill = (
        '[[events]]\ntime = {day}T10:00:00\ntype = "fill"\nvolume = "38 mL"\n{aspirated}'
        'mixture = {{ morphine = "5 mg/mL" }}\n'
    )
    parts = [head, fill.format(day="2026-03-02", aspirated=""), program.format(day="2026-03-02")]
    for day, drawn in REFILLS:
        parts.append(fill.format(day=day, aspirated=f'aspirated = "{drawn} mL"\n'))
    parts.append(
        '[[events]]\ntime = 2026-09-01T09:00:00\ntype = "observe"\nscale = "nrs"\nvalue = 4\n'
    )
    parts.append('[[events]]\ntime = 2026-09-02T09:00:00\ntype = "stop"\nreason = "test"\n')
    return read_therapy("\n".join(parts).encode(), "drifting")


def plots(therapy: Therapy) -> dict[str, Plot]:
    end = therapy.instant(therapy.events[-1].time) + 86400
    now = simulate(therapy, until=end)
    return {plot.id: plot for plot in plots_of(therapy, trace_therapy(therapy, end), now)}


def test_times_ascend_and_every_line_has_a_value_for_each() -> None:
    for file in ("pain_two_drugs.toml", "spasticity_baclofen.toml", "external_pump.toml"):
        for plot in plots(read_therapy_file(EXAMPLES / file)).values():
            assert list(plot.times) == sorted(plot.times), plot.id
            assert all(len(one.values) == len(plot.times) for one in plot.series), plot.id
            assert plot.table.rows, plot.id
            assert plot.claim


def test_a_dose_is_what_was_programmed_and_none_while_the_pump_stands() -> None:
    dose = plots(drifting())["dose-morphine"]
    values = dose.series[0].values
    assert values[1] == pytest.approx(0.8)
    assert values[-1] == 0
    assert dose.unit == "mg/day"
    assert dose.table.rows[1][2:] == ("0.8", "800")
    assert dose.table.rows[-1][1:] == ("stop", "0", "0")


def test_ratios_stand_between_their_limits_and_a_drift_is_flagged() -> None:
    plot = plots(drifting())["residuals"]
    lines = {one.label: one for one in plot.series}
    ratios = lines["delivered ratio"].values
    assert len(ratios) == len(REFILLS)
    assert lines["amber above"].values[0] == pytest.approx(
        float(1 + residual_number("amber-above").value)
    )
    assert lines["red from, below"].values[0] == pytest.approx(
        float(1 - residual_number("red-from").value)
    )
    flagged = lines["flagged by the CUSUM"].values
    assert flagged[0] is None
    assert flagged[-1] == ratios[-1]
    assert [row[-1] for row in plot.table.rows] == [
        "" if one is None else "flagged" for one in flagged
    ]


def test_a_score_in_words_stands_in_the_table_alone() -> None:
    score = plots(drifting())["score-nrs"]
    assert score.series[0].values == (4.0,)
    assert score.table.rows[0][1] == "4"


def test_the_strip_stands_beside_the_program_before() -> None:
    therapy = read_therapy_file(EXAMPLES / "pain_two_drugs.toml")
    figure, table = program_strip(therapy, program_changes(therapy)[-1])
    assert figure is not None
    names = [row[0] for row in table.rows]
    assert {"mode", "morphine, programmed", "morphine, achievable", "steps"} <= set(names)
    continuous, _ = program_strip(therapy, program_changes(therapy)[0])
    assert continuous is not None
    assert "every day" in continuous.canvas.inline()
