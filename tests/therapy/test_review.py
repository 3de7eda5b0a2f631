"""The review of whole files: incidents, scenarios, overrides, what is said of the whole file."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from builders import BACLOFEN, BACLOFEN_STRONG, MORPHINE, Chart, baclofen, morphine
from thecal.cli.main import main
from thecal.safety.finding import Severity
from thecal.therapy.events import Override
from thecal.therapy.file_reader import read_therapy_file
from thecal.therapy.review import review_therapy

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("incident_hourly_for_daily", "refused"),
        ("incident_wrong_volume", "refused"),
        ("pain_two_drugs", "override-needed"),
        ("spasticity_baclofen", "accepted"),
    ],
)
def test_the_examples(name, verdict):
    assert review_therapy(read_therapy_file(EXAMPLES / f"{name}.toml")).verdict == verdict


# -- incidents ----------------------------------------------------------------------------------


@pytest.mark.req("E3")
def test_e3_wrong_volume_twice_an_empty_pump_and_a_raised_dose():
    chart = Chart(patient={"opioid_tolerant": False})
    chart.fill(0, "09:00", MORPHINE, programmed_volume="40 mL").add("prime", 0, "09:05")
    chart.run(0, "09:30", "morphine", "1.94 mg/d")
    chart.fill(150, "09:00", MORPHINE, aspirated="0 mL", programmed_volume="40 mL")
    found = chart.run(150, "09:10", "morphine", "2.174 mg/d").review()
    assert found.worst("K1", 0) == found.worst("K1", 3) == "hard"
    assert found.worst("K2", 3) == "soft"
    assert found.worst("K12", 3) == "soft"
    assert found.worst("K12", 4) == "hard"  # 1.94 to 2.174 is no step: the pump was empty


@pytest.mark.req("E16", "E19")
def test_e16_the_label_of_the_bag_is_not_the_order():
    chart = Chart().fill(0, "09:00", MORPHINE, order=MORPHINE, label={"morphine": "1 mg/mL"})
    assert chart.review().verdict == "refused"


@pytest.mark.req("E17")
@pytest.mark.inventory("S0.21")
def test_e17_a_missed_refill():
    chart = baclofen("400 ug/d", next_visit=date(2026, 5, 1))
    found = chart.review()
    assert found.worst("K12", None) == "soft"
    assert "planned after the refill-by date" in found.message("K12", None)


@pytest.mark.inventory("S0.21", "S2.12")
@pytest.mark.parametrize(("day", "severity"), [(77, "silent"), (78, "soft"), (200, "soft")])
def test_a_baclofen_refill_planned_after_200_days_is_flagged(day, severity):
    # 40 mL of 500 mcg/mL at 0.1 mL a day would last for more than a year; 77 days are stated.
    visit = date.fromordinal(date(2026, 3, 2).toordinal() + day)
    chart = Chart("spinal", next_visit=visit)
    chart.start({"baclofen": "500 ug/mL"}, "baclofen", "50 ug/d", volume="40 mL")
    assert chart.review().worst("K12", None) == severity


@pytest.mark.req("E18")
def test_e18_an_unknown_catheter_is_neither_primed_nor_bridged_nor_replayed(tmp_path):
    chart = Chart(catheter={}).start(MORPHINE, "morphine", "2 mg/d")
    assert chart.review().worst("K25", 1) == "hard"


@pytest.mark.req("E19", "K27")
def test_e19_ten_times_the_dose_by_a_dilution_error():
    found = Chart("cancer").start({"hydromorphone": "100 mg/mL"}, "hydromorphone", "26 mg/d")
    found = found.review()
    assert "not checked" in found.message("K24", 0)
    assert found.worst("K27", 0) == "soft"
    assert found.worst("K27", 2) == "hard"


@pytest.mark.req("S8", "E1")
def test_scenario_8_through_the_command_line(tmp_path, capsys):
    file = tmp_path / "e1.toml"
    file.write_text(baclofen("60 ug/d").run(7, "09:00", "baclofen", "1440 ug/d").text())
    assert main(["review", str(file), "--json"]) == 3
    answer = json.loads(capsys.readouterr().out)
    assert answer["verdict"] == "refused"
    (k5,) = [one for one in answer["findings"] if one["check"] == "K5"]
    assert k5["event"] == 3
    assert k5["severity"] == "hard"


@pytest.mark.req("S14")
def test_scenario_14_the_alarm_volume_shifts_the_refill_date():
    # 40 mL of fentanyl 1 mg/mL at 0.3 mL/d: the alarm decides, 2 mL are 6.67 days.
    latest = []
    for alarm in ("2 mL", "4 mL"):
        for day in range(100, 130):
            chart = Chart(
                "cancer",
                pump_table={"low_reservoir_alarm": alarm},
                next_visit=date.fromordinal(date(2026, 3, 2).toordinal() + day),
            )
            chart.start({"fentanyl": "1 mg/mL"}, "fentanyl", "300 ug/d", volume="40 mL")
            if chart.review().worst("K12", None) == "soft":
                latest.append(day - 1)
                break
    assert latest[0] - latest[1] in (6, 7)


# -- overrides ----------------------------------------------------------------------------------


def _soft(**more):
    return baclofen("100 ug/d").run(10, "09:00", "baclofen", "140 ug/d", **more)


@pytest.mark.req("D16")
def test_a_soft_finding_is_answered_by_its_event_or_for_the_file():
    assert _soft().review().verdict == "override-needed"
    answered = _soft(override=[{"check": "K4", "reason": "spasms", "by": "Dr A"}]).review()
    assert answered.verdict == "accepted"
    (one,) = answered.of("K4", 3)
    assert (one.answer.reason, one.answer.by) == ("spasms", "Dr A")
    assert one.severity == "soft"  # it stays visible
    whole = review_therapy(_soft().therapy(), (Override("K4", "spasms"),))
    assert whole.verdict == "accepted"


@pytest.mark.req("D16")
def test_an_answer_to_another_check_or_event_answers_nothing():
    other = _soft(override=[{"check": "K27", "reason": "x"}])
    assert other.review().verdict == "override-needed"
    elsewhere = _soft()
    elsewhere.events[0][1]["override"] = [{"check": "K4", "reason": "x"}]
    assert elsewhere.review().verdict == "override-needed"


@pytest.mark.req("D15")
def test_nothing_answers_a_hard_finding():
    override = [
        {"check": "K5", "reason": "I am sure", "by": "Dr A"},
        {"check": "K4", "reason": "x"},
    ]
    chart = baclofen("100 ug/d").run(10, "09:00", "baclofen", "1000 ug/d", override=override)
    assert chart.review().verdict == "refused"
    every = tuple(Override(check, "x") for check in ("K3", "K4", "K5", "K27"))
    assert review_therapy(chart.therapy(), every).verdict == "refused"


# -- series that a pump clinic sees --------------------------------------------------------------


def _ordinary():
    ptm = {"dose": "0.1 mg", "duration": "5 min", "lockout": "4 h", "max_per_day": 4}
    mixed = {"morphine": "5 mg/mL", "bupivacaine": "7.5 mg/mL"}
    yield (
        "titration",
        baclofen("100 ug/d")
        .run(2, "09:00", "baclofen", "130 ug/d")
        .run(4, "09:00", "baclofen", "169 ug/d"),
    )
    yield (
        "weekend flex",
        Chart()
        .start(mixed, "morphine", "0.5 mg/d")
        .run(
            14,
            "09:00",
            "morphine",
            "0.45 mg/d",
            steps=[
                {"days": "sat-sun", "start": "08:00", "duration": "6 h", "dose": "0.15 mg"},
                {"days": "mon-fri", "start": "07:00", "duration": "1 h", "dose": "0.06 mg"},
            ],
        ),
    )
    yield (
        "patient bolus",
        morphine("1 mg/d").run(14, "09:00", "morphine", "1 mg/d", patient_bolus=ptm),
    )
    yield (
        "another drug",
        morphine("2 mg/d")
        .fill(30, "09:00", {"hydromorphone": "2 mg/mL"}, "40 mL", aspirated="12.3 mL")
        .run(
            30,
            "09:10",
            "hydromorphone",
            "0.3 mg/d",
            bridge={"drug": "morphine", "daily_dose": "2 mg/d"},
        ),
    )
    yield (
        "replacement",
        baclofen()
        .add("stop", 20, "08:50", reason="replacement")
        .add("replace", 20, "09:00", pump={"model": "synchromed-ii-20", "serial": "N2"})
        .fill(20, "09:10", BACLOFEN)
        .add("prime", 20, "09:15", kind="back-table")
        .run(20, "09:40", "baclofen", "200 ug/d"),
    )
    yield (
        "revision",
        baclofen()
        .add("stop", 20, "08:50", reason="revision")
        .add(
            "revise",
            20,
            "09:00",
            catheter={"model": "ascenda-8780", "tip": "T9", "implanted_length": "80 cm"},
        )
        .add("prime", 20, "10:00", kind="catheter")
        .add("resume", 20, "10:30"),
    )
    yield "travel", baclofen().run(20, "09:00", "baclofen", "220 ug/d", offset="-05:00")
    yield (
        "MRI",
        baclofen()
        .add("mri", 20, "09:00", field="1.5 T", duration="40 min")
        .add("interrogate", 20, "10:00", serial="NGV1"),
    )
    yield "explant", baclofen().add("explant", 20, "09:00", reason="infection")
    yield (
        "dye study",
        baclofen()
        .add("stop", 20, "08:50", reason="dye study")
        .add("access-port", 20, "09:00", aspirated="1 mL", injected="1.5 mL", mixture={})
        .add("prime", 20, "09:30", kind="catheter")
        .add("resume", 20, "10:00"),
    )
    yield (
        "refills in time",
        baclofen()
        .fill(36, "09:00", BACLOFEN, aspirated="3.9 mL")
        .fill(72, "09:00", BACLOFEN, aspirated="5.6 mL"),
    )
    yield (
        "a stronger solution",
        baclofen()
        .fill(36, "09:00", BACLOFEN_STRONG, aspirated="3.9 mL")
        .run(36, "09:10", "baclofen", "200 ug/d", bridge={"daily_dose": "200 ug/d"})
        .run(46, "09:00", "baclofen", "260 ug/d"),
    )
    yield (
        "a weaned patient",
        baclofen("300 ug/d")
        .run(10, "09:00", "baclofen", "240 ug/d")
        .run(14, "09:00", "baclofen", "190 ug/d")
        .run(18, "09:00", "baclofen", "100 ug/d")
        .add("program", 25, "09:00", mode="minimum-rate", reason="weaned"),
    )
    yield (
        "cancer",
        Chart("cancer")
        .start(MORPHINE, "morphine", "2 mg/d")
        .run(2, "09:00", "morphine", "3 mg/d")
        .run(4, "09:00", "morphine", "4.5 mg/d"),
    )


@pytest.mark.parametrize("chart", [pytest.param(c, id=n) for n, c in _ordinary()])
def test_an_ordinary_series_is_accepted(chart):
    found = chart.review()
    assert found.verdict == "accepted", found.grave()


def test_findings_come_in_the_order_of_the_events_and_carry_their_index():
    found = baclofen("100 ug/d").run(10, "09:00", "baclofen", "140 ug/d").review()
    indices = [one.event for one in found.findings if one.event is not None]
    assert indices == sorted(indices)
    assert max(indices) == 3


def test_a_review_is_the_same_every_time():
    chart = baclofen().fill(36, "09:00", BACLOFEN_STRONG, aspirated="3.9 mL")
    chart.run(36, "09:10", "baclofen", "250 ug/d", bridge={"daily_dose": "200 ug/d"})
    assert chart.review().findings == chart.review().findings


@pytest.mark.req("U08")
def test_programs_are_told_old_beside_new():
    found = baclofen("100 ug/d").run(10, "09:00", "baclofen", "130 ug/d").review()
    first, second = found.review.programs
    assert first.before == {}
    assert second.before["baclofen"].in_unit("ug") == 100
    assert second.worst_case_1h["baclofen"].in_unit("ug") * 24 == 130


def test_a_clinicians_bolus_is_in_the_worst_case_of_its_program():
    found = baclofen().add("bolus", 10, "09:00", dose="50 ug", duration="20 min").review()
    assert found.review.programs[0].worst_case_24h["baclofen"].in_unit("ug") == 250


def test_a_resumption_is_no_program_of_its_own():
    chart = baclofen().add("stop", 10, "09:00").add("resume", 10, "10:00")
    assert [one.event for one in chart.review().review.programs] == [2]


def test_presses_and_notes_are_never_judged():
    chart = baclofen().add("press", 10, "09:00").add("note", 10, "09:01", text="x")
    found = chart.add("observe", 10, "09:02", scale="NRS", value=3).review()
    assert not [one for one in found.findings if one.event in (3, 4, 5)]
    assert {one.severity for one in found.findings} <= {Severity.INFO}
