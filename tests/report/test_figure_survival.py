"""The picture of a survival curve and the tables that say the same."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date, timedelta

from thecal.care.survival import DeviceLife, End, survival
from thecal.report.figure_survival import draw_survival

START = date(2020, 1, 1)


def lives(*ends: tuple[int, End]) -> list[DeviceLife]:
    return [
        DeviceLife("pump", "m", START, True, START + timedelta(n), START + timedelta(n), end)
        for n, end in ends
    ]


def test_curve_interval_incidence_and_numbers_at_risk_are_drawn_and_stand_in_the_tables() -> None:
    ends = ((200, End.FAILURE), (500, End.DEATH), (800, End.FAILURE), (1200, End.RUNNING))
    figure = draw_survival("survival-pump", "pumps", survival(lives(*ends)), "a caption")
    drawing = figure.canvas.inline()
    ET.fromstring(drawing)  # noqa: S314
    assert "4 pumps; after 1200 days" in drawing
    assert drawing.count('class="line1"') == 1
    assert 'class="mark dashed o2 empty"' in drawing
    assert drawing.count("url(#survival-pump-p8)") == 3, "an interval holds until it changes"
    assert [table.caption for table in figure.tables] == [
        "Year by year: pumps",
        "Step by step: pumps",
    ]
    assert len(figure.tables[1].rows) == 4


def test_one_life_of_no_days_can_be_drawn() -> None:
    figure = draw_survival("s", "pumps", survival(lives((0, End.RUNNING))), "")
    ET.fromstring(figure.canvas.inline())  # noqa: S314
