"""Dates with the month spelled out, daily doses and thousands in the words of the language."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.document import LANGUAGES, Language, Text
from thecal.report.documents.localised import localised
from thecal.units import Mass, parse_quantity, show, show_time


def said(text: str, language: Language = "de") -> str:
    return localised(Text.same(text), language)


@pytest.mark.parametrize(
    ("typed", "english", "german"),
    [
        ("2026-03-04", "4 March 2026", "4. März 2026"),
        ("2026-03-04 09:05", "4 March 2026, 09:05", "4. März 2026, 09:05 Uhr"),
        ("2026-03-04T09:05", "4 March 2026, 09:05", "4. März 2026, 09:05 Uhr"),
        ("2026-03-04T09:05:10", "4 March 2026, 09:05", "4. März 2026, 09:05 Uhr"),
        ("at 2026-03-04T09:05:10+01:00.", "at 4 March 2026, 09:05.", "at 4. März 2026, 09:05 Uhr."),
        ("born 1961-04-12.", "born 12 April 1961.", "born 12. April 1961."),
        ("4 March 2026, 09:05", "4 March 2026, 09:05", "4. März 2026, 09:05 Uhr"),
        ("4 March 2026", "4 March 2026", "4. März 2026"),
    ],
)
def test_a_date_has_its_month_spelled_out(typed: str, english: str, german: str) -> None:
    assert said(typed, "en") == english
    assert said(typed, "de") == german


def test_a_german_date_in_figures_is_spelled_out_where_the_text_is_german() -> None:
    assert said("04.03.2026, 09:05", "de") == "4. März 2026, 09:05 Uhr"
    assert said("04.03.2026, 09:05 Uhr", "de") == "4. März 2026, 09:05 Uhr"


@pytest.mark.parametrize(
    "typed",
    ["2026-13-04", "2026-02-30", "LOT-2026-03-04", "2026-03-04-7", "1.2.2026.3", "X2026-03-04"],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_no_date_stays_as_it_was_typed(typed: str, language: Language) -> None:
    assert said(typed, language) == typed


@given(st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)))  # noqa: DTZ001
def test_every_way_of_writing_a_moment_reads_the_same(moment: datetime) -> None:
    for language in LANGUAGES:
        ways = {
            said(moment.strftime("%Y-%m-%d %H:%M"), language),
            said(show_time(moment), language),
        }
        assert len(ways) == 1
        assert not any(char in ways.pop() for char in "-")
    assert said(moment.strftime("%d.%m.%Y, %H:%M"), "de") == said(show_time(moment), "de")


def test_a_shown_figure_has_no_comma_in_german_for_there_it_is_a_decimal_sign() -> None:
    shown = show(parse_quantity("1250.5 ug", Mass), "ug", digits=6)
    assert shown == "1,250.5\u00a0mcg"
    assert said(f"{shown}/day", "en") == "1,250.5\u00a0mcg/day"
    assert said(f"{shown}/day", "de") == "1\u202f250.5\u00a0mcg/Tag"


@pytest.mark.parametrize(
    ("shown", "german"),
    [
        ("60\u00a0mcg (0.06\u00a0mg) a day", "60\u00a0mcg (0.06\u00a0mg) am Tag"),
        ("60\u00a0mcg (0.06\u00a0mg)/day", "60\u00a0mcg (0.06\u00a0mg)/Tag"),
        ("0.4\u00a0mL/day", "0.4\u00a0mL/Tag"),
        ("12\u00a0days", "12\u00a0days"),
    ],
)
def test_a_daily_dose_is_one_in_german_too(shown: str, german: str) -> None:
    assert said(shown, "de") == german
    assert said(shown, "en") == shown


@pytest.mark.parametrize("typed", ["1,250 mg", "0,125 mg", "0,125\u00a0mg/Woche", "12,5\u00a0mg"])
def test_what_a_person_typed_keeps_its_comma(typed: str) -> None:
    assert said(typed, "de") == typed
