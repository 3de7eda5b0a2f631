"""Two therapies side by side: what differs comes first, and A and B never rest on colour."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from body_builder import LEVELS, STAND_IN, make_body
from body_reading import Drawing, cells_of
from page_reading import check_inside, check_numbers, read_page
from report_cases import HOSTILE, RICH

from thecal.errors import BadFileError
from thecal.report.compare import Side, write_comparison
from thecal.report.compare_keys import change_words
from thecal.report.compare_side import elapsed_words
from thecal.therapy.file_reader import read_therapy
from thecal.therapy.review import review_therapy
from thecal.therapy.simulation import simulate

CONTINUOUS = RICH
OTHER = (
    RICH.replace('tip = "T10"', 'tip = "L2"')
    .replace('bridge = { daily_dose = "1.4 mg/d" }', "")
    .replace('daily_dose = "1.25 mg/d"\npatient', 'daily_dose = "1 mg/d"\npatient')
)
PLAIN = RICH.split("[[events]]\ntime = 2026-03-05T11:00:00")[0]
"""One fill, one prime, one continuous program."""


def side_of(text: str, name: str, days: int, **more: object) -> Side:
    therapy = read_therapy(text.encode(), name)
    start = therapy.instant(therapy.events[0].time)
    result = simulate(therapy, until=start + days * 86400)
    more = {"doses": {"morphine": 3.0}, **more}
    body = make_body(start, days * 24.0, **more)
    return Side(name, therapy, review_therapy(therapy), result, body, as_recorded=True)


@pytest.fixture(scope="module")
def sides() -> tuple[Side, Side]:
    first = side_of(CONTINUOUS, "continuous.toml", 60, doses={"morphine": 3.0, "bupivacaine": 6.0})
    second = side_of(
        OTHER,
        "bolus.toml",
        50,
        doses={"morphine": 3.0, "hydromorphone": 0.5},
        tip="L2",
        bolus_every=6.0,
        stand_ins=(STAND_IN,),
    )
    return first, second


@pytest.fixture(scope="module")
def folder(sides: tuple[Side, Side], tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("compare")
    write_comparison(*sides, place)
    return place


@pytest.fixture(scope="module")
def html(folder: Path) -> str:
    return (folder / "compare.html").read_text("utf-8")


def figures_of(folder: Path) -> list[Path]:
    return sorted(folder.glob("figure-compare-*.svg"))


def test_only_what_differs_is_told_and_it_comes_first(html: str) -> None:
    rows = {row[0]: row[1:] for row in cells_of(html, "What differs")[1:]}
    assert rows["tip of the catheter"][:2] == ["T10", "L2"]
    assert rows["program 1, morphine in the fullest 24 hours"] == [
        "1.25\u00a0mg/day (1,250\u00a0mcg/day)",
        "1\u00a0mg/day (1,000\u00a0mcg/day)",
        "-20\u00a0%",
    ]
    assert rows["program 3, bridge first"][1] == "none"
    assert rows["program 3, bridge first"][0].startswith("morphine 1.4\u00a0mg/day")
    assert rows["verdict of the review"][:2] == ["accepted", "refused"]
    assert rows["finding K26 (hard)"][0] == "not raised"
    assert rows["length of the run"][:2] == ["60\u00a0days", "50\u00a0days"]
    assert not {"pump", "catheter", "weight", "fill 1, solution", "program 1, mode"} & set(rows)
    assert all(first != second for first, second, *_ in rows.values())
    assert html.index("What differs</h2>") < html.index("Key figures</h2>") < html.index("<svg")


def test_a_therapy_beside_itself_differs_in_nothing(tmp_path: Path) -> None:
    side = side_of(PLAIN, "plain.toml", 10)
    write_comparison(side, side, tmp_path)
    html = (tmp_path / "compare.html").read_text("utf-8")
    assert "The two files order the same" in html
    assert "<caption>What differs" not in html
    told = {row[-1] for row in cells_of(html, "Morphine in the last 24 hours")[1:]}
    assert told == {"the same"}
    ratio = Drawing.of(tmp_path / "figure-compare-heat-morphine-whole.svg")
    assert ratio.paths("d4")
    assert not [one for kind in (0, 1, 2, 3, 5, 6, 7, 8) for one in ratio.paths(f"d{kind}")]


def test_a_bolus_program_beside_a_continuous_one_shows_its_steps_and_boluses(
    tmp_path: Path,
) -> None:
    flex = PLAIN.replace(
        'mode = "continuous"\ndaily_dose = "1.25 mg/d"',
        'mode = "flex"\ndaily_dose = "1 mg/d"\n'
        'steps = [{ days = "daily", start = "07:00", duration = "1 h", dose = "0.25 mg" }]',
    )
    write_comparison(side_of(PLAIN, "a", 5), side_of(flex, "b", 5), tmp_path)
    html = (tmp_path / "compare.html").read_text("utf-8")
    rows = {row[0]: row[1:] for row in cells_of(html, "What differs")[1:]}
    assert rows["program 1, mode"][:2] == [
        "continuous, primary morphine",
        "flex, primary morphine",
    ]
    assert rows["program 1, steps"][0] == "none"
    assert rows["program 1, steps"][1].startswith("every day 07:00")


def test_key_figures_are_those_of_the_last_day(sides: tuple[Side, Side], html: str) -> None:
    rows = {row[0]: row[1:] for row in cells_of(html, "Morphine in the last 24 hours")[1:]}
    window = sides[1].body.windows[1]
    day = window.times >= window.times[-1] - 24
    course = window.drugs["morphine"]
    band = course.csf_at["L2"]
    first, second, change = rows["CSF at the tip (A: T10, B: L2), mean, mcg/mL"]
    words = [float(word) for word in re.findall(r"[\d.]+", second)]
    means = [float(end[day].mean()) for end in (band.value, band.low, band.high)]
    assert words == pytest.approx(means, rel=6e-3)
    assert first == "3 (1.5 to 6)"
    expected = 100 * (means[0] / 3 - 1)
    assert float(change.split("\u00a0")[0]) == pytest.approx(expected, abs=0.1)
    row = LEVELS.index("L2")
    swing = course.csf_peak[day, row].max() / course.csf[day, row].min()
    told = rows["CSF at the tip (A: T10, B: L2), peak to trough"]
    assert told[0] == "1"
    assert float(told[1]) == pytest.approx(swing, rel=6e-3)
    # A stopped on day 54; B gave its fullest background to the end.
    assert rows["delivered in 24 hours"][0].startswith("0\u00a0mg/day")
    effects = cells_of(html, "Effects at the end")
    assert [row[0] for row in effects[1:]] == [
        "Pain, NRS (0-10), hypothesis",
        "Arterial carbon dioxide (mmHg)",
    ]


def test_daily_dose_counts_the_last_24_hours_only(tmp_path: Path) -> None:
    more = PLAIN.replace('daily_dose = "1.25 mg/d"', 'daily_dose = "1.5 mg/d"')
    write_comparison(side_of(PLAIN, "a", 10), side_of(more, "b", 10), tmp_path)
    html = (tmp_path / "compare.html").read_text("utf-8")
    rows = {row[0]: row[1:] for row in cells_of(html, "Morphine in the last 24 hours")[1:]}
    assert rows["delivered in 24 hours"] == [
        "1.25\u00a0mg/day (1,250\u00a0mcg/day)",
        "1.5\u00a0mg/day (1,500\u00a0mcg/day)",
        "+20\u00a0%",
    ]


def test_change_is_told_against_a() -> None:
    assert change_words(None, None) == ""
    assert change_words(Fraction(2), Fraction(1)) == "-50\u00a0%"
    assert change_words(Fraction(0), Fraction(1)) == "from nothing"
    assert change_words(Fraction(1), None) == "only in A"
    assert change_words(None, Fraction(1)) == "only in B"
    assert change_words(Fraction(1), Fraction(1)) == "the same"
    assert change_words(Fraction(1), Fraction(10001, 10000)) == "under 0.1\u00a0% apart"


def test_drugs_of_one_side_only_are_told_and_drawn_alone(folder: Path, html: str) -> None:
    page = read_page(html)
    assert "Bupivacaine reaches the body only in A." in page.shown
    assert "Hydromorphone reaches the body only in B." in page.shown
    alone = Drawing.of(folder / "figure-compare-heat-hydromorphone-whole.svg")
    assert "No hydromorphone reaches the body in A." in alone.words
    assert "None of it reaches the body in A." in alone.description
    assert len(alone.frames()) == 1
    assert "B over A" not in alone.words
    courses = Drawing.of(folder / "figure-compare-courses-bupivacaine-whole.svg")
    assert "B has none of this." in courses.words
    rows = cells_of(html, "Hydromorphone in the last 24 hours")[2:]
    assert {row[1] for row in rows} == {"none in the body"}
    assert {row[-1] for row in rows} == {"only in B"}


def test_maps_share_axis_and_colours_and_the_ratio_lies_below(
    sides: tuple[Side, Side], folder: Path
) -> None:
    drawing = Drawing.of(folder / "figure-compare-heat-morphine-last.svg")
    a, b, ratio = drawing.frames()
    assert a[0] < a[1] < b[0] < b[1] < ratio[0]
    assert drawing.words.count("logarithmic, ") == 1
    assert a[1] - a[0] == b[1] - b[0]
    assert "A: continuous.toml" in drawing.words
    assert "B: bolus.toml" in drawing.words
    # Twelve hours before the end at T4, A holds several times what B does.
    middle = (sides[0].body.level_tops[10] + 1.15) / sides[0].body.length
    x = 66 + 600 * 0.75
    kinds = [
        drawing.class_at(x, top + middle * (bottom - top), prefix)[0]
        for (top, bottom), prefix in ((a, "k"), (b, "k"), (ratio, "d"))
    ]
    assert kinds[0] > kinds[1] > 0
    assert kinds[2] < 4


def test_the_shorter_run_ends_where_it_ends(folder: Path, html: str) -> None:
    drawing = Drawing.of(folder / "figure-compare-heat-morphine-whole.svg")
    a, b, ratio = drawing.frames()
    after = 66 + 600 * 55 / 60
    assert drawing.class_at(after, sum(a) / 2)
    assert not drawing.class_at(after, sum(b) / 2)
    assert not drawing.class_at(after, sum(ratio) / 2, "d")
    rows = cells_of(html, "CSF concentration of morphine, mcg/mL, the highest within the column,")
    assert rows[0][-2:] == ["A, 60\u00a0days", "B, 60\u00a0days"]
    assert {row[-1] for row in rows[1:]} == {"not run"}


def test_letters_lines_and_hatches_tell_a_from_b_without_colour(folder: Path) -> None:
    for path in figures_of(folder):
        drawing = Drawing.of(path)
        check_inside(path)
        assert re.search(r"\bA\b", drawing.words), path.name
        assert re.search(r"\bB\b", drawing.words), path.name
        if "heat" in path.name:
            continue
        assert "A, solid: continuous.toml" in drawing.words
        assert "B, dashed: bolus.toml" in drawing.words
        if "bupivacaine" not in path.name:
            assert "dashed" in drawing.classes()
            assert "bandhatch" in drawing.classes()


def test_courses_of_both_are_in_one_plot_and_in_one_table(
    sides: tuple[Side, Side], folder: Path, html: str
) -> None:
    drawing = Drawing.of(folder / "figure-compare-courses-morphine-last.svg")
    assert "T10 (tip of A), mcg/mL" in drawing.words
    assert "L2 (tip of B), mcg/mL" in drawing.words
    assert "B has no band at T10 (tip of A)." in drawing.words
    solid, dashed = drawing.courses("line1"), drawing.courses("dashed")
    sites = ["C5", "T6", "T10", "L2"]
    assert len(solid) == len(dashed) == len(sites) + 1
    for lines, side in ((solid, sides[0]), (dashed, sides[1])):
        window = side.body.windows[1]
        for (part, values), site in zip(lines[1:], sites, strict=True):
            value = window.drugs["morphine"].csf[:, LEVELS.index(site)]
            drawn = np.interp(np.linspace(0, 1, len(value)), part, values)
            assert np.allclose(drawn, value, atol=0.02 * max(2 * value.max(), 1))
    head, *rows = cells_of(
        html, "Morphine in the CSF at chosen levels, A and B, the end of each run: central values"
    )
    assert head[7:9] == ["A, T10 (tip of A), mcg/mL", "B, T10 (tip of A), mcg/mL"]
    assert rows[-1][0] == "the end"
    value = sides[1].body.windows[1].drugs["morphine"].csf[-1, LEVELS.index("T10")]
    assert float(rows[-1][8]) == pytest.approx(value, rel=6e-3)
    _, *ranges = cells_of(
        html,
        "Morphine in the CSF at chosen levels, A and B, the end of each run: 5th to 95th"
        " percentile of B",
    )
    band = sides[1].body.windows[1].drugs["morphine"].csf_at["L2"]
    assert ranges[-1][4] == "no band"
    told = [float(word) for word in ranges[-1][5].split(" to ")]
    assert told == pytest.approx([band.low[-1], band.high[-1]], rel=6e-3)


def test_every_figure_is_a_model_and_hypotheses_and_stand_ins_are_named(
    folder: Path, html: str
) -> None:
    for path in figures_of(folder):
        drawing = Drawing.of(path)
        assert "model, not measurement" in drawing.words
        assert "model, not measurement" in drawing.description
        rests = "hydromorphone" in path.name or "effect" in path.name
        assert ("hydromorphone has no human intrathecal figure" in drawing.words) is rests
        assert ("hydromorphone has no human intrathecal figure" in drawing.description) is rests
    pain = Drawing.of(folder / "figure-compare-effect-pain.svg")
    assert "hypothesis: no human figure" in pain.words
    assert ["hydromorphone", "CSF clearance", "morphine"] in cells_of(html, "Figures that stand in")


def test_page_is_sound_and_safe(folder: Path, html: str) -> None:
    page = read_page(html)
    assert page.faults == []
    check_numbers(page.shown)
    assert "<script>" not in html
    assert HOSTILE in page.all("bdi")[1].text
    assert not page.all("script")
    ids = [tag.attributes["id"] for tag in page.tags if tag.attributes.get("id")]
    assert len(ids) == len(set(ids))
    targets = {(tag.attributes["href"] or "")[1:] for tag in page.all("a")}
    assert targets <= set(ids)
    assert len(page.all("figure")) == len(figures_of(folder))
    assert len(page.all("caption")) == len(page.all("table"))
    charts = re.findall(r"<figure>.*?</figure>\s*(<details[^>]*>.*?<table)?", html, re.S)
    assert all(charts)
    assert "not for patient care" in page.all("p")[0].text


def test_file_names_cannot_become_part_of_a_figure(tmp_path: Path) -> None:
    name = '"><script>alert(1)</script>' + "x" * 60
    side = side_of(PLAIN, name, 3, draws=0)
    write_comparison(side, side_of(PLAIN, "b.toml", 3), tmp_path)
    for path in figures_of(tmp_path):
        check_inside(path)
        drawing = Drawing.of(path)
        assert "\u2026" in drawing.words
        assert "banda" not in drawing.classes()
    assert "<script>" not in (tmp_path / "compare.html").read_text("utf-8")


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 5), (1, 200), (5, 5)])
def test_runs_of_any_length_stand_beside_each_other(
    tmp_path: Path, first: int, second: int
) -> None:
    files = write_comparison(
        side_of(PLAIN, "a", first), side_of(PLAIN, "b", second, bolus_every=6.0), tmp_path
    )
    page = read_page(files[0].read_text("utf-8"))
    assert page.faults == []
    assert ("or a run has no length" in page.shown) is (first == 0)
    for path in figures_of(tmp_path):
        check_inside(path)


def test_same_sides_give_same_bytes_and_nothing_else_stays(
    sides: tuple[Side, Side], folder: Path, tmp_path: Path
) -> None:
    stale = tmp_path / "figure-compare-heat-gone-whole.svg"
    stale.write_bytes(figures_of(folder)[0].read_bytes())
    files = write_comparison(*sides, tmp_path)
    assert files[0].name == "compare.html"
    assert sorted(files) == sorted(tmp_path.iterdir())
    for path in files:
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


def test_file_in_place_of_the_folder_is_bad_input(sides: tuple[Side, Side], tmp_path: Path) -> None:
    place = tmp_path / "mine"
    place.write_text("mine")
    with pytest.raises(BadFileError, match="file where the folder should be"):
        write_comparison(*sides, place)
    assert place.read_text() == "mine"


def test_elapsed_time_is_told_in_days_and_hours() -> None:
    words = [elapsed_words(hours) for hours in (0, 6, 24, 54, 1440.00001)]
    assert words == [
        w.replace(" ", "\u00a0").replace("_", " ")
        for w in ("0 h", "6 h", "1 day", "2 days_6 h", "60 days")
    ]
