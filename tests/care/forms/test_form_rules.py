"""The fields of a form have to agree with each other and with the record before it is signed."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from form_examples import filled
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.forms import (
    Filled,
    Known,
    findings_to_close,
    findings_to_sign,
    forms,
    wrong_times,
)
from thecal.device import pump_model
from thecal.safety.finding import Finding, Severity
from thecal.units import Volume

CET = timezone(timedelta(hours=1))
REFILL_BY = date(2026, 6, 1)
KNOWN = Known(
    pump=pump_model("synchromed-ii-20"),
    serial="NGV700001H",
    holds_drug=True,
    refill_by=REFILL_BY,
)


def of(check: str, form: Filled, known: Known = KNOWN) -> list[Finding]:
    return [one for one in findings_to_sign(form, known) if one.check == check]


def only(check: str, form: Filled, known: Known = KNOWN) -> Finding:
    (finding,) = findings_to_sign(form, known)
    assert finding.check == check
    assert finding.message
    assert finding.source
    return finding


def trial(**other: Any) -> Filled:
    """A second screening bolus of baclofen, 24 hours after the first."""
    about = {"method": "repeated-bolus", "drug": "baclofen", "dose": "75 mcg", "verdict": "repeat"}
    start, later = "2026-03-03T10:00+01:00", "2026-03-04T10:00+01:00"
    return filled("F2", **{**about, "start_time": start, "next_dose_earliest": later, **other})


def after(hours: int) -> Known:
    """The record of a trial whose last bolus was so many hours before this one."""
    start = datetime(2026, 3, 3, 10, tzinfo=CET)
    return Known(previous_trial_dose=start - timedelta(hours=hours))


@pytest.mark.inventory("W22")
def test_a_screening_bolus_20_hours_after_the_last_is_refused_and_24_is_not() -> None:
    finding = only("K27", trial(), after(20))
    assert finding.severity is Severity.HARD
    assert "3 March 2026, 14:00" in finding.message
    assert findings_to_sign(trial(), after(24)) == ()
    assert findings_to_sign(trial(), Known()) == ()


def test_the_next_dose_is_not_before_24_hours_either_whatever_the_offset() -> None:
    assert of("K27", trial(next_dose_earliest="2026-03-04T09:59+01:00"))
    assert not of("K27", trial(next_dose_earliest="2026-03-04T09:00Z"))
    assert not of("K27", trial(next_dose_earliest="2026-03-03T12:00+01:00", method="catheter"))


@given(st.integers(0, 96))
def test_an_interval_is_refused_exactly_below_that_of_the_label(hours: int) -> None:
    assert bool(of("K27", trial(), after(hours))) == (hours < 24)


def test_a_trial_without_a_baseline_asks() -> None:
    assert only("F2", trial(series=[{"hour": "4"}])).severity is Severity.SOFT


def test_a_hand_over_without_an_effective_dose_asks_unless_there_was_no_trial() -> None:
    none = {"effective_dose": None, "effective_daily_dose": None}
    assert only("F3", filled("F3", **none)).severity is Severity.SOFT
    assert findings_to_sign(filled("F3", effective_dose=None), KNOWN) == ()
    assert findings_to_sign(filled("F3", **none, result="no-trial"), KNOWN) == ()


def implant(**other: Any) -> Filled:
    segment = {"catheter": "ascenda-8780", "supplied": "114 cm", "trimmed": "38 cm"}
    calibration = {"calibration_label": "98.5", "calibration_read": "98.50"}
    shipped = {"shipped_expected": "20 mL", "shipped_drained": "18 mL"}
    return filled("F4", **{"segments": [segment], **calibration, **shipped, **other})


def segment(trimmed: str) -> list[dict[str, str]]:
    return [{"catheter": "ascenda-8780", "supplied": "114 cm", "trimmed": trimmed}]


def test_a_sound_implant_record_is_silent() -> None:
    assert findings_to_sign(implant(), KNOWN) == ()
    assert findings_to_sign(implant(segments=segment("113.9 cm")), KNOWN) == ()


@pytest.mark.parametrize("trimmed", ["114 cm", "120 cm"])
def test_more_trimmed_than_supplied_is_refused(trimmed: str) -> None:
    finding = only("K25", implant(segments=[*segment("38 cm"), *segment(trimmed)]))
    assert finding.severity is Severity.HARD
    assert "segment 2" in finding.message


def test_the_calibration_constant_of_label_and_pump_has_to_agree() -> None:
    finding = only("F4", implant(calibration_read="98.6"))
    assert finding.severity is Severity.HARD
    assert (finding.limit, finding.value) == ("98.5", "98.6")
    for one in ("label", "read"):
        missing = only("F4", implant(**{f"calibration_{one}": None}))
        assert missing.severity is Severity.WARN
        assert "not checked" in missing.message
    none = implant(calibration_label=None, calibration_read=None)
    assert findings_to_sign(none, KNOWN) == ()


@pytest.mark.parametrize(
    ("drained", "asks"),
    [("15.9 mL", True), ("16 mL", False), ("24 mL", False), ("24.1 mL", True), ("0 mL", True)],
)
def test_shipped_fluid_within_a_fifth_of_what_was_expected(drained: str, asks: bool) -> None:
    found = findings_to_sign(implant(shipped_drained=drained), KNOWN)
    assert [one.severity for one in found] == ([Severity.SOFT] if asks else [])
    if asks:
        assert "suspect the pump" in found[0].message


def test_no_fluid_from_the_catheter_asks_before_it_is_joined() -> None:
    assert only("F4", implant(csf_return=False)).severity is Severity.SOFT


def refill(**other: Any) -> Filled:
    """A refill in which everything agrees."""
    nerves = dict.fromkeys(("new_weakness", "new_numbness", "new_bladder"), False)
    volumes = {"received": "20 mL", "injected": "18 mL", "injected_again": "18 mL"}
    rest = {"wasted": "2 mL", "returned": "0 mL", "serial_read": "NGV700001H"}
    people = {"operator": "A. Nurse", "checker": "B. Checker", "witness": "C. Witness"}
    return filled("F5", **{**nerves, **volumes, **rest, **people, **other})


def test_a_refill_in_which_everything_agrees_is_silent() -> None:
    assert findings_to_sign(refill(), KNOWN) == ()


@pytest.mark.parametrize(
    ("check", "severity", "other"),
    [
        ("K30", Severity.HARD, {"identifiers": ["name"]}),
        ("K30", Severity.HARD, {"serial_read": "NGV700002H"}),
        ("K8", Severity.HARD, {"checker": "a.  nurse"}),
        ("K8", Severity.HARD, {"witness": "A. Nurse"}),
        ("K9", Severity.HARD, {"reservoir_port": False}),
        ("K9", Severity.HARD, {"template_fit": False, "imaging": "none"}),
        ("K9", Severity.HARD, {"attempts": "3", "imaging": "none"}),
        ("K9", Severity.HARD, {"reaspiration_confirmed": False}),
        ("K1", Severity.HARD, {"injected_again": "17.9 mL"}),
        ("K23", Severity.SOFT, {"wasted": "1 mL"}),
        ("K23", Severity.SOFT, {"wasted": "3 mL"}),
        ("K23", Severity.SOFT, {"witness": None}),
        ("K7", Severity.HARD, {"read_back_equal": False}),
        ("K11", Severity.HARD, {"observed_until": "2026-03-02T09:00+01:00"}),
        ("K12", Severity.HARD, {"next_visit": "2026-06-02"}),
        ("K28", Severity.SOFT, {"new_weakness": True}),
        ("K28", Severity.SOFT, {"new_bladder": True}),
    ],
)
def test_each_disagreement_of_a_refill_is_found(
    check: str, severity: Severity, other: dict[str, Any]
) -> None:
    assert only(check, refill(**other)).severity is severity


@pytest.mark.inventory("W27")
def test_20_received_18_injected_1_wasted_is_1_missing() -> None:
    finding = only("K23", refill(wasted="1 mL"))
    assert "1\u00a0mL missing" in finding.message
    assert finding.follow_up


@given(*(st.decimals(0, 40, places=2) for _ in range(3)))
def test_the_balance_is_silent_exactly_where_it_closes(one: Any, two: Any, three: Any) -> None:
    total = one + two + three + 1
    volumes = {"injected": f"{one} mL", "injected_again": f"{one} mL", "wasted": f"{two} mL"}
    volumes |= {"returned": f"{three} mL"}
    assert of("K23", refill(**volumes, received=f"{total} mL"))
    if one + two + three:
        assert not of("K23", refill(**volumes, received=f"{total - 1} mL"))


@pytest.mark.parametrize(("wasted", "told"), [("1.8 mL", 0), ("1.79 mL", 1), ("2.21 mL", 1)])
def test_a_syringe_is_read_no_better_than_a_fifth_of_a_millilitre(wasted: str, told: int) -> None:
    assert len(of("K23", refill(wasted=wasted))) == told


@pytest.mark.inventory("W17")
def test_the_checker_may_not_be_the_operator() -> None:
    for one in ("A. Nurse", "a.  nurse ", "A. NURSE"):
        assert only("K8", refill(checker=one)).severity is Severity.HARD
    assert findings_to_sign(refill(checker=None), KNOWN) == ()


@pytest.mark.inventory("W19")
def test_a_template_that_does_not_fit_holds_the_fill_until_an_image_is_recorded() -> None:
    misfit = {"template_fit": False}
    assert only("K9", refill(**misfit, imaging="none")).severity is Severity.HARD
    assert findings_to_sign(refill(**misfit, imaging="ultrasound"), KNOWN) == ()


def test_a_refill_that_was_broken_off_is_a_record_like_any_other() -> None:
    nothing = {"injected": "0 mL", "injected_again": "0 mL", "returned": "20 mL"}
    stopped = refill(**nothing, wasted="0 mL", reaspiration_confirmed=False, reservoir_port=False)
    assert findings_to_sign(stopped, KNOWN) == ()


def test_what_the_record_does_not_know_is_said_and_not_passed_over() -> None:
    found = findings_to_sign(refill(), Known())
    assert {one.check for one in found} == {"K30", "K12"}
    assert all("not checked" in one.message and one.severity is Severity.WARN for one in found)


def journey(**other: Any) -> Filled:
    dates = {"return": "2026-05-01", "valid_until": "2026-05-01"}
    return filled("F9", **{**dates, **other})


def test_a_journey_ends_before_the_refill_and_within_the_letter() -> None:
    assert findings_to_sign(journey(), KNOWN) == ()
    late = {"return": "2026-06-01", "valid_until": "2026-07-01"}
    assert only("K12", journey(**late)).severity is Severity.SOFT
    assert only("F9", journey(valid_until="2026-04-30")).severity is Severity.SOFT
    assert "not checked" in only("K12", journey(), Known()).message


@pytest.mark.inventory("S1.7", "S1.R24")
@pytest.mark.parametrize(("field", "check"), [("beyond_use", "K31"), ("checked_by", "K24")])
def test_an_order_without_beyond_use_date_or_pharmacist_is_refused(field: str, check: str) -> None:
    assert findings_to_sign(filled("F10"), KNOWN) == ()
    assert only(check, filled("F10", **{field: None})).severity is Severity.HARD


@pytest.mark.parametrize(
    "other", [{"sterility": "failed"}, {"endotoxin": "failed"}, {"preservative_free": False}]
)
def test_an_order_that_failed_a_test_or_holds_a_preservative_is_refused(
    other: dict[str, Any],
) -> None:
    assert only("K24", filled("F10", **other)).severity is Severity.HARD


def test_an_event_is_not_noticed_before_it_happened() -> None:
    assert only("F14", filled("F14", noticed_at="2026-03-02T09:00+01:00")).severity is Severity.HARD
    assert findings_to_sign(filled("F14"), KNOWN) == ()
    (wrong,) = wrong_times(filled("F14", noticed_at="2026-03-02T09:59+01:00"))
    assert wrong.place == "noticed_at"
    assert not tuple(wrong_times(filled("F14")))


@pytest.mark.inventory("W23")
@pytest.mark.req("K12")
def test_a_transfer_accepted_after_the_refill_date_is_blocked() -> None:
    finding = only("K12", filled("F15", accepted_on="2026-06-02"))
    assert finding.severity is Severity.HARD
    assert (finding.value, finding.limit) == ("2026-06-02", "2026-06-01")
    assert findings_to_sign(filled("F15", accepted_on="2026-06-01"), KNOWN) == ()


def test_a_transfer_without_a_date_there_or_here_does_not_pass_in_silence() -> None:
    assert only("K12", filled("F15", accepted_on=None)).severity is Severity.SOFT
    assert only("K12", filled("F15"), Known()).severity is Severity.WARN


def end(**other: Any) -> Filled:
    volumes = {"residual_volume": "5 mL", "destroyed_volume": "5 mL"}
    return filled("F16", **{**volumes, "cremation": "pump-removed", **other})


def test_what_is_destroyed_at_the_end_needs_a_witness_and_adds_up() -> None:
    assert findings_to_sign(end(), KNOWN) == ()
    assert only("K23", end(witness=None)).severity is Severity.SOFT
    assert only("K23", end(destroyed_volume="4 mL")).severity is Severity.SOFT
    nothing = {"residual_volume": "0 mL", "destroyed_volume": "0 mL", "witness": None}
    assert findings_to_sign(end(**nothing), KNOWN) == ()


@pytest.mark.inventory("W26")
def test_a_cremation_with_the_pump_still_in_asks_for_the_explant() -> None:
    assert only("F16", end(kind="death", cremation="pump-not-removed")).follow_up


@pytest.mark.parametrize("volume", ["0 mL", "5 mL"])
def test_no_record_of_an_end_is_refused_outright(volume: str) -> None:
    """A pump that was stopped and emptied is so, whoever looked on."""
    record = end(residual_volume=volume, witness=None, cremation="pump-not-removed")
    assert all(one.severity is not Severity.HARD for one in findings_to_sign(record, Known()))
    assert record.get("residual_volume", Volume) is not None


def test_a_sign_of_the_nerves_without_an_image_asks_for_one() -> None:
    signs = dict.fromkeys(("weakness", "sensory_change", "bladder_or_bowel"), False)
    assert findings_to_sign(filled("F17", **signs, imaging="none"), KNOWN) == ()
    for one in signs:
        asked = filled("F17", **{**signs, one: True}, imaging="none")
        assert only("K28", asked).severity is Severity.SOFT
        assert findings_to_sign(filled("F17", **{**signs, one: True}, imaging="clear"), KNOWN) == ()


def test_a_skill_expires_after_it_was_last_done() -> None:
    about = {"skill": "refill", "level": "3", "observed": "2", "supervised": "3", "solo": "9"}
    row = {**about, "last_done": "2026-03-02", "evidence": ["observation"]}
    good, bad = {**row, "expires": "2028-03-02"}, {**row, "expires": "2026-03-02"}
    assert findings_to_sign(filled("F18", skills=[good]), KNOWN) == ()
    assert only("F18", filled("F18", skills=[good, bad])).severity is Severity.HARD


def test_only_a_scan_asks_more_to_be_closed_than_to_be_signed() -> None:
    for one in forms():
        if one.id != "F12":
            example = filled(one.id)
            assert findings_to_close(example, KNOWN) == findings_to_sign(example, KNOWN)
