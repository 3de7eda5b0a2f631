"""The body in the report: a model that says so, its band, its stand-ins, and a table for all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from body_builder import (
    HEIGHTS,
    HYPOTHESIS,
    LENGTH,
    LEVELS,
    OF_ALL,
    OF_PAIN,
    STAND_IN,
    TOPS,
    make_body,
)
from body_reading import Drawing, cells_of
from page_reading import check_inside, check_numbers, read_page
from report_cases import Case

from thecal.body.course import Band, BodyCourse
from thecal.report import write_report
from thecal.report.axes import LEFT, PLOT
from thecal.report.body_columns import column_edges
from thecal.report.body_scale import ConcentrationScale

DOSES = {"morphine": 3.0, "hydromorphone": 0.0004}


def body_of(case: Case, hours: float = 60 * 24, **more: object) -> BodyCourse:
    start = case.therapy.instant(case.therapy.events[0].time)
    more = {"doses": DOSES, "bolus_every": 6.0, "stand_ins": (STAND_IN,), **more}
    return make_body(start, hours, **more)


def write(case: Case, folder: Path, body: BodyCourse | None) -> list[Path]:
    return write_report(
        case.therapy,
        case.answer,
        case.result,
        folder,
        file_name="rich.toml",
        as_recorded=True,
        body=body,
    )


@pytest.fixture(scope="module")
def folder(rich: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("body")
    write(rich, place, body_of(rich, moves=((700.0, "T8"),)))
    return place


@pytest.fixture(scope="module")
def html(folder: Path) -> str:
    return (folder / "report.html").read_text("utf-8")


def figures_of(folder: Path) -> list[Path]:
    return sorted(folder.glob("figure-body-*.svg"))


def test_without_a_body_the_report_says_nothing_of_it(rich: Case, tmp_path: Path) -> None:
    files = write(rich, tmp_path, None)
    for first, second in zip(rich.files, files, strict=True):
        assert first.read_bytes() == second.read_bytes()
    assert "model, not measurement" not in rich.html


def test_every_drug_has_maps_courses_and_plasma_and_every_effect_its_figure(folder: Path) -> None:
    names = {path.stem.removeprefix("figure-body-") for path in figures_of(folder)}
    of_drugs = {
        f"{kind}-{drug}-{window}"
        for kind in ("heat", "courses")
        for drug in DOSES
        for window in ("whole", "last")
    }
    assert names == of_drugs | {f"plasma-{d}" for d in DOSES} | {
        "effect-pain",
        "effect-ventilation",
    }


def test_same_body_gives_same_bytes(rich: Case, folder: Path, tmp_path: Path) -> None:
    for path in write(rich, tmp_path, body_of(rich, moves=((700.0, "T8"),))):
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


def test_every_figure_says_on_the_drawing_that_it_is_a_model(folder: Path, html: str) -> None:
    for path in figures_of(folder):
        drawing = Drawing.of(path)
        assert "model, not measurement" in drawing.words, path.name
        assert "model, not measurement" in drawing.description, path.name
        check_inside(path)
    captions = [tag.text for tag in read_page(html).all("figcaption")]
    assert sum("A model, not measurement." in text for text in captions) == len(figures_of(folder))


def test_what_is_hypothesis_says_so_on_the_plot_and_only_there(folder: Path) -> None:
    pain = Drawing.of(folder / "figure-body-effect-pain.svg")
    assert f"hypothesis: {HYPOTHESIS}" in pain.words
    assert f"Hypothesis: {HYPOTHESIS}" in pain.description
    breath = Drawing.of(folder / "figure-body-effect-ventilation.svg")
    assert "ypothesis" not in breath.words + breath.description


def test_stand_ins_are_named_in_every_figure_that_rests_on_them(folder: Path, html: str) -> None:
    words = "hydromorphone has no human intrathecal figure of its own for CSF clearance;"
    captions = {
        tag.text.split(". ")[1]: tag.text for tag in read_page(html).all("figcaption") if tag.text
    }
    for path in figures_of(folder):
        drawing = Drawing.of(path)
        rests = "-morphine" not in path.name
        assert (words in drawing.words) is rests, path.name
        assert (f"{words} that of morphine is used." in drawing.description) is rests, path.name
        title = drawing.root.findtext("{http://www.w3.org/2000/svg}title") or ""
        assert (words in captions[title]) is rests
    assert ["hydromorphone", "CSF clearance", "morphine"] in cells_of(html, "Figures that stand in")


def test_stand_ins_of_an_effect_are_named_at_that_effect_only(rich: Case, tmp_path: Path) -> None:
    write(rich, tmp_path, body_of(rich, stand_ins=(STAND_IN, OF_PAIN, OF_ALL)))
    pain = Drawing.of(tmp_path / "figure-body-effect-pain.svg").description
    assert "for CSF clearance, EC50 of pain; that of morphine is used." in pain
    assert "the model has no human intrathecal figure of its own for Hill of pain;" in pain
    assert "that of spasticity legs is used." in pain
    for name in ("effect-ventilation", "heat-hydromorphone-whole"):
        other = Drawing.of(tmp_path / f"figure-body-{name}.svg").description
        assert "for CSF clearance; that of morphine is used." in other
        assert "of pain" not in other


def test_heat_map_and_its_table_say_the_same(rich: Case, folder: Path, html: str) -> None:
    body = body_of(rich)
    drawing = Drawing.of(folder / "figure-body-heat-morphine-last.svg")
    ((top, bottom),) = drawing.frames()
    window = body.windows[1]
    highest = max(float(w.drugs["morphine"].csf_peak.max()) for w in body.windows)
    cells = np.concatenate([w.drugs["morphine"].csf_peak.ravel() for w in body.windows])
    scale = ConcentrationScale.over(highest, float(np.quantile(cells[cells > 0], 0.1)))
    assert f"logarithmic, {scale.decades} decades" in drawing.words
    head, *rows = cells_of(html, "CSF concentration of morphine, the last")
    assert head[0] == "Level"
    assert head[-1] == "1 May 2026, 10:00"
    assert [row[0] for row in rows] == list(LEVELS)
    edges = column_edges(window.times)
    ends = {when_words(rich, body, edge): place for place, edge in enumerate(edges[1:])}
    for row, (tops, height) in zip(rows, zip(TOPS, HEIGHTS, strict=True), strict=True):
        y = top + (tops + height / 2) / LENGTH * (bottom - top)
        for name, cell in zip(head[1:], row[1:], strict=True):
            place = ends[name]
            middle = (edges[place] + edges[place + 1]) / 2
            x = LEFT + PLOT * (middle - edges[0]) / (edges[-1] - edges[0])
            (kind,) = drawing.class_at(x, y)
            value = float(cell.replace(",", ""))
            assert value <= scale.edges[kind] * 1.01
            assert kind == 0 or value >= scale.edges[kind - 1] * 0.99


def when_words(case: Case, body: BodyCourse, hours: float) -> str:
    moment = case.therapy.moment(body.start + round(hours * 3600))
    return f"{moment.day} {moment.strftime('%B %Y, %H:%M')}"


def test_rows_of_the_map_are_as_long_as_the_levels(folder: Path) -> None:
    drawing = Drawing.of(folder / "figure-body-heat-morphine-whole.svg")
    ((top, bottom),) = drawing.frames()
    per_cm = (bottom - top) / LENGTH
    for level in ("C5", "T6", "L2"):
        place = LEVELS.index(level)
        (text,) = [t for t in drawing.root.iter() if t.text == level and t.get("x") == "60"]
        middle = top + (TOPS[place] + HEIGHTS[place] / 2) * per_cm
        assert float(text.get("y", "0")) - 4 == pytest.approx(middle, abs=0.1)


def test_tip_is_marked_and_so_is_its_move(folder: Path) -> None:
    whole = Drawing.of(folder / "figure-body-heat-morphine-whole.svg")
    assert "tip T10 \u25b8" in whole.words
    assert "tip T8" in whole.words
    assert len([one for one in whole.root.iter() if one.get("class") == "tip"]) == 2
    assert "tip T8 \u25b8" in Drawing.of(folder / "figure-body-heat-morphine-last.svg").words
    courses = Drawing.of(folder / "figure-body-courses-morphine-whole.svg")
    assert "T10 (tip earlier), mcg/mL" in courses.words


def test_one_unit_for_each_figure_that_fits_the_drug(folder: Path) -> None:
    for drug, unit, other in (
        ("morphine", "mcg/mL", "ng/mL"),
        ("hydromorphone", "ng/mL", "mcg/mL"),
    ):
        for kind in ("heat", "courses"):
            words = Drawing.of(folder / f"figure-body-{kind}-{drug}-whole.svg").words
            assert unit in words
            assert other not in words


def test_curves_and_their_table_say_the_same(rich: Case, folder: Path, html: str) -> None:
    body = body_of(rich)
    window = body.windows[1]
    drawing = Drawing.of(folder / "figure-body-courses-morphine-last.svg")
    lines = drawing.courses("line1")
    course = window.drugs["morphine"]
    sites = ("C5", "T6", "T10", "L2")
    bands = [course.cisterna, *(course.csf_at[site] for site in sites)]
    assert len(lines) == len(bands)
    head, *rows = cells_of(html, "Morphine in the CSF at chosen levels, the last")
    hours = window.times - window.times[0]
    ends = {when_words(rich, body, float(t)): i for i, t in enumerate(window.times)}
    for column, ((part, values), band) in enumerate(zip(lines, bands, strict=True), start=1):
        drawn = np.interp(hours / hours[-1], part, values)
        assert np.allclose(drawn, band.value, atol=0.01 * band.high.max())
        for row in rows:
            place = ends[row[0]]
            told = [
                float(word) for word in row[column].strip(")").replace(" (", " to ").split(" to ")
            ]
            for figure, end in zip(told, (band.value, band.low, band.high), strict=True):
                assert figure == pytest.approx(float(end[place]), rel=6e-3)
    assert head == ["Time", "cisterna", "C5", "T6", "T10 (tip earlier)", "L2"]


def test_effect_and_its_table_say_the_same(rich: Case, folder: Path, html: str) -> None:
    body = body_of(rich)
    lines = Drawing.of(folder / "figure-body-effect-pain.svg").courses("line1")
    for (part, values), window, name in zip(lines, body.windows, ("whole", "last"), strict=False):
        band = window.effects[0].course
        hours = (window.times - window.times[0]) / (window.times[-1] - window.times[0])
        assert np.allclose(np.interp(hours, part, values), band.value, atol=0.02)
        words = "the whole run" if name == "whole" else "the last"
        head, *rows = cells_of(html, f"Pain, NRS, {words}")
        assert head == ["Time", "central value", "5th percentile", "95th percentile"]
        last = [float(cell) for cell in rows[-1][1:]]
        assert last == pytest.approx([band.value[-1], band.low[-1], band.high[-1]], rel=6e-3)
        assert 12 <= len(rows) <= 30


def test_a_score_keeps_its_scale_and_a_pressure_need_not_begin_at_zero(folder: Path) -> None:
    pain = Drawing.of(folder / "figure-body-effect-pain.svg").axes()
    assert [[value for value, _ in axis] for axis in pain] == [[0, 5, 10]] * 2
    breath = Drawing.of(folder / "figure-body-effect-ventilation.svg")
    assert breath.words.count("the axis does not begin at 0") == 2
    for axis in breath.axes():
        assert axis[0][0] > 20
        assert axis[-1][0] >= 48


def test_band_is_drawn_where_draws_were_made_and_nowhere_else(
    rich: Case, folder: Path, tmp_path: Path
) -> None:
    for path in figures_of(folder):
        drawing = Drawing.of(path)
        assert ("banda" in drawing.classes()) is ("heat" not in path.name), path.name
        assert "heat" in path.name or "percentile of 300 draws" in drawing.words
    write(rich, tmp_path, body_of(rich, draws=0))
    for path in figures_of(tmp_path):
        drawing = Drawing.of(path)
        assert "banda" not in drawing.classes()
        assert "percentile" not in drawing.words + drawing.description
        assert "heat" in path.name or "no band was asked for" in drawing.words
    page = (tmp_path / "report.html").read_text("utf-8")
    assert cells_of(page, "Pain, NRS, the whole run")[0] == ["Time", "central value"]


def test_page_is_sound_and_nothing_from_the_model_becomes_part_of_it(html: str) -> None:
    page = read_page(html)
    assert page.faults == []
    check_numbers(page.shown)
    ids = [tag.attributes["id"] for tag in page.tags if tag.attributes.get("id")]
    assert len(ids) == len(set(ids))
    assert "<front> and back" in page.shown
    assert "<derived>" in page.shown
    assert {"<in", "front", "derived", "in"}.isdisjoint(tag.name for tag in page.tags)
    assert html.count("<svg") == len(page.all("figure"))
    assert len(page.all("caption")) == len(page.all("table"))


def test_tables_say_where_the_drug_is_and_what_the_model_rests_on(html: str) -> None:
    rows = {row[0]: row[1:] for row in cells_of(html, "Where each drug is")}
    assert rows["CSF of the spinal canal"][0] == (
        "0.04\u00a0mg (40\u00a0mcg), 4\u00a0% of the dose"
    )
    assert rows["plasma"][0] == "under a billionth of the dose"
    assert rows["left the catheter tip"][0] == "1\u00a0mg (1,000\u00a0mcg)"
    (fact,) = cells_of(html, "Constants of the model of the body")[1:]
    assert fact[:3] == ["morphine", "CSF clearance", "13"]
    assert fact[3].startswith("pkpd.md 2.2")
    assert fact[4].startswith("unverified")


@pytest.mark.parametrize("hours", [0.0, 0.5, 30.0])
def test_short_runs_have_a_sound_page(rich: Case, tmp_path: Path, hours: float) -> None:
    write(rich, tmp_path, body_of(rich, hours))
    page = read_page((tmp_path / "report.html").read_text("utf-8"))
    assert page.faults == []
    assert ("so there is nothing to draw." in page.shown) is (hours == 0)
    for path in figures_of(tmp_path):
        check_inside(path)
    assert bool(figures_of(tmp_path)) is (hours > 0)


def test_a_window_without_any_time_is_left_out(rich: Case, tmp_path: Path) -> None:
    body = body_of(rich)
    none = np.empty(0)
    nobody = Band(none, none, none)
    drugs = {
        drug: replace(
            course,
            csf=course.csf[:0],
            csf_peak=course.csf_peak[:0],
            csf_at=dict.fromkeys(course.csf_at, nobody),
            cisterna=nobody,
            plasma=nobody,
        )
        for drug, course in body.windows[1].drugs.items()
    }
    empty = replace(body.windows[1], times=none, drugs=drugs, effects=())
    write(rich, tmp_path, replace(body, windows=(body.windows[0], empty)))
    assert not list(tmp_path.glob("figure-body-*-last.svg"))
    assert list(tmp_path.glob("figure-body-*-whole.svg"))


def test_nothing_in_the_body_is_drawn_as_nothing(rich: Case, tmp_path: Path) -> None:
    write(rich, tmp_path, body_of(rich, doses={"morphine": 0.0}))
    drawing = Drawing.of(tmp_path / "figure-body-heat-morphine-whole.svg")
    assert "No drug is in the CSF." in drawing.description
    kinds = {name for name in drawing.classes() if name.startswith("k")}
    assert drawing.paths("k0")
    assert not [one for name in kinds - {"k0"} for one in drawing.paths(name)]
    page = (tmp_path / "report.html").read_text("utf-8")
    rows = cells_of(page, "CSF concentration of morphine, the whole run")[1:]
    assert {cell for row in rows for cell in row[1:]} == {"0"}


def test_long_bolus_courses_stay_small_and_keep_their_peaks(rich: Case, tmp_path: Path) -> None:
    body = body_of(rich, steps=8000)
    write(rich, tmp_path, body)
    path = tmp_path / "figure-body-courses-morphine-whole.svg"
    assert path.stat().st_size < 400_000
    _, values = Drawing.of(path).courses("line1")[3]
    highest = float(body.windows[0].drugs["morphine"].csf_at["T10"].value.max())
    assert float(values.max()) == pytest.approx(highest, rel=0.02)
    assert (tmp_path / "figure-body-heat-morphine-whole.svg").stat().st_size < 120_000
