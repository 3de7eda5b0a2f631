"""The page: self-contained, well formed, for every reader, and safe against what a file says."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from page_reading import Reading, check_numbers, read_page
from report_cases import HOSTILE, WRONG_VOLUME, Case, make_case

from thecal.pharmacy import both_units
from thecal.pump.state import Activity
from thecal.report.words import clean, daily_dose
from thecal.units import show_percent

EXAMPLES = Path(__file__).parents[2] / "examples"
NBSP = "\u00a0"


@pytest.fixture(scope="module")
def page(rich: Case) -> Reading:
    return read_page(rich.html)


@pytest.mark.parametrize("name", ["rich", "emptied", "long"])
def test_every_element_is_closed_in_its_turn(name: str, request: pytest.FixtureRequest) -> None:
    case: Case = request.getfixturevalue(name)
    assert read_page(case.html).faults == []


def test_nothing_comes_from_outside(rich: Case, page: Reading) -> None:
    links = set(re.findall(r"https?://[^\s\"'<)]+", rich.html))
    assert links <= {"http://www.w3.org/2000/svg"}
    assert not page.all("script")
    assert not page.all("link")
    assert not page.all("img")
    for tag in page.tags:
        assert "src" not in tag.attributes
        assert not [name for name in tag.attributes if name.startswith("on")]
        href = tag.attributes.get("href")
        assert href is None or href.startswith("#")
    for path in rich.figures:
        text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http" not in text
        assert "@import" not in text
    assert "@import" not in rich.html


def test_text_of_the_file_cannot_become_part_of_the_page(rich: Case, page: Reading) -> None:
    assert HOSTILE in page.all("bdi")[0].text
    assert "<script>" not in rich.html
    assert "<h1>gone" not in rich.html
    assert len(page.all("h1")) == 1
    assert "</td></tr></table><h1>gone</h1>" in page.shown
    assert '<img src=x onerror="alert(1)">' in page.shown


def test_what_would_not_print_is_replaced() -> None:
    assert clean("a\x00\x1b\u202e\ud800b\n") == "a\ufffd\ufffd\ufffd\ufffdb\n"
    assert clean("model (20 mL)") == "model (20\u00a0mL)"
    assert clean(3) == 3


def test_banner_stands_on_top_and_in_the_print_header(rich: Case, page: Reading) -> None:
    first = page.all("p")[0]
    assert "not for patient care" in first.text
    assert "research and training" in first.text
    assert re.search(r"@top-center \{ content: \"[^\"]*Not for patient care", rich.html)


def test_says_that_it_ran_as_recorded_and_the_verdict(page: Reading) -> None:
    standing = next(
        tag for tag in page.all("p") if "standing" in (tag.attributes.get("class") or "")
    )
    assert "as recorded" in standing.text
    assert "verdict" in standing.text


def test_headings_go_down_one_at_a_time(page: Reading) -> None:
    levels = [int(tag.name[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag.name)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_language_and_contents(page: Reading) -> None:
    assert page.all("html")[0].attributes["lang"] == "en"
    ids = [tag.attributes["id"] for tag in page.tags if tag.attributes.get("id")]
    assert len(ids) == len(set(ids))
    targets = {(tag.attributes["href"] or "")[1:] for tag in page.all("a")}
    assert targets <= set(ids)
    for tag in page.tags:
        named = tag.attributes.get("aria-labelledby") or ""
        assert set(named.split()) <= set(ids)


def test_tables_have_captions_and_scopes(page: Reading) -> None:
    tables = page.all("table")
    assert len(page.all("caption")) == len(tables) > 10
    assert all(tag.attributes.get("scope") in {"col", "row"} for tag in page.all("th"))


def test_every_table_row_is_as_wide_as_its_head(rich: Case) -> None:
    for table in re.findall(r"<table.*?</table>", rich.html, re.S):
        head = re.search(r"<thead>(.*?)</thead>", table, re.S)
        assert head is not None
        width = head.group(1).count("<th ")
        for row in re.findall(r"<tr>(.*?)</tr>", table.split("</thead>")[1], re.S):
            assert row.count("<td>") + row.count("<th ") == width or "colspan" in row


def test_every_chart_has_a_table_with_the_same_figures(rich: Case) -> None:
    charts = re.findall(r"<figure>.*?</figure>\s*(<details[^>]*>.*?<table)?", rich.html, re.S)
    assert len(charts) == len(rich.figures) >= 6
    assert all(charts)
    assert rich.html.count("<svg") == len(charts)


def test_scrolling_parts_can_be_reached_by_keyboard(page: Reading) -> None:
    for tag in page.tags:
        if tag.attributes.get("class") == "scroll":
            assert tag.attributes["tabindex"] == "0"
            assert tag.attributes["aria-label"]


@pytest.mark.req("U08")
@pytest.mark.inventory("W33")
def test_programs_show_both_units_and_the_change(rich: Case, page: Reading) -> None:
    for program in rich.answer.programs:
        for drug, mass in program.daily_doses.items():
            assert daily_dose(drug, mass) in page.shown
            old = program.before.get(drug)
            if old:
                assert show_percent(mass.ratio(old) - 1) in page.shown
        for drug, mass in program.worst_case_24h.items():
            assert both_units(drug, mass) in page.shown
    assert f"1.5{NBSP}mg/day (1,500{NBSP}mcg/day)" in page.shown


def test_findings_show_source_and_standing(rich: Case, page: Reading) -> None:
    for finding in rich.answer.findings:
        assert clean(finding.message) in page.shown
        assert clean(finding.source) in page.shown
    assert "not answered" in page.shown or "soft" not in {f.severity for f in rich.answer.findings}


def test_months_are_spelled_out(page: Reading) -> None:
    assert "2 March 2026, 10:40" in page.shown
    assert not re.search(r"\d{4}-\d{2}-\d{2}", page.shown.replace("rich.toml", ""))
    assert not re.search(r"\b\d{1,2}/\d{1,2}/\d{2,4}\b", page.shown)


@pytest.mark.parametrize("name", ["rich", "emptied", "long"])
def test_numbers_and_units_follow_the_rules_of_display(
    name: str, request: pytest.FixtureRequest
) -> None:
    """N1 to N5 of facts/standards.md 4.3."""
    case: Case = request.getfixturevalue(name)
    check_numbers(read_page(case.html).shown)


@pytest.mark.req("A01")
def test_alarms_name_priority_and_what_to_do(emptied: Case) -> None:
    shown = read_page(emptied.html).shown
    assert len(emptied.result.alarms) >= 2
    for alarm in emptied.result.alarms:
        assert alarm.priority.value in shown
    assert "empty reservoir" in shown
    assert "refill now" in shown


def test_contrast_of_text_and_marks_meets_wcag_aa(rich: Case) -> None:
    """Text at least 4.5 to 1, marks at least 3 to 1, in light and in dark."""
    chart = rich.figures[0].read_text("utf-8")
    sets = [
        dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r"\.chart \{(.*?)\}", chart, re.S)
    ]
    sets += [
        dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\}", rich.html, re.S)
    ]
    assert len(sets) == 4
    for colours in sets:
        for name, least in {"ink": 4.5, "soft": 4.5, "link": 4.5, "info": 3.0, "axis": 3.0}.items():
            if name in colours:
                assert _contrast(colours[name], colours["paper"]) >= least, (name, colours)
        for name in [f"s{n}" for n in range(1, 8)] + ["hard", "soft-line", "warn"]:
            if name in colours:
                assert _contrast(colours[name], colours["paper"]) >= 3, (name, colours)
        if "warn-ink" in colours:
            assert _contrast(colours["warn-ink"], colours["warn-paper"]) >= 4.5
            assert _contrast(colours["soft"], colours["raised"]) >= 4.5


def _contrast(first: str, second: str) -> float:
    lights = sorted((_light(first), _light(second)), reverse=True)
    return (lights[0] + 0.05) / (lights[1] + 0.05)


def _light(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_pump_that_runs_dry_before_its_count_says_so(tmp_path: Path) -> None:
    case = make_case(WRONG_VOLUME, tmp_path, days=100)
    assert case.result.activity is Activity.DRY
    page = read_page(case.html)
    assert "The reservoir ran dry: no drug flowed from" in page.shown
    assert "by the count alone: the pump is dry" in page.shown
    assert "ran dry" in case.figures[0].read_text("utf-8")
    assert " dashed" not in case.figures[0].read_text("utf-8").split("</style>")[1]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_example_has_a_sound_report(path: Path, tmp_path: Path) -> None:
    page = read_page(make_case(path.read_text("utf-8"), tmp_path, days=150).html)
    assert page.faults == []
    assert "not for patient care" in page.shown
