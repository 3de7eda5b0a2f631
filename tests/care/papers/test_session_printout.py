"""The printout of a session: old beside new, and the log since the one before (F6)."""

from __future__ import annotations

from paper_cases import PROGRAM, event, field, record, rows, said, therapy

from thecal.care.document import Document
from thecal.care.papers import record_at, session_printout, visit_letter

SECOND = PROGRAM.format(time="2026-02-02T10:00:00", drug="morphine", dose="1.25 mg/d")
PRESSES = "".join(event(f"2026-01-{day}T12:00:00", "press") for day in ("20", "21", "22"))
BOLUS = 'patient_bolus = { dose = "0.05 mg", duration = "5 min", lockout = "4 h" }\n'


def settings(document: Document) -> dict[str, list[str]]:
    return {row[0]: row[1:] for row in rows(document, "Settings")}


def test_old_stands_beside_new_with_the_change_in_percent() -> None:
    found = settings(session_printout(record(therapy(more=SECOND))))
    assert found["morphine: Dose in 24 hours"] == [
        "1 mg (1,000 mcg) a day",
        "1.25 mg (1,250 mcg) a day",
        "+25 %",
    ]
    assert found["Background, mL a day"] == ["0.1 mL/day", "0.125 mL/day", "changed"]
    assert found["morphine: Concentration"] == ["10 mg/mL", "10 mg/mL", "-"]
    assert found["Volume of the catheter"] == ["0.1672 mL", "0.1672 mL", "-"]


def test_the_first_session_has_nothing_beside_it() -> None:
    found = settings(session_printout(record(therapy())))
    assert found["morphine: Dose in 24 hours"][0] == "no earlier session on record"
    assert found["Mode"] == ["no earlier session on record", "continuous", "-"]


def test_a_new_drug_is_new_and_one_that_is_gone_is_minus_a_hundred_percent() -> None:
    refill = event(
        "2026-02-02T09:00:00",
        "fill",
        'volume = "18 mL"\naspirated = "15 mL"\nmixture = { hydromorphone = "5 mg/mL" }',
    ) + PROGRAM.format(time="2026-02-02T09:30:00", drug="hydromorphone", dose="0.5 mg/d").replace(
        "mode =", 'bridge = { drug = "morphine", daily_dose = "1 mg/d" }\nmode ='
    )
    found = settings(session_printout(record(therapy(more=refill))))
    assert found["morphine: Dose in 24 hours"] == ["1 mg (1,000 mcg) a day", "none", "-100 %"]
    assert found["hydromorphone: Dose in 24 hours"] == ["none", "0.5 mg (500 mcg) a day", "-"]
    log = [row[1] for row in rows(session_printout(record(therapy(more=refill))), "Log since")]
    assert "Filled with 18 mL: hydromorphone 5 mg/mL; 15 mL drawn before" in log


def test_the_presses_are_those_since_the_session_before() -> None:
    """Three days, a press each, all granted; one within the lockout of 4 h is denied."""
    text = PROGRAM.format(time="2026-01-13T09:00:00", drug="morphine", dose="1 mg/d") + BOLUS
    twice = event("2026-01-22T13:00:00", "press")
    one = therapy(more=text + PRESSES + twice + SECOND)
    page = session_printout(record(one))
    assert "Boluses asked for: 4, given: 3, denied: 1" in said(page)
    assert any(one.heading.en == "Log since 2026-01-13 09:00" for one in page.sections)
    after = session_printout(
        record(
            therapy(
                more=text + PRESSES + twice + SECOND + event("2026-02-10T09:00:00", "interrogate")
            )
        )
    )
    assert "Boluses asked for: 0, given: 0, denied: 0" in said(after)


def test_an_alarm_stands_in_the_log_and_a_bolus_in_the_settings() -> None:
    text = PROGRAM.format(time="2026-01-13T09:00:00", drug="morphine", dose="10 mg/d") + BOLUS
    page = session_printout(record(therapy(more=text), "2026-02-05T09:00"))
    assert any("ALARM: low reservoir" in row[1] for row in rows(page, "Log since"))
    bolus = settings(page)["Bolus on demand"][1]
    assert bolus.startswith("0.05 mg (50 mcg) of morphine over 5 min; at least 4 h")


def test_a_bolus_tells_the_dose_of_every_drug() -> None:
    """0.05 mg of morphine of 10 mg/mL are 5 microlitres, and 0.1 mg of bupivacaine of 20 mg/mL."""
    both = event(
        "2026-01-13T08:00:00",
        "fill",
        'volume = "18 mL"\naspirated = "17 mL"\n'
        'mixture = { morphine = "10 mg/mL", bupivacaine = "20 mg/mL" }',
    )
    text = PROGRAM.format(time="2026-01-13T09:00:00", drug="morphine", dose="1 mg/d") + BOLUS
    found = settings(session_printout(record(therapy(more=both + text), "2026-02-05T09:00")))
    told = found["Bolus on demand"][1]
    assert "0.05 mg (50 mcg) of morphine" in told
    assert "0.1 mg (100 mcg) of bupivacaine" in told


def test_clocks_that_were_read_stand_side_by_side() -> None:
    read = event(
        "2026-02-01T09:00:00",
        "interrogate",
        "pump_clock = 2026-02-01T08:57:00\nprogrammer_clock = 2026-02-01T09:00:00",
    )
    text = said(session_printout(record(therapy(more=read))))
    assert "pump clock 2026-02-01 08:57, programmer clock 2026-02-01 09:00" in text


def test_later_events_are_not_in_an_earlier_paper() -> None:
    one = therapy(more=SECOND)
    early = session_printout(record(one, "2026-02-01T09:00"))
    assert "1.25 mg" not in said(early)
    assert early == session_printout(record(therapy(), "2026-02-01T09:00"))


def test_alarm_and_refill_dates_battery_and_operator_are_on_it() -> None:
    page = session_printout(record(therapy()))
    assert field(page, "Low-reservoir alarm").startswith("2026-06-18 ")
    assert field(page, "Refill by") == "2026-04-12"
    assert "between" in field(page, "End of the battery's service")
    assert "Operator" in said(page)


def test_the_letter_tells_what_was_done_and_the_change() -> None:
    letter = visit_letter(record(therapy(more=SECOND)))
    assert field(letter, "morphine: Dose in 24 hours") == (
        "before 1 mg (1,000 mcg) a day, now 1.25 mg (1,250 mcg) a day (+25 %)"
    )
    assert "Program: continuous morphine 1.25 mg (1,250 mcg) a day" in said(letter)
    assert "do not re-order" in said(letter)
    assert not field(letter, "To").strip("_")


def test_a_visit_is_a_day_on_the_pump_clock() -> None:
    """23:30 at +00:00 is the next day at +01:00, the day of the second event."""
    first = event("2026-02-01T23:30:00+00:00", "interrogate")
    one = therapy(more=first + SECOND)
    found = record_at(one)
    assert found.visit is not None
    assert len(found.visit.events) == 2
