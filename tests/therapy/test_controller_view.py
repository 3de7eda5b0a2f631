"""What the patient's device shows: the pump's own answers, the maker's own refill date."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

import pytest

from builders import MORPHINE, Chart, baclofen, moment
from thecal.errors import BadFileError, CannotComputeError
from thecal.pump.alarms import AlarmKind
from thecal.pump.guard import Denial
from thecal.pump.state import Activity
from thecal.therapy.controller import ControllerView, view_controller
from thecal.therapy.simulation import simulate

BOLUS = {"dose": "0.25 mg", "duration": "10 min", "lockout": "2 h", "max_per_day": 4}
DAY = 86400


def at(day: float, clock: str) -> datetime:
    return datetime.fromisoformat(moment(day, clock, "+01:00"))


def look(chart: Chart, *presses: datetime, when: datetime | None = None) -> ControllerView:
    therapy = chart.therapy()
    instant = None if when is None else therapy.instant(when)
    return view_controller(therapy, at=instant, presses=presses)


def synchromed(**more: object) -> Chart:
    return Chart(**more).start(MORPHINE, "morphine", "3 mg/d", patient_bolus=BOLUS)


def prometra(pump_table: dict[str, object] | None = None, **more: object) -> Chart:
    line = {"model": "prometra-11823", "trimmed_length": "40 cm"}
    chart = Chart(pump="prometra-ii-20", catheter=line, pump_table=pump_table)
    chart.fill(0, "09:00", MORPHINE)
    return chart.run(0, "09:00", "morphine", "3 mg/d", patient_bolus=BOLUS, **more)


def test_a_press_within_the_lockout_is_denied_and_says_when() -> None:
    view = look(synchromed(), at(1, "10:00"), at(1, "11:00"))
    first, second = view.presses
    assert (first.denial, first.later) == (None, None)
    assert second.denial is Denial.LOCKOUT
    assert second.later is not None
    assert second.later.granted == view.therapy.instant(at(1, "12:00"))
    assert view.at == view.therapy.instant(at(1, "11:00"))
    assert view.left == 3
    assert view.last_bolus == view.therapy.instant(at(1, "10:00"))
    assert view.later == second.later


def test_answers_are_those_that_a_replay_of_the_same_file_counts() -> None:
    times = [at(1, f"{hour:02}:00") for hour in range(24)]
    chart = synchromed()
    view = look(chart, *times)
    for hour in range(24):
        chart.add("press", 1, f"{hour:02}:00")
    log = simulate(chart.therapy()).presses
    assert log.granted == sum(answer.denial is None for answer in view.presses) == 4
    reasons: dict[Denial, int] = {}
    for answer in view.presses:
        if answer.denial is not None:
            reasons[answer.denial] = reasons.get(answer.denial, 0) + 1
    assert reasons == log.reasons


def test_presses_of_the_file_are_answered_too_and_told_apart() -> None:
    chart = synchromed().add("press", 1, "10:00")
    view = look(chart, at(1, "10:30"))
    assert [(one.asked, one.denial) for one in view.presses] == [
        (False, None),
        (True, Denial.LOCKOUT),
    ]


def test_presses_are_put_in_order_of_time() -> None:
    view = look(synchromed(), at(1, "14:00"), at(1, "10:00"))
    assert [one.denial for one in view.presses] == [None, None]
    assert view.last_bolus == view.therapy.instant(at(1, "14:00"))


def test_at_equal_times_the_file_comes_first() -> None:
    view = look(synchromed().add("stop", 1, "10:00"), at(1, "10:00"))
    assert view.presses[0].denial is Denial.STOPPED
    assert view.activity is Activity.STOPPED


def test_without_a_time_it_is_the_last_event_and_later_events_are_left_out() -> None:
    chart = synchromed().add("stop", 3, "10:00")
    assert look(chart).at == chart.therapy().instant(at(3, "10:00"))
    view = look(chart, when=at(2, "10:00"))
    assert view.activity is Activity.RUNNING
    assert view.denial is None


def test_asking_for_a_bolus_does_not_touch_the_therapy() -> None:
    chart = synchromed()
    therapy = chart.therapy()
    view_controller(therapy, presses=[at(1, "10:00")])
    assert therapy == chart.therapy()


def test_worked_example_a11_ptc_date_is_3_ml_with_every_bolus() -> None:
    """17 mL at 0.3 mL a day and four boluses of 0.024 mL, the strokes in 0.025 mL."""
    view = look(prometra(), when=at(2, "09:00"))
    days = Fraction(17) / (Fraction("0.3") + 4 * Fraction("0.024"))
    assert view.refill == view.therapy.instant(at(0, "09:00")) + days * DAY


def test_ptc_date_stands_until_the_next_bolus_starts() -> None:
    chart = prometra()
    before = look(chart, when=at(9, "09:00"))
    assert before.refill_computed == chart.therapy().instant(at(0, "09:00"))
    denied = look(chart, at(10, "09:00"), at(10, "10:00"))
    granted = chart.therapy().instant(at(10, "09:00"))
    assert denied.refill_computed == granted
    assert denied.refill is not None
    assert before.refill is not None
    # Ten days without the boluses that were reckoned with: the date is later.
    assert denied.refill > before.refill


def test_worked_example_b10_ptm_date_is_the_pumps_alarm_with_every_bolus() -> None:
    chart = Chart(pump_table={"low_reservoir_alarm": "3 mL"})
    chart.fill(0, "09:00", MORPHINE).run(0, "09:00", "morphine", "3 mg/d", patient_bolus=BOLUS)
    view = look(chart)
    assert view.refill == view.at + Fraction("42.5") * DAY
    outlook = simulate(chart.therapy()).outlook
    assert view.refill == outlook.low_reservoir_all_boluses
    assert view.clinic_refill == outlook.refill_by


def test_ptm_date_is_computed_whenever_one_looks() -> None:
    view = look(synchromed(), when=at(9, "09:00"))
    assert view.refill_computed == view.at


def test_a_stopped_pump_has_no_refill_date_and_no_bolus() -> None:
    view = look(synchromed().add("stop", 1, "09:00"), when=at(4, "09:00"))
    assert view.refill is None
    assert view.denial is Denial.STOPPED
    assert view.later.blocked is Denial.STOPPED
    assert [alarm.kind for alarm in view.alarms] == [AlarmKind.STOPPED_TOO_LONG]
    again = look(synchromed().add("stop", 1, "09:00").add("resume", 4, "09:00"))
    assert again.alarms == ()


def test_alarms_of_the_reservoir_end_with_the_refill() -> None:
    chart = synchromed()
    low = look(chart, when=at(60, "09:00"))
    assert [alarm.kind for alarm in low.alarms] == [AlarmKind.LOW_RESERVOIR]
    assert low.refill == low.at
    empty = look(chart, when=at(65, "09:00"))
    assert [alarm.kind for alarm in empty.alarms] == [AlarmKind.EMPTY, AlarmKind.LOW_RESERVOIR]
    chart.fill(66, "09:00", MORPHINE, aspirated="1 mL")
    assert look(chart, when=at(66, "10:00")).alarms == ()


def test_the_alarm_of_a_stall_ends_with_the_stall() -> None:
    chart = synchromed().add("mri", 2, "09:00", field="1.5 T", duration="45 min")
    during = look(chart, when=at(2, "09:30"))
    assert [alarm.kind for alarm in during.alarms] == [AlarmKind.MOTOR_STALL]
    assert during.denial is Denial.STOPPED
    assert during.later.granted == chart.therapy().instant(at(2, "09:45"))
    assert look(chart, when=at(2, "10:00")).alarms == ()
    stuck = synchromed().add("fault", 2, "09:00", kind="motor-stall")
    assert [alarm.kind for alarm in look(stuck, when=at(9, "09:00")).alarms] == [
        AlarmKind.MOTOR_STALL
    ]


def test_a_pump_that_ran_dry_denies_and_waiting_does_not_help() -> None:
    view = look(synchromed(), when=at(90, "09:00"))
    assert view.activity is Activity.DRY
    assert view.denial is Denial.DRY
    assert view.later.blocked is Denial.DRY


def test_after_a_scan_the_ptm_asks_to_be_used_until_the_pump_was_read() -> None:
    chart = synchromed().add("mri", 2, "09:00", field="1.5 T", duration="30 min")
    assert look(chart).unread_scan == chart.therapy().instant(at(2, "09:00"))
    assert look(chart, when=at(1, "09:00")).unread_scan is None
    assert look(chart.add("interrogate", 2, "11:00")).unread_scan is None
    other = prometra().add("mri", 2, "09:00", field="1.5 T", duration="30 min")
    assert look(other).unread_scan is None


def test_a_program_without_a_bolus_leaves_none() -> None:
    view = look(baclofen())
    assert (view.denial, view.left) == (Denial.NO_BOLUS, 0)


@pytest.mark.parametrize(
    ("when", "press", "message"),
    [
        (at(-1, "09:00"), None, "before the first event"),
        (None, at(-1, "09:00"), "before the first event"),
        (at(1, "09:00"), at(2, "09:00"), "after the time of the screen"),
    ],
)
def test_times_that_cannot_be_are_refused(
    when: datetime | None, press: datetime | None, message: str
) -> None:
    with pytest.raises(BadFileError, match=message):
        look(synchromed(), *([press] if press else []), when=when)


def test_a_pump_without_a_known_controller_is_refused() -> None:
    chart = Chart(pump="medstream-20").fill(0, "09:00", MORPHINE)
    with pytest.raises(CannotComputeError, match="no patient controller is known"):
        look(chart)


def test_a_catheter_of_unknown_length_is_refused() -> None:
    chart = Chart(catheter={}).fill(0, "09:00", MORPHINE)
    with pytest.raises(BadFileError, match="catheter length is not known"):
        look(chart)


@pytest.mark.req("GIP-1.23")
def test_the_alarm_of_a_reset_ends_when_a_program_is_written() -> None:
    chart = synchromed().add("fault", 2, "09:00", kind="low-battery-reset")
    assert [one.kind for one in look(chart, when=at(5, "09:00")).alarms] == [
        AlarmKind.LOW_BATTERY_RESET
    ]
    chart.run(6, "09:00", "morphine", "3 mg/d", patient_bolus=BOLUS)
    assert look(chart, when=at(6, "10:00")).alarms == ()


def test_an_indicator_that_was_mended_goes_from_the_screen() -> None:
    kind = "premature-replacement-indicator"
    chart = synchromed().add("fault", 2, "09:00", kind=kind)
    assert [one.kind for one in look(chart, when=at(5, "09:00")).alarms] == [
        AlarmKind.REPLACEMENT_INDICATOR
    ]
    chart.add("fault", 6, "09:00", kind=kind, mended=True)
    assert look(chart, when=at(6, "10:00")).alarms == ()


@pytest.mark.req("D11")
def test_while_the_alarm_of_a_stall_stands_waiting_does_not_help() -> None:
    chart = synchromed().add("fault", 2, "09:00", kind="motor-stall")
    view = look(chart, at(2, "09:10"), at(2, "12:00"))
    assert [one.denial for one in view.presses] == [None, Denial.STALL]
    assert view.later.blocked is Denial.STALL


def test_the_ptc_computes_its_date_anew_when_a_fault_begins_and_when_it_ends() -> None:
    untouched = look(prometra(), when=at(9, "09:00"))
    assert untouched.refill_computed == untouched.therapy.instant(at(0, "09:00"))
    chart = prometra().add("fault", 3, "09:00", kind="low-battery-reset")
    begun = look(chart, when=at(9, "09:00"))
    assert begun.refill_computed == begun.therapy.instant(at(3, "09:00"))
    assert begun.refill != untouched.refill
    kinked = prometra().add("fault", 3, "09:00", kind="catheter-kink", duration="36 h")
    during = look(kinked, when=at(4, "09:00"))
    assert during.refill_computed == during.therapy.instant(at(3, "09:00"))
    over = look(kinked, when=at(9, "09:00"))
    assert over.refill_computed == over.therapy.instant(at(4, "21:00"))


def test_the_ptc_has_no_date_once_the_service_has_ended() -> None:
    chart = prometra().add("fault", 3, "09:00", kind="battery-film", duration="2 d")
    view = look(chart, when=at(9, "09:00"))
    assert view.refill is None
    assert view.refill_computed == view.therapy.instant(at(5, "09:00"))


def test_the_ptc_has_no_date_once_its_battery_is_spent() -> None:
    aged = {"implanted": date(2016, 3, 12), "battery_used": "0.5"}  # 10 years are over on day 10
    chart = prometra(pump_table=aged)
    view = look(chart, when=at(20, "09:00"))
    assert view.refill is None
    assert AlarmKind.END_OF_SERVICE in {alarm.kind for alarm in view.alarms}
    assert view.refill_computed < view.at
