"""The page of a bench run: every point of the figures stands in a table, and nothing else does."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path

import pytest
from page_reading import SVG, check_inside, check_numbers, read_page

from thecal.device import pump_model
from thecal.errors import BadFileError
from thecal.pump.bench import Bench, BenchOrder, run_bench
from thecal.report.bench_page import build_bench_page, write_bench_page
from thecal.report.bench_words import run_lines, trumpet_table
from thecal.units import Concentration, Duration, Volume, VolumeRate, show_percent

CASES = {
    "pulsed": BenchOrder(pump_model("prometra-ii-20"), VolumeRate.of(250, "uL/d")),
    "slow": BenchOrder(
        pump_model("prometra-ii-20"), VolumeRate.of(48, "uL/d"), gain=Fraction("1.03")
    ),
    "fast": BenchOrder(pump_model("prometra-ii-40"), VolumeRate.of("28.8", "mL/d")),
    "constant": BenchOrder(pump_model("isomed-20-05")),
    "assumed": BenchOrder(
        pump_model("synchromed-ii-40"), VolumeRate.of(1, "mL/d"), Volume.of(2, "uL")
    ),
    "short": BenchOrder(
        pump_model("prometra-20"), VolumeRate.of(1, "mL/d"), duration=Duration.of(10, "min")
    ),
}
DRUG = (Concentration.of(10, "mg/mL"), "mg")


@pytest.fixture(scope="module", params=CASES)
def bench(request: pytest.FixtureRequest) -> Bench:
    return run_bench(CASES[request.param])


def test_page_is_well_formed_and_stands_alone(bench: Bench) -> None:
    page = build_bench_page(bench, DRUG)
    reading = read_page(page.html)
    assert reading.faults == []
    check_numbers(reading.shown)
    assert "default-src 'none'" in page.html
    assert not re.search(r"(?:src|href)=\"(?!#)", page.html)
    assert "not for patient care" in reading.shown
    ids = [tag.attributes["id"] for tag in reading.tags if "id" in tag.attributes]
    assert len(ids) == len(set(ids))


def test_nothing_of_a_figure_reaches_over_its_edge(bench: Bench, tmp_path: Path) -> None:
    for file in write_bench_page(bench, tmp_path)[1:]:
        check_inside(file)


def test_points_of_the_trumpet_stand_at_their_errors(tmp_path: Path) -> None:
    bench = run_bench(CASES["pulsed"])
    write_bench_page(bench, tmp_path)
    root = ET.fromstring((tmp_path / "figure-trumpet.svg").read_bytes())  # noqa: S314
    places = [(float(c.get("cx", "")), float(c.get("cy", ""))) for c in root.iter(f"{SVG}circle")]
    assert len(places) == 2 * len(bench.windows)
    texts = {t.text: float(t.get("y", "")) - 4 for t in root.iter(f"{SVG}text")}
    zero, twenty = texts["0"], texts["20"]
    errors = [w.running.least for w in bench.windows] + [w.running.most for w in bench.windows]
    for (_, y), error in zip(places, errors, strict=True):
        assert y == pytest.approx(zero + (twenty - zero) * float(error) * 5, abs=0.02)
    across = [x for x, _ in places[: len(bench.windows)]]
    assert across == sorted(across)
    assert across == [x for x, _ in places[len(bench.windows) :]]


def test_table_twin_holds_every_error_of_the_trumpet(bench: Bench) -> None:
    page = build_bench_page(bench)
    table = page.figures[0].tables[0]
    assert table == trumpet_table(bench)
    assert len(table.rows) == len(bench.windows)
    for row, window in zip(table.rows, bench.windows, strict=True):
        assert row[1:5] == tuple(
            show_percent(error)
            for one in (window.running, window.from_start)
            for error in (one.least, one.most)
        )


def test_table_twin_of_the_start_up_has_a_row_for_each_sample() -> None:
    bench = run_bench(CASES["pulsed"])
    figure = build_bench_page(bench).figures[1]
    assert len(figure.tables[0].rows) == len(bench.start_up) == 48


def test_a_run_shorter_than_a_sample_has_no_start_up_curve() -> None:
    page = build_bench_page(run_bench(CASES["short"]))
    assert [figure.name for figure in page.figures] == ["figure-trumpet"]


def test_figures_follow_the_reader_and_print(tmp_path: Path) -> None:
    bench = run_bench(CASES["pulsed"])
    html = build_bench_page(bench).html
    assert "prefers-color-scheme: dark" in html
    assert "@media print" in html
    write_bench_page(bench, tmp_path)
    for file in tmp_path.glob("*.svg"):
        text = file.read_text("utf-8")
        assert "prefers-color-scheme: dark" in text
        assert not re.search(r"#[0-9a-f]{6}", text.split("</style>")[1])


def test_assumed_and_recalled_strokes_are_told_apart() -> None:
    assumed = dict(run_lines(run_bench(CASES["assumed"])))["one stroke"]
    recalled = dict(run_lines(run_bench(CASES["pulsed"])))["one stroke"]
    assert "assumed" in assumed
    assert "unverified (recalled)" in recalled


def test_a_gain_outside_the_band_is_said() -> None:
    order = BenchOrder(pump_model("prometra-20"), VolumeRate.of(1, "mL/d"), gain=Fraction("1.2"))
    assert "OUTSIDE" in dict(run_lines(run_bench(order)))["stated accuracy"]
    assert "inside" in dict(run_lines(run_bench(CASES["slow"])))["stated accuracy"]


def test_same_run_gives_same_bytes(tmp_path: Path) -> None:
    bench = run_bench(CASES["slow"])
    first, second = (write_bench_page(bench, tmp_path / name) for name in "ab")
    assert [a.read_bytes() for a in first] == [b.read_bytes() for b in second]


def test_a_file_in_place_of_the_folder_is_refused_and_kept(tmp_path: Path) -> None:
    place = tmp_path / "out"
    place.write_text("mine")
    with pytest.raises(BadFileError, match="file where the folder should be"):
        write_bench_page(run_bench(CASES["slow"]), place)
    assert place.read_text() == "mine"
