"""A scan: what stands against signing its form before, and against closing it after (F12)."""

from __future__ import annotations

from typing import Any

import pytest
from form_examples import filled

from thecal.care.forms import Filled, Known, findings_to_close, findings_to_sign
from thecal.device import pump_model
from thecal.safety.finding import Finding, Severity

KNOWN = Known(pump=pump_model("synchromed-ii-20"), holds_drug=True)


def of(check: str, form: Filled, known: Known = KNOWN) -> list[Finding]:
    return [one for one in findings_to_sign(form, known) if one.check == check]


def only(check: str, form: Filled, known: Known = KNOWN) -> Finding:
    (finding,) = findings_to_sign(form, known)
    assert finding.check == check
    assert finding.message
    assert finding.source
    return finding


def scan(**other: Any) -> Filled:
    return filled("F12", **{"emptied": False, "scanner_field": "1.5 T", **other})


PROMETRA = Known(pump=pump_model("prometra-20"), holds_drug=True)


def hard(form: Filled, known: Known) -> list[str]:
    found = findings_to_sign(form, known)
    return [one.check for one in found if one.severity is Severity.HARD]


@pytest.mark.inventory("W13", "S3.24")
@pytest.mark.req("K19")
@pytest.mark.parametrize("emptied", [True, False])
@pytest.mark.parametrize("holds_drug", [True, None])
def test_no_scan_of_a_prometra_that_holds_drug_can_be_signed(
    emptied: bool, holds_drug: bool | None
) -> None:
    """What the record does not know to be empty is not, whatever was ticked."""
    known = Known(pump=pump_model("prometra-20"), holds_drug=holds_drug)
    assert hard(scan(emptied=emptied), known) == ["K19"]


def test_a_tick_that_the_record_does_not_know_of_asks_for_the_entry() -> None:
    found = findings_to_sign(scan(emptied=True), PROMETRA)
    assert any("enter the withdrawal" in one.message and one.follow_up for one in found)


@pytest.mark.req("K19")
def test_an_emptied_prometra_and_a_pump_that_keeps_its_drug_can_be_signed_for() -> None:
    empty = Known(pump=pump_model("prometra-20"), holds_drug=False)
    assert hard(scan(emptied=True), empty) == []
    assert findings_to_sign(scan(), KNOWN) == ()


def test_a_field_above_what_is_stated_is_told() -> None:
    assert of("K19", scan(scanner_field="7 T"))
    assert not of("K19", scan(scanner_field="1.5 T"))


def test_a_pump_of_unknown_model_does_not_pass_in_silence() -> None:
    assert "not checked" in only("K19", scan(), Known()).message


@pytest.mark.parametrize(
    ("check", "severity", "field"),
    [
        ("K16", Severity.WARN, "left_running"),
        ("K19", Severity.SOFT, "site_healed"),
        ("K19", Severity.SOFT, "model_confirmed"),
    ],
)
def test_what_was_not_done_before_a_scan_is_found(
    check: str, severity: Severity, field: str
) -> None:
    assert only(check, scan(**{field: False})).severity is severity


@pytest.mark.inventory("W12")
@pytest.mark.parametrize(
    "other",
    [
        {"read_after": None},
        {"read_after": "2026-03-02T09:59+01:00"},
        {"scan_ended": None},
        {"running_again": False},
        {"running_again": None},
    ],
)
def test_a_scan_is_not_closed_before_the_pump_was_read_running(other: dict[str, Any]) -> None:
    (finding,) = findings_to_close(scan(**other), KNOWN)
    assert (finding.check, finding.severity) == ("K16", Severity.HARD)
    assert finding.follow_up


def test_a_scan_read_afterwards_is_closed() -> None:
    assert findings_to_close(scan(), KNOWN) == ()
    assert findings_to_close(scan(emptied=True), KNOWN) == ()


@pytest.mark.parametrize("field", ["refilled", "reprogrammed"])
def test_a_pump_emptied_for_a_scan_asks_for_its_therapy(field: str) -> None:
    (finding,) = findings_to_close(scan(emptied=True, **{field: False}), PROMETRA)
    assert finding.severity is Severity.SOFT
