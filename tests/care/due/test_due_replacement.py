"""Every pump with a service life is first told to be replaced between 6 and 12 months before it.

The ends are reckoned here from the rows of `pumps.csv` alone, not by the code that reads them.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from fnmatch import fnmatch
from fractions import Fraction
from importlib.resources import files

import pytest

from builders import MORPHINE, Chart
from thecal.care.due import due_items, knowledge_of
from thecal.care.refill_interval.interval import PLAN, RUNNING, replacement
from thecal.device import pump_model
from thecal.therapy.simulation import simulate

FIRST = date(2026, 3, 2)
YEAR, HALF, WHOLE = Fraction("365.25"), 182, 366
NO_FIGURE = {"synchromed-el-10", "synchromed-el-18"}


def _rows() -> list[dict[str, str]]:
    text = files("thecal.data").joinpath("pumps.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


ROWS = _rows()
MODELS = sorted({one["model"] for one in ROWS if "*" not in one["model"]})


def figure(model: str, name: str) -> Fraction | None:
    fitting = (one for one in ROWS if fnmatch(model, one["model"]) and one["parameter"] == name)
    first = next((one for one in fitting if one["rank"] == "1"), None)
    return None if first is None else Fraction(first["value"])


WITH_AGE = [one for one in MODELS if figure(one, "battery-shut-off")]
WITH_CHARGE = [one for one in WITH_AGE if figure(one, "battery-flow-a")]


def noticed(model: str, dose: str, **record: object) -> bool:
    """Whether a replacement is on the list on the day of this fill."""
    chart = Chart(pump=model, pump_table=record).start(MORPHINE, "morphine", dose, volume="18 mL")
    therapy = chart.therapy()
    known = knowledge_of(simulate(therapy))
    return "replacement" in {one.rule for one in due_items(known, therapy.events[-1].time)}


def by_age(model: str, left: int) -> bool:
    life = figure(model, "battery-shut-off")
    assert life is not None
    begun = FIRST - timedelta(days=int(life * YEAR) - left)
    return noticed(model, "1 mg/d", implanted=begun)


def by_charge(model: str, left: int) -> bool:
    """A pump of three years at 1.2 mL a day, of whose charge as much is gone as leaves so long."""
    to_end = figure(model, "replacement-indicator-to-end")
    assert to_end is not None
    used = 1 - (left - to_end) * cost_of_a_day(model, Fraction("1.2"), to_end)
    record = {"implanted": FIRST - timedelta(days=3 * 365), "battery_used": f"{float(used):.6f}"}
    return noticed(model, "12 mg/d", **record)


def cost_of_a_day(model: str, flow: Fraction, to_end: Fraction) -> Fraction:
    """Return the part of the charge that a day takes: a line through the points of the table."""
    points = []
    for one in "ab":
        at, life = figure(model, f"battery-flow-{one}"), figure(model, f"battery-life-{one}")
        if at is not None and life is not None:
            points.append((at, 1 / (life * YEAR - to_end)))
    (low, cheap), *more = points
    if not more:
        return cheap * flow / low
    ((high, dear),) = more
    return cheap + (dear - cheap) * (flow - low) / (high - low)


@pytest.mark.inventory("S2.13", "W25")
@pytest.mark.parametrize("model", WITH_AGE)
def test_by_age_it_is_told_between_six_and_twelve_months_ahead(model: str) -> None:
    assert not by_age(model, WHOLE)
    assert by_age(model, HALF)
    assert by_age(model, 91)


@pytest.mark.inventory("S2.13", "W25")
@pytest.mark.parametrize("model", WITH_CHARGE)
def test_by_its_charge_it_is_told_between_six_and_twelve_months_ahead(model: str) -> None:
    assert not by_charge(model, WHOLE)
    assert by_charge(model, HALF)
    assert by_charge(model, 91)


def test_the_only_batteries_without_a_date_are_those_of_which_no_figure_is_on_record() -> None:
    """Of the older SynchroMed EL no life was found: its outlook says so and guesses none."""
    driven = {one for one in MODELS if one.startswith(("synchromed", "prometra", "medstream"))}
    assert driven - set(WITH_AGE) == NO_FIGURE
    for model in sorted(NO_FIGURE):
        chart = Chart(pump=model).start(MORPHINE, "morphine", "1 mg/d", volume="10 mL")
        outlook = simulate(chart.therapy()).battery
        assert outlook.end is None
        assert "no figure" in outlook.not_checked[0]


@pytest.mark.inventory("S2.13")
@pytest.mark.parametrize("model", WITH_AGE + sorted(NO_FIGURE))
def test_an_elective_replacement_is_planned_between_six_and_twelve_months_ahead(model: str) -> None:
    """The planner of intervals knows an end for pumps without own figures too: of all pumps."""
    ends = replacement(pump_model(model), date(2020, 1, 1), date(2020, 1, 2)).ends_on

    def state(left: int) -> str:
        today = ends - timedelta(days=left)
        return replacement(pump_model(model), date(2020, 1, 1), today).state

    assert state(WHOLE) == RUNNING
    assert state(HALF) == PLAN
