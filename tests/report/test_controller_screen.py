"""The words of the screen: complete in both languages, true to the view, never too early."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest

from builders import MORPHINE, Chart, moment
from thecal.care.document import LANGUAGES, Language
from thecal.data import FACT_COLUMNS, rows, use_clinic_tables
from thecal.errors import DataError
from thecal.pharmacy import drugs
from thecal.pump.alarms import Alarm, AlarmKind
from thecal.pump.guard import Denial
from thecal.report.controller_screen import (
    alarm_words,
    answer_lines,
    denial_words,
    duration_words,
    screen_lines,
    word,
)
from thecal.therapy.controller import ControllerView, view_controller
from thecal.units import Duration

BOLUS = {"dose": "0.25 mg", "duration": "10 min", "lockout": "2 h", "max_per_day": 4}


def at(day: float, clock: str) -> datetime:
    return datetime.fromisoformat(moment(day, clock, "+01:00"))


def look(*presses: datetime, when: datetime | None = None, **bolus: object) -> ControllerView:
    settings = {key: one for key, one in {**BOLUS, **bolus}.items() if one is not None}
    chart = Chart().start(MORPHINE, "morphine", "3 mg/d", patient_bolus=settings)
    therapy = chart.therapy()
    return view_controller(
        therapy, at=None if when is None else therapy.instant(when), presses=presses
    )


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    use_clinic_tables(None)


def test_every_phrase_is_there_in_both_languages_with_the_same_values() -> None:
    found: dict[str, dict[str, str]] = {}
    for row in rows("controller_words"):
        found.setdefault(row["parameter"], {})[row["language"]] = row["value"]
    for name, phrases in found.items():
        assert set(phrases) == set(LANGUAGES), name
        assert fields_of(phrases["en"]) == fields_of(phrases["de"]), name


def test_translations_are_marked_as_unread() -> None:
    german = [row for row in rows("controller_words") if row["language"] == "de"]
    assert {row["status"] for row in german} == {"recalled"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_denial_and_every_alarm_has_words_of_its_own(language: Language) -> None:
    said = [denial_words(denial, language) for denial in Denial]
    assert len(set(said)) == len(Denial)
    assert word("denial-other", language) not in said
    view = look()
    alarms = [alarm_words(view, Alarm(view.at, kind), language) for kind in AlarmKind]
    assert len(set(alarms)) == len(AlarmKind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_critical_alarms_say_now(language: Language) -> None:
    view = look()
    now = {"en": "now", "de": "sofort"}[language]
    for kind in AlarmKind:
        alarm = Alarm(view.at, kind)
        assert (now in alarm_words(view, alarm, language)) == (alarm.priority == "critical")


def test_an_alarm_without_words_of_its_own_has_those_of_its_priority(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    view = look()
    without = [row for row in rows("controller_words") if row["parameter"] != "alarm-empty"]
    monkeypatch.setattr("thecal.report.phrases.rows", lambda _: without)
    use_clinic_tables(None)  # forgets what was made of the whole table
    said = alarm_words(view, Alarm(view.at, AlarmKind.EMPTY), "en")
    monkeypatch.undo()
    use_clinic_tables(None)
    assert "may give no drug" in said


def test_every_drug_has_a_german_name() -> None:
    for one in drugs():
        assert word(f"drug-{one.id}", "de")[0].isupper()


def test_an_allowed_bolus() -> None:
    """A prime of 0.3072 mL and a day at 0.3 mL: 17.39 mL to the alarm, at 0.4 mL a day."""
    assert screen_lines(look(when=at(1, "10:00")), "en") == [
        "Personal therapy manager (myPTM A820 or 8832), 3 March 2026, 10:00 (pump clock)",
        "You may take a bolus now.",
        "Boluses left in 24 hours: 4 of 4.",
        "One bolus: 0.25\xa0mg (250\xa0mcg) of morphine over 10\xa0min.",
        "Lockout: 2\xa0h from the start of one bolus to the next.",
        "Refill by: 15 April 2026.",
        "Your clinic may have named an earlier date: that one counts.",
        "No alarm.",
    ]


def test_a_denied_press_in_german() -> None:
    view = look(at(1, "10:00"), at(1, "11:15"))
    lines = [line for one in view.presses for line in answer_lines(view, one, "de")]
    assert lines == [
        "3. März 2026, 10:00 Uhr: Bolus gegeben.",
        "3. März 2026, 11:15 Uhr: kein Bolus: die Sperrzeit seit dem letzten Bolus ist nicht"
        " abgelaufen.",
        "Nächster Bolus möglich in 45\xa0Min, ab 3. März 2026, 12:00 Uhr.",
    ]
    assert "Noch möglich in 24 Stunden: 3 von 4." in screen_lines(view, "de")


def test_next_bolus_is_never_named_too_early() -> None:
    """The count frees one a second after 24 hours; the screen names the minute after."""
    view = look(*(at(1, f"{hour}:00") for hour in (10, 12, 14, 16, 18)))
    assert view.later.granted == view.therapy.instant(at(2, "10:00")) + 1
    assert "Next bolus possible in 16\xa0h 1\xa0min, from 4 March 2026, 10:01." in screen_lines(
        view, "en"
    )


def test_what_waiting_does_not_change_is_said_with_its_reason() -> None:
    lines = screen_lines(look(when=at(90, "10:00")), "en")
    assert "No bolus now: the pump is empty." in lines
    assert "Waiting will not help: the pump is empty. Call your clinic." in lines
    assert any(line.startswith("Alarm since") and "nearly empty" in line for line in lines)


@pytest.mark.parametrize(
    ("bolus", "line"),
    [
        ({"max_per_day": None}, "The number of boluses is not limited; only the lockout is."),
        (
            {"max_per_day": None, "max_dose_per_day": "3.6 mg"},
            "Boluses left in 24 hours: 2, by the dose of a day.",
        ),
        ({"max_dose_per_day": "3.6 mg"}, "Boluses left in 24 hours: 2 of 4."),
    ],
)
def test_boluses_left(bolus: dict[str, object], line: str) -> None:
    assert line in screen_lines(look(**bolus), "en")


@pytest.mark.parametrize(
    ("seconds", "english", "german"),
    [
        (0, "0 s", "0 Sek"),
        (10, "10 s", "10 Sek"),
        (60, "1 min", "1 Min"),
        (61, "2 min", "2 Min"),
        (3600, "1 h", "1 Std"),
        (5400, "1 h 30 min", "1 Std 30 Min"),
        (86400, "1 day", "1 Tag"),
        (180001, "2 days 2 h 1 min", "2 Tage 2 Std 1 Min"),
        (Fraction(1, 2), "1 min", "1 Min"),
    ],
)
def test_durations_round_up_to_the_minute(
    seconds: int | Fraction, english: str, german: str
) -> None:
    value = Duration(Fraction(seconds))
    assert duration_words(value, "en").replace("\xa0", " ") == english
    assert duration_words(value, "de").replace("\xa0", " ") == german


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_keeps_a_placeholder_and_every_number_keeps_its_point(language: Language) -> None:
    for view in (look(), look(at(1, "10:00"), at(1, "10:05")), look(when=at(90, "10:00"))):
        for line in screen_lines(view, language):
            assert not re.search(r"[{}]", line)
            assert not re.search(r"\d,\d", line)


def test_a_clinics_own_words_replace_the_shipped_ones(clinic: Path) -> None:
    head = "parameter,language," + ",".join(FACT_COLUMNS)
    (clinic / "controller_words.csv").write_text(
        f"{head}\nno-alarm,en,All is quiet.,text,our clinic,read,,2026-11-21,\n"
    )
    use_clinic_tables(clinic)
    assert "All is quiet." in screen_lines(look(), "en")


def test_a_phrase_that_asks_for_an_unknown_value_is_refused(clinic: Path) -> None:
    head = "parameter,language," + ",".join(FACT_COLUMNS)
    (clinic / "controller_words.csv").write_text(
        f"{head}\nrefill,en,Refill by {{day}}.,text,our clinic,read,,2026-11-21,\n"
    )
    use_clinic_tables(clinic)
    with pytest.raises(DataError, match="asks for a value"):
        screen_lines(look(), "en")


def test_a_missing_phrase_is_refused() -> None:
    with pytest.raises(DataError, match="has no"):
        word("nonsense", "en")
