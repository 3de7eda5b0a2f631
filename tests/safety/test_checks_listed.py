"""The catalogue of checks says what the code does: the same ids, no other severities."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import thecal.care.access_port
import thecal.care.kits.fit
import thecal.care.notices
import thecal.care.visit
import thecal.safety
import thecal.therapy.review
from builders import MORPHINE, Chart, morphine
from thecal.safety.catalogue import check_catalogue, check_ids, with_standing
from thecal.safety.finding import Severity
from thecal.therapy.file_reader import read_therapy_file
from thecal.therapy.review import review_therapy

_FILES = [
    *Path(thecal.safety.__file__).parent.glob("*.py"),
    *Path(thecal.care.visit.__file__).parent.glob("*.py"),
    Path(thecal.care.access_port.__file__),
    Path(thecal.care.kits.fit.__file__),
    Path(thecal.care.notices.__file__),
    Path(thecal.therapy.review.__file__),
]


def _ids_in_code() -> set[str]:
    """Every id that a `Finding` can be given, a name followed to what was assigned to it."""
    found: set[str] = set()
    for path in _FILES:
        tree = ast.parse(path.read_text())
        assigned: dict[str, list[ast.expr]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                assigned.setdefault(node.targets[0].id, []).append(node.value)
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding"):
                continue
            for keyword in node.keywords:
                if keyword.arg == "check":
                    values = [keyword.value]
                    if isinstance(keyword.value, ast.Name):
                        values = assigned[keyword.value.id]
                    for value in values:
                        if isinstance(value, ast.IfExp):
                            parts: list[ast.expr] = [value.body, value.orelse]
                        else:
                            parts = [value]
                        found |= {str(p.value) for p in parts if isinstance(p, ast.Constant)}
    return found


def test_the_ids_in_the_code_and_in_force_in_the_catalogue_are_the_same():
    in_force = {entry.id for entry in check_catalogue() if entry.state == "in force"}
    assert _ids_in_code() == in_force


def test_what_is_in_force_names_its_severities_and_what_is_not_has_none():
    for entry in check_catalogue():
        assert bool(entry.severities) == (entry.state == "in force"), entry.id
        assert {*entry.severities} <= {str(one) for one in Severity}, entry.id
        assert entry.source, entry.id


@pytest.mark.parametrize("number", range(1, 37))
def test_every_k_number_of_the_workflow_is_listed(number):
    assert f"K{number}" in check_ids()


def test_each_finding_names_its_source_and_whether_the_figure_is_verified():
    found = morphine("12 mg/d").review()
    limits = [one for one in found.findings if one.check in ("K27", "K32", "K4")]
    assert limits
    for one in limits:
        assert "unverified (" in one.source or "verified by" in one.source


def test_what_the_file_leaves_out_is_reported_as_not_checked_and_never_as_passed():
    chart = Chart(patient={"indication": None, "opioid_tolerant": None})
    chart.start(MORPHINE, "morphine", "1 mg/d").fill(20, "09:00", MORPHINE)
    chart.add("interrogate", 20, "09:30")
    found = chart.review()
    for check, event in (("K6", 0), ("K31", 0), ("K2", 3), ("K30", 4), ("K27", None)):
        assert "not checked" in found.message(check, event), check
    assert "indication and opioid_tolerant" in found.message("K27", None)


@pytest.mark.req("R08")
@pytest.mark.parametrize("name", ["pain_two_drugs", "incident_wrong_volume", "spasticity_baclofen"])
def test_each_finding_says_whether_its_figure_is_verified(name):
    file = Path(__file__).resolve().parents[2] / "examples" / f"{name}.toml"
    findings = review_therapy(read_therapy_file(file)).findings
    assert findings
    assert all("verified" in finding.source for finding in findings)


@pytest.mark.req("R08")
def test_a_source_without_a_standing_takes_that_of_its_own_check():
    statuses = {entry.id: entry.status for entry in check_catalogue()}
    for check in ("K6", "K31"):
        assert with_standing(check, "a table") == f"a table, unverified ({statuses[check]})"
    assert with_standing("K0", "a table") == "a table, unverified (recalled)"
    assert with_standing("K6", "a table, verified by Dr A") == "a table, verified by Dr A"


@pytest.mark.req("R08")
def test_one_check_that_somebody_verified_is_said_to_be_and_no_other(monkeypatch):
    entries = check_catalogue()
    one = replace(entries[3], status="verified")
    monkeypatch.setattr(
        "thecal.safety.catalogue.check_catalogue", lambda: (*entries[:3], one, *entries[4:])
    )
    assert with_standing(one.id, "a table") == "a table, verified"
    assert "unverified (" in with_standing(entries[4].id, "a table")
