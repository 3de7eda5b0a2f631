"""Identity, nerve signs, medicines, readings, clocks and notices at the beginning of a visit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction

import pytest
from visit_cases import NOW, ROUTINE, START, STRONG, changed, dose, found, unread, worst

from thecal.care.anticoagulants import AnticoagulantCase, Taken, agent, procedure
from thecal.care.interactions import InteractionCase, medicine
from thecal.care.visit import DueReading, Visit, due_readings, reading_due
from thecal.care.visit.arrival import Identifier, LoggedEvent


@pytest.mark.req("K30")
@pytest.mark.parametrize(
    ("visit", "severity"),
    [
        (ROUTINE, "silent"),
        (changed("identify", serial="NGV700009H"), "hard"),
        (changed("identify", identifiers=(Identifier.NAME,)), "hard"),
        (changed("identify", identifiers=(Identifier.NAME, Identifier.NAME)), "hard"),
        (changed("identify", identifiers_match=False), "hard"),
    ],
)
def test_two_identifiers_and_the_serial_number_have_to_match(visit: Visit, severity: str) -> None:
    assert worst(visit, "K30") == severity


@pytest.mark.req("K28")
@pytest.mark.parametrize("sign", ["weakness", "numbness", "bladder_or_bowel", "walking"])
def test_a_nerve_sign_warns_and_asks_where_the_dose_escalates(sign: str) -> None:
    visit = changed("complaints", **{sign: True})
    assert worst(ROUTINE, "K28", escalating=True) == "silent"
    assert worst(visit, "K28") == "warn"
    assert worst(visit, "K28", escalating=True) == "soft"
    assert worst(visit, "K28", last_fill=STRONG) == "soft"
    raised = changed("decide", visit, daily_doses=(dose("morphine", "4.4 mg/d"),), reason="pain")
    assert worst(raised, "K28") == "soft"
    assert "MRI" in found(visit, "K28")[0].follow_up


@pytest.mark.req("K28")
def test_an_escalation_that_nobody_reckoned_is_not_taken_for_none() -> None:
    visit = changed("complaints", weakness=True)
    assert "whether the dose rose is not known" in found(visit, "K28", escalating=None)[0].message


@pytest.mark.req("K20")
def test_a_start_without_a_list_of_medicines_asks_and_so_does_a_change_of_it() -> None:
    assert worst(ROUTINE, "K20") == "silent"
    assert worst(ROUTINE, "K20", starts="restart") == "soft"
    told = changed("complaints", oral_drug_changes=("baclofen 10 mg stopped",))
    assert worst(told, "K20") == "soft"


@pytest.mark.req("K20")
def test_the_findings_of_the_reconciliation_are_taken_over() -> None:
    case = InteractionCase(
        on=date(2026, 11, 20),
        occasion="restart",
        pump=("morphine",),
        home=(medicine("diazepam"),),
        ordered=(medicine("diazepam"),),
        stopped={},
        alcohol=False,
    )
    assert "diazepam" in found(ROUTINE, "K20", starts="restart", interactions=case)[0].message
    quiet = replace(case, home=(), ordered=())
    assert worst(ROUTINE, "K20", starts="restart", interactions=quiet) == "silent"


@pytest.mark.req("K35")
def test_anticoagulants_are_asked_about_before_a_spinal_procedure_and_only_then() -> None:
    assert worst(ROUTINE, "K35") == "silent"
    assert worst(ROUTINE, "K35", spinal_procedure="a dye study") == "soft"


@pytest.mark.req("K16")
@pytest.mark.parametrize(
    ("hours", "severity"),
    [(0, "warn"), (1.99, "warn"), (2, "soft"), (23.99, "soft"), (24, "hard"), (300, "hard")],
)
def test_a_reading_due_gets_graver_after_2_and_24_hours(hours: float, severity: str) -> None:
    due = DueReading("mri", NOW - timedelta(hours=hours))
    assert [str(one.severity) for one in reading_due(due, None, NOW)] == [severity]
    assert [one.follow_up for one in reading_due(due, None, NOW)] == ["read the pump after mri"]


@pytest.mark.req("K16")
def test_only_a_reading_after_the_event_counts() -> None:
    due = DueReading("surgery", START)
    assert list(reading_due(due, START + timedelta(seconds=1), NOW)) == []
    assert list(reading_due(due, START, NOW))
    assert list(reading_due(due, START - timedelta(days=1), NOW))


@pytest.mark.req("K16")
def test_the_reading_of_this_visit_answers_what_was_due() -> None:
    due = (DueReading("cardioversion", START - timedelta(days=3)),)
    assert worst(ROUTINE, "K16", due_readings=due) == "silent"
    assert worst(replace(ROUTINE, interrogate=None), "K16", due_readings=due) == "hard"


@pytest.mark.req("K16")
def test_the_log_tells_which_readings_are_due() -> None:
    day = timedelta(days=1)
    log = [("surgery", START), ("mri", START - 2 * day), ("journey", START), ("mri", START - day)]
    assert due_readings(log, [START - day - day / 2]) == (
        DueReading("mri", START - day),
        DueReading("surgery", START),
    )
    assert due_readings(log, [START + day, START - 3 * day]) == ()
    assert len(due_readings(log, [])) == 3


@pytest.mark.req("K16")
def test_a_stall_in_the_log_has_to_be_acknowledged() -> None:
    stall = LoggedEvent(kind="motor stall", time=START)
    assert worst(changed("interrogate", events=(stall,)), "K16") == "hard"
    read = replace(stall, acknowledged_by="nurse.a")
    assert worst(changed("interrogate", events=(read,)), "K16") == "silent"


@pytest.mark.req("K34")
def test_the_clocks_of_the_reading_are_held_against_the_record() -> None:
    read_at = START + timedelta(minutes=10)
    assert worst(changed("interrogate", pump_clock=read_at), "K34") == "silent"
    late = read_at + timedelta(hours=1)
    assert worst(changed("interrogate", pump_clock=late), "K34") == "warn"
    assert worst(changed("interrogate", programmer_clock=late), "K34") == "warn"


@pytest.mark.req("K21")
def test_a_notice_that_was_not_read_is_shown_until_it_is() -> None:
    notice = unread("the flex mode counts in hours")
    assert worst(ROUTINE, "K21") == "silent"
    (told,) = found(ROUTINE, "K21", unread_notices=(notice,))
    assert "the flex mode counts in hours" in told.message


@pytest.mark.req("K35")
def test_the_findings_of_the_pause_are_taken_over() -> None:
    def local(day: int) -> datetime:
        return datetime.combine(date(2026, 11, day), time(10))

    taken = Taken(agent("warfarin"), last_dose=local(19))
    case = AnticoagulantCase(procedure=procedure("implant"), begins=local(20), taken=(taken,))
    soft = found(ROUTINE, "K35", spinal_procedure="an implant", anticoagulants=case)
    assert any("too late" in one.message for one in soft)
    early = replace(case, taken=(replace(taken, last_dose=local(1)),), inr=Fraction(1))
    assert worst(ROUTINE, "K35", spinal_procedure="an implant", anticoagulants=early) == "silent"
