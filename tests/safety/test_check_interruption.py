"""K12, K13, K36: late refills, empty pumps, restarts after a gap, pumps left standing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from builders import BACLOFEN, MORPHINE, Chart, baclofen, morphine, plain
from thecal.safety.interruption import check_late_refill

# -- in time ------------------------------------------------------------------------------------


@pytest.mark.req("K12")
def test_a_refill_after_its_refill_by_time_asks():
    # 20 mL less prime, alarm at 2 mL, 0.4 mL/d: alarm on day 44.2, refill by day 37.2.
    early = baclofen().fill(37, "09:00", BACLOFEN, aspirated="3.5 mL").review()
    assert early.worst("K12", 3) == "silent"
    late = baclofen().fill(38, "09:00", BACLOFEN, aspirated="3.1 mL").review()
    assert late.worst("K12", 3) == "soft"
    assert "alarm date decides it" in late.message("K12", 3)
    assert late.verdict == "override-needed"


@pytest.mark.req("K12")
@pytest.mark.parametrize(
    ("day", "severity"), [(date(2026, 4, 8), "silent"), (date(2026, 4, 9), "soft")]
)
def test_the_next_visit_is_not_after_the_refill_by_day(day, severity):
    chart = baclofen()
    chart.next_visit = day
    found = chart.review()
    assert found.worst("K12", None) == severity


@pytest.mark.req("T17", "K12")
def test_t17_a_new_pump_with_ziconotide_is_due_after_14_days():
    zico = {"ziconotide": "25 ug/mL"}
    chart = Chart().start(zico, "ziconotide", "2.4 ug/d")
    found = chart.fill(15, "09:00", zico, aspirated="16.85 mL").review()
    assert found.worst("K12", 3) == "soft"
    assert "stability decides it" in found.message("K12", 3)


# -- restart after a gap ------------------------------------------------------------------------


@pytest.mark.req("K12", "S16", "E17")
@pytest.mark.parametrize(
    ("chart", "mixture"),
    [
        (lambda: baclofen("500 ug/d"), BACLOFEN),
        (lambda: morphine("5 mg/d"), MORPHINE),
    ],
)
def test_a_pump_that_ran_empty_does_not_go_on_by_a_refill(chart, mixture):
    found = chart().fill(100, "09:00", mixture, aspirated="0 mL").review()
    assert found.worst("K12", 3) == "hard"
    assert "empty" in found.message("K12", 3)
    assert "would start again" in found.message("K12", 3)
    assert any(one.follow_up == "24-hour watch after the restart" for one in found.of("K12", 3))


@pytest.mark.req("K12")
@pytest.mark.parametrize(
    ("dose", "severity"),
    [
        ("600 ug/d", "hard"),
        ("500 ug/d", "hard"),
        ("495 ug/d", "hard"),
        # A little less is no low restart.
        ("494 ug/d", "soft"),
        ("251 ug/d", "soft"),
        ("250 ug/d", "warn"),
        ("100 ug/d", "warn"),
    ],
)
@pytest.mark.parametrize("order", ["fill-program", "stop-fill-program", "fill-stop-program"])
def test_nor_by_a_program_in_the_same_visit_however_it_is_written(dose, severity, order):
    chart = baclofen("500 ug/d")
    if order == "stop-fill-program":
        chart.add("stop", 60, "08:50", reason="refill")
    chart.fill(60, "09:00", BACLOFEN, aspirated="0 mL")
    if order == "fill-stop-program":
        chart.add("stop", 60, "09:05", reason="refill")
    index = len(chart.events)
    found = chart.run(60, "09:10", "baclofen", dose).review()
    assert found.worst("K12", index) == severity
    assert found.worst("K12", index - 1) in ("soft", "silent")  # the late refill alone


@pytest.mark.req("K12")
def test_nor_by_resuming_nor_on_the_next_day():
    chart = baclofen("500 ug/d").add("stop", 60, "08:50", reason="refill")
    chart.fill(60, "09:00", BACLOFEN, aspirated="0 mL").add("resume", 60, "09:10")
    assert chart.review().worst("K12", 5) == "hard"
    chart = baclofen("500 ug/d").add("stop", 60, "08:50", reason="refill")
    chart.fill(60, "09:00", BACLOFEN, aspirated="0 mL").run(61, "09:10", "baclofen", "500 ug/d")
    assert chart.review().worst("K12", 5) == "hard"


@pytest.mark.req("K12")
def test_a_low_restart_does_not_open_the_way_to_the_old_dose_an_hour_later():
    # Dry for 2.5 days: the old dose was still received within the last 7.
    chart = baclofen("500 ug/d").fill(22, "09:00", BACLOFEN, aspirated="0 mL")
    chart.run(22, "09:10", "baclofen", "100 ug/d").run(22, "10:10", "baclofen", "500 ug/d")
    found = chart.review()
    assert found.worst("K12", 4) == "warn"
    assert found.worst("K3", 5) == "hard"


@pytest.mark.req("K12")
def test_empty_for_hours_only_asks():
    # Dry since day 18 at 19:36 or so; the class rule counts from 24 hours.
    found = baclofen("500 ug/d").fill(18.5, "09:00", BACLOFEN, aspirated="0 mL").review()
    assert found.worst("K12", 3) == "soft"


@pytest.mark.req("K12", "T16")
@pytest.mark.parametrize(
    ("hours", "dose", "severity"),
    [
        (24, "2 mg/d", "silent"),
        (25, "2 mg/d", "soft"),
        (25, "1.01 mg/d", "soft"),
        (25, "1 mg/d", "warn"),
        (2, "2 mg/d", "silent"),
    ],
)
@pytest.mark.parametrize("how", ["stop", "minimum-rate", "stopped"])
def test_an_opioid_restarts_at_half_after_more_than_a_day(hours, dose, severity, how):
    chart = morphine("2 mg/d")
    if how == "stop":
        chart.add("stop", 10, "09:00", reason="sepsis")
    else:
        chart.add("program", 10, "09:00", mode=how, reason="sepsis")
    found = chart.run(10 + hours / 24, "09:00", "morphine", dose).review()
    assert found.worst("K12", 4) == severity
    assert found.verdict != "refused"


@pytest.mark.req("K12")
@pytest.mark.parametrize(
    ("dose", "severity"), [("500 ug/d", "warn"), ("400 ug/d", "warn"), ("501 ug/d", "soft")]
)
def test_stopped_baclofen_is_restored_but_not_raised(dose, severity):
    chart = baclofen("500 ug/d").add("stop", 5, "09:00", reason="meningitis")
    assert chart.run(8, "09:00", "baclofen", dose).review().worst("K12", 4) == severity


@pytest.mark.req("K12")
@pytest.mark.parametrize(
    ("days", "dose", "severity"),
    [
        (7, "500 ug/d", "warn"),
        (7.1, "500 ug/d", "soft"),
        (7.1, "251 ug/d", "soft"),
        (7.1, "250 ug/d", "warn"),
        (80, "500 ug/d", "soft"),
    ],
)
def test_after_more_than_a_week_no_class_is_restored_unasked(days, dose, severity):
    chart = baclofen("500 ug/d").add("stop", 5, "09:00", reason="infection")
    found = chart.run(5 + days, "09:00", "baclofen", dose).review()
    assert found.worst("K12", 4) == severity
    assert found.verdict != "refused"


@pytest.mark.req("K12")
def test_bupivacaine_and_ziconotide_count_two_days():
    zico = {"ziconotide": "25 ug/mL"}
    for day, severity in ((2, "silent"), (2.1, "warn")):
        chart = Chart().start(zico, "ziconotide", "2.4 ug/d")
        chart.add("stop", 3, "09:00", reason="confusion")
        found = chart.run(3 + day, "09:00", "ziconotide", "2.4 ug/d").review()
        assert found.worst("K12", 4) == severity


@pytest.mark.req("K12")
def test_a_replaced_pump_that_stood_empty_is_a_gap_too():
    chart = morphine("2 mg/d")
    chart.add("replace", 20, "09:00", pump={"model": "synchromed-ii-20", "serial": "NGP2"})
    chart.fill(23, "09:00", MORPHINE).add("prime", 23, "09:05", kind="back-table")
    found = chart.run(23, "09:30", "morphine", "2 mg/d").review()
    assert found.worst("K12", 6) == "soft"
    assert "without a running pump" in found.message("K12", 6)


@pytest.mark.req("S16")
def test_scenario_16_empty_for_60_days_resumed_at_the_old_dose():
    chart = morphine("2 mg/d").fill(150, "09:00", MORPHINE, aspirated="0 mL")
    found = chart.run(150, "09:10", "morphine", "2 mg/d").review()
    assert found.worst("K12", 4) == "hard"
    (one,) = found.of("K12", 4)
    assert one.follow_up
    assert "watch the patient for 24 hours" in one.message


# -- needle -------------------------------------------------------------------------------------


@pytest.mark.req("K36")
@pytest.mark.parametrize(
    ("confirmed", "severity"),
    [
        (None, "info"),
        ("template", "hard"),
        ("ultrasound", "silent"),
        ("two-needle", "silent"),
        (["template", "two-needle"], "silent"),
    ],
)
def test_an_empty_reservoir_needs_a_surer_needle_than_the_template(confirmed, severity):
    chart = baclofen("500 ug/d")
    chart.fill(60, "09:00", BACLOFEN, aspirated="0 mL", confirmed_by=confirmed)
    assert chart.review().worst("K36", 3) == severity


@pytest.mark.req("K36")
def test_a_reservoir_with_fluid_needs_no_more_than_the_template():
    chart = baclofen()
    chart.fill(30, "09:00", BACLOFEN, aspirated="6.3 mL", confirmed_by="template")
    assert chart.review().worst("K36") == "silent"


# -- left standing ------------------------------------------------------------------------------


@pytest.mark.req("K13")
@pytest.mark.parametrize("how", ["stop", "stopped", "minimum-rate"])
@pytest.mark.parametrize("reason", [None, "meningitis"])
def test_a_pump_left_standing_is_asked_about_and_never_refused(how, reason):
    chart = baclofen()
    if how == "stop":
        chart.add("stop", 10, "09:00", reason=reason)
    else:
        chart.add("program", 10, "09:00", mode=how, reason=reason)
    found = chart.review()
    assert found.worst("K13", 3) == "warn"
    assert found.verdict == "accepted"
    assert found.of("K13", 3)[0].follow_up
    assert ("give the reason" in found.message("K13", 3)) == (reason is None)
    assert "rhabdomyolysis" in found.message("K13", 3)


@pytest.mark.req("K13")
def test_a_reason_is_enough_where_the_stop_is_no_emergency():
    found = morphine().add("stop", 10, "09:00", reason="drug holiday").review()
    assert found.worst("K13", 3) == "info"
    assert morphine().add("stop", 10, "09:00").review().worst("K13", 3) == "warn"


@pytest.mark.req("K13")
def test_a_stop_that_the_visit_ends_is_silent():
    chart = baclofen().add("stop", 10, "09:00").add("resume", 10, "12:59")
    assert chart.review().worst("K13") == "silent"
    chart = baclofen().add("stop", 10, "09:00").add("resume", 10, "13:01")
    assert chart.review().worst("K13", 3) == "warn"


@pytest.mark.req("K13")
@pytest.mark.parametrize(("day", "severity"), [(12, "silent"), (12.1, "warn")])
def test_stopped_for_more_than_48_hours_at_the_end_of_the_file(day, severity):
    chart = baclofen().add("stop", 10, "09:00", reason="x").add("note", day, "09:00", text="here")
    assert chart.review().worst("K13", None) == ("warn")
    at_end = [one for one in chart.review().findings if one.check == "K13" and one.event is None]
    assert bool(at_end) == (severity == "warn")


@pytest.mark.req("K13")
def test_a_pump_that_was_filled_and_never_programmed_is_pointed_out():
    found = Chart("spinal").fill(0, "09:00", BACLOFEN).add("prime", 0, "09:05").review()
    assert "never programmed" in found.message("K13")
    assert found.verdict == "accepted"


@pytest.mark.req("K13")
def test_a_dose_in_an_order_that_stops_is_said_to_have_no_effect():
    chart = baclofen().add(
        "program", 10, "09:00", mode="stopped", daily_dose="200 ug/d", reason="x"
    )
    assert "has no effect" in chart.review().message("K13", 3)


# -- wording and limits -------------------------------------------------------------------------


@pytest.mark.req("K12")
@pytest.mark.parametrize(("seconds", "words"), [(0, []), (8640, ["0.1"]), (2 * 86400, ["2"])])
def test_a_refill_at_its_refill_by_time_is_in_time(seconds, words):
    asked = baclofen().fill(30, "09:00", BACLOFEN, aspirated="6.3 mL").situation()
    asked = replace(asked, refill_by=asked.now - seconds)
    found = [plain(one.message) for one in check_late_refill(asked) if one.check == "K12"]
    assert [one.split(" days after")[0] for one in found] == [
        f"this refill comes {days}" for days in words
    ]


@pytest.mark.req("K36")
def test_the_needle_is_asked_about_where_the_pump_reckons_with_an_empty_reservoir():
    template = {"confirmed_by": "template"}
    # 20 mL filled and 40 typed: dry since day 46, and the pump still counts fluid.
    chart = baclofen("200 ug/d")
    chart.events[0][1]["programmed_volume"] = "40 mL"
    chart.fill(60, "09:00", BACLOFEN, aspirated="0 mL", **template)
    assert chart.review().worst("K36") == "silent"
    # 20 mL filled and 18 typed: the pump counts none, and fluid is there.
    chart = baclofen("200 ug/d")
    chart.events[0][1]["programmed_volume"] = "18 mL"
    chart.fill(43, "09:00", BACLOFEN, aspirated="1 mL", **template)
    assert chart.situation().order.expected == chart.situation().order.expected.zero()
    assert chart.review().worst("K36") == "silent"


@pytest.mark.req("K12")
@pytest.mark.parametrize(
    ("days", "dose", "advice", "limit"),
    [
        (3, "500 ug/d", "restore no more than the old dose, treat it as a new start", 500),
        (8, "500 ug/d", "restart at 50 % of the old dose or less", 250),
    ],
)
def test_the_advice_and_its_limit_follow_the_length_of_the_gap(days, dose, advice, limit):
    chart = baclofen("500 ug/d").add("stop", 5, "09:00", reason="infection")
    (one,) = chart.run(5 + days, "09:00", "baclofen", dose).review().of("K12", 4)
    assert f"after {24 * days} h stopped" in plain(one.message)
    assert advice in plain(one.message)
    assert one.limit.quantity.in_unit("ug") == limit
    assert one.value.quantity.in_unit("ug") == 500


@pytest.mark.req("K13")
@pytest.mark.parametrize(
    ("mode", "words"), [("stopped", "stopped"), ("minimum-rate", "at its minimum rate")]
)
def test_what_the_pump_is_left_at_is_said(mode, words):
    chart = baclofen().add(
        "program", 10, "09:00", mode=mode, daily_dose="200 ug/d", reason="infection"
    )
    found = chart.review()
    assert found.severities("K13", 3) == ["warn", "warn"]
    effect, left = found.of("K13", 3)
    assert effect.message.startswith(f"the pump is left {words}, the daily dose")
    assert left.message.startswith(f"the pump is left {words}: infection (baclofen: ")
