"""The example of an external pump through the commands: review, simulate, report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from thecal.cli.main import main

EXAMPLE = Path(__file__).parents[2] / "examples" / "external_pump.toml"


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out, parse_constant=pytest.fail)


def test_review_accepts_it_shows_the_typed_rate_and_names_the_late_dressing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = answer(capsys, "review", str(EXAMPLE))
    assert found["verdict"] == "accepted"
    assert [one["typed_rate"] for one in found["programs"]] == [
        {"value": 0.2, "unit": "mL/h"},
        {"value": 0.1, "unit": "mL/h"},
    ]
    late = [one for one in found["findings"] if one["check"] == "H06"]
    assert [(one["severity"], one["event"]) for one in late] == [("warn", 14)]
    assert late[0]["message"].startswith("dressing changed")
    assert not [one for one in found["findings"] if one["check"] == "H05"]
    due = {date["task"]: (date["due"][:10], date["overdue"]) for date in found["care"]}
    assert due == {
        "needle": ("2026-03-22", False),
        "set": ("2026-03-22", False),
        "filter": ("2026-03-22", False),
        "bag": ("2026-03-23", False),
        "dressing": ("2026-03-24", False),
    }


def test_simulate_replays_bags_press_occlusion_and_bridge_with_exact_books(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = answer(capsys, "simulate", str(EXAMPLE), "--until", "2026-03-23T10:00:00")
    assert [alarm["alarm"] for alarm in found["alarms"]] == ["occlusion"]
    assert found["boluses"]["granted"] == 1
    for books in found["mass_balance"].values():
        parts = ("withdrawn", "reservoir", "line", "delivered", "unaccounted")
        whole = sum(books[part]["value"] for part in parts)
        assert whole == pytest.approx(books["filled"]["value"], rel=1e-12)
    given = found["delivered_by_purpose"]["morphine"]
    assert given["fault"] == {"value": 0.0625, "unit": "mg"}
    # Of the 2.254 mL bridged, the last 10 min at 0.2 mL/h are the new bag's: 0.5 mg/mL for 0.25.
    assert given["bridge"]["value"] == pytest.approx(2.254 * 0.25 + 0.2 / 6 * 0.25)
    (fault,) = found["faults"]
    assert fault["detected_by"] == "alarm"
    assert fault["expected_alarms"] == ["occlusion"]
    assert "no alarm before" not in fault["time_to_detection"]
    assert {date["task"] for date in found["care"] if date["overdue"]} == {
        "needle",
        "set",
        "filter",
        "bag",
    }


@pytest.mark.inventory("S2.8")
def test_the_report_has_the_dates_of_care_and_the_text_says_what_is_overdue(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    report = tmp_path / "report"
    assert main(["simulate", str(EXAMPLE), "--for", "30 d", "--report", str(report)]) == 0
    page = (report / "report.html").read_text(encoding="utf-8")
    assert "Infection care of the external pump" in page
    assert "typed as 0.2" in page
    assert "needle of the port changed by" in capsys.readouterr().out


def test_the_catalogue_holds_pump_catheters_and_what_it_watches(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "external-ambulatory" in {one["id"] for one in answer(capsys, "catalogue", "pumps")}
    access = {one["id"]: one["access"] for one in answer(capsys, "catalogue", "catheters")}
    assert access["intrathecal-port"] == "port"
    assert access["intrathecal-percutaneous"] == "percutaneous catheter"
    faults = {one["id"]: one["alarms_external"] for one in answer(capsys, "catalogue", "faults")}
    assert (faults["air"], faults["motor-stall"]) == (["air-in-line"], [])
