"""The sums of the report are those of the run, exactly."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from page_reading import read_page
from report_cases import RICH, Case, make_case

from thecal.pharmacy import both_units
from thecal.program.clock import SECONDS_PER_DAY
from thecal.program.delivery import Purpose
from thecal.report.buckets import Buckets, DoseBook, masses_by_purpose
from thecal.report.trace import trace_therapy
from thecal.therapy.file_reader import read_therapy
from thecal.units import Mass


@pytest.mark.parametrize("name", ["rich", "emptied", "long"])
def test_doses_per_day_add_up_to_what_was_delivered(
    name: str, request: pytest.FixtureRequest
) -> None:
    case: Case = request.getfixturevalue(name)
    trace = trace_therapy(case.therapy, case.result.end)
    for drug, by_purpose in case.result.delivered_by_purpose.items():
        doses = trace.doses.doses(drug)
        for purpose, mass in by_purpose.items():
            none = Mass.zero()
            days = sum((day.get(purpose, none).base for day in doses.values()), Fraction(0))
            assert days == mass.base


def test_doses_per_program_add_up_to_what_was_delivered(rich: Case) -> None:
    trace = trace_therapy(rich.therapy, rich.result.end)
    for drug, books in rich.result.balance.items():
        total = sum(
            mass.base
            for run in trace.runs.values()
            for mass in masses_by_purpose(run.volumes, drug).values()
        )
        assert total == books.delivered.base


def test_full_day_of_a_continuous_program_is_its_daily_dose(rich: Case) -> None:
    trace = trace_therapy(rich.therapy, rich.result.end)
    doses = trace.doses.doses("morphine")
    assert doses[5] == {Purpose.THERAPY: Mass.of("1.25", "mg")}
    assert doses[16][Purpose.PATIENT_BOLUS] == Mass.of("0.1", "mg")


def test_bolus_over_midnight_belongs_to_both_days() -> None:
    text = RICH.replace("T21:58:00", "T23:58:00")
    therapy = make_trace(text)
    doses = therapy.doses("morphine")
    assert doses[16][Purpose.PATIENT_BOLUS] == Mass.of("0.07", "mg")
    assert doses[17][Purpose.PATIENT_BOLUS] == Mass.of("0.03", "mg")


def make_trace(text: str) -> DoseBook:
    therapy = read_therapy(text.encode(), "rich.toml")
    return trace_therapy(therapy, therapy.instant(therapy.events[-1].time)).doses


def test_presses_per_day_add_up(rich: Case) -> None:
    trace = trace_therapy(rich.therapy, rich.result.end)
    log = rich.result.presses
    assert (log.requested, log.granted, log.denied) == (3, 2, 1)
    assert sum(day.granted for day in trace.presses.values()) == log.granted
    assert sum(day.denied for day in trace.presses.values()) == log.denied
    assert "the lockout has not passed (1)" in rich.html


@pytest.mark.parametrize("name", ["rich", "emptied", "long"])
def test_mass_balance_shows_the_books_of_the_run(name: str, request: pytest.FixtureRequest) -> None:
    case: Case = request.getfixturevalue(name)
    shown = read_page(case.html).shown
    for drug, books in case.result.balance.items():
        for book in ("filled", "withdrawn", "reservoir", "line", "delivered", "unaccounted"):
            assert both_units(drug, getattr(books, book), digits=8) in shown
        parts = (
            books.withdrawn.base
            + books.reservoir.base
            + books.line.base
            + books.delivered.base
            + books.unaccounted.base
        )
        assert books.filled.base == parts
    row = case.html.split("difference (exact)</th>")[1].split("</tr>")[0]
    assert row.count("<td>0\u00a0mg (0\u00a0mcg)</td>") == len(case.result.balance)


def test_four_numbers_stand_side_by_side(rich: Case) -> None:
    table = rich.html.split("<caption>Four numbers for every dose</caption>")[1].split("</table>")[
        0
    ]
    for word in ("Ordered", "Programmed", "Achievable", "Delivered"):
        assert f'<th scope="col">{word}' in table


def test_spans_widen_so_that_bars_stay_few() -> None:
    start = Fraction(20_000 * SECONDS_PER_DAY + 36_000)
    for days, width in ((1, 1), (198, 1), (220, 7), (1500, 28), (20_000, 364), (200_000, 1092)):
        buckets = Buckets.over(start, start + days * SECONDS_PER_DAY)
        assert buckets.days == width
        assert buckets.count <= 200
        assert buckets.start(0) <= start < buckets.start(1)
        assert buckets.index(start + days * SECONDS_PER_DAY) == buckets.count - 1


def test_report_of_a_run_without_any_delivery(tmp_path: Path) -> None:
    only_fill = RICH.split("[[events]]\ntime = 2026-03-02T10:05:00")[0]
    case = make_case(only_fill, tmp_path, days=3)
    page = read_page(case.html)
    assert page.faults == []
    assert "The file holds no program." in page.shown
    assert "not within this run" in page.shown
