"""Tapers: the published series, tablets, one drug at a time, withdrawal, cancer."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.case_file import read_case_table
from thecal.care.conversion.regimen import OpioidLine
from thecal.care.derivation import Typed
from thecal.care.weaning.advise import advise
from thecal.care.weaning.case import read_case
from thecal.care.weaning.plan_document import weaning_plan
from thecal.care.weaning.tablets import nearest_below
from thecal.care.weaning.taper import CURRENT, INITIAL, ONE_AT_A_TIME, TOGETHER, Plan, series, taper
from thecal.care.weaning.withdrawal import pauses, withdrawal_band
from thecal.errors import BadFileError, CannotComputeError
from thecal.safety.finding import Severity
from thecal.units import Duration, Mass, MassRate

OXYCODONE = (
    '[[weaning.drugs]]\ndrug = "oxycodone"\nroute = "oral"\ndose = "40 mg"\ntimes_per_day = 2\n'
    'strengths = ["20 mg", "10 mg", "5 mg"]\n'
)
PATCH = (
    '[[weaning.drugs]]\ndrug = "fentanyl"\nroute = "transdermal"\ndaily_dose = "50 ug/h"\n'
    'strengths = ["25 ug/h", "12 ug/h"]\n'
)
STEPPED = 'of = "initial"\norder = "together"\n'


def table(drugs: str, more: str, pace: str = "slow", setting: str = "non-cancer"):
    text = (
        f'schema = "thecal.case/1"\n[weaning]\nstart = 2026-03-02\npace = "{pace}"\n'
        f'setting = "{setting}"\n'
    )
    calendar = "" if "calendar" in more else 'calendar = "weeks"\n'
    return read_case_table(f"{text}{calendar}{more}\n{drugs}".encode(), "case.toml", "weaning")


def ask(drugs: str, more: str = STEPPED, pace: str = "slow", setting: str = "non-cancer"):
    return advise(table(drugs, more, pace, setting))


def plan(**changed) -> Plan:
    values = {
        "start": date(2026, 3, 2),
        "part": Fraction(1, 10),
        "of": INITIAL,
        "interval": Duration.of(7, "d"),
        "order": TOGETHER,
    }
    return Plan(**{**values, **changed})


def taken(dose: str, *strengths: str, drug: str = "morphine") -> OpioidLine:
    pieces = tuple(Typed.read(one, Mass) for one in strengths)
    return OpioidLine(drug, "oral", Typed.read(dose, MassRate), strengths=pieces)


def told(advice, severity: str) -> list[str]:
    return [one.message for one in advice.findings if one.severity.value == severity]


@pytest.mark.inventory("T37", "S1.R17")
def test_t37_2_mg_a_day_by_20_percent_a_week() -> None:
    doses = series(MassRate.of(2, "mg/d"), Fraction(1, 5), CURRENT, 5)
    published = ["2", "1.6", "1.28", "1.024", "0.819", "0.655"]
    found = [one.in_unit("mg/d") for one in doses]
    assert [round(one, 3) for one in found] == [Fraction(one) for one in published]
    drug = '[[weaning.drugs]]\ndrug = "morphine"\nroute = "intrathecal"\ndaily_dose = "2 mg/d"\n'
    more = 'of = "current"\norder = "together"\nreductions = 5\n'
    calendar = ask(drug, more, pace="fast-low").listings[0].rows
    assert [row[0] for row in calendar] == [
        *("2 March 2026", "9 March 2026", "16 March 2026", "23 March 2026", "30 March 2026")
    ]
    assert [round(row[2].quantity.in_unit("mg/d"), 3) for row in calendar] == [
        Fraction(one) for one in published[1:]
    ]


@pytest.mark.inventory("T37")
@pytest.mark.parametrize(
    ("pace", "first"), [("slow", "72"), ("fast-low", "64"), ("fast-high", "60")]
)
def test_each_pace_takes_its_own_part(pace: str, first: str) -> None:
    wanted = ask(OXYCODONE, pace=pace).listings[0].rows[0][2].quantity
    assert wanted == MassRate.of(first, "mg/d")


def test_tablets_give_never_more_than_wanted_and_both_are_said() -> None:
    advice = ask(OXYCODONE)
    first = advice.listings[0].rows[0]
    assert first[2].quantity == MassRate.of(72, "mg/d")
    assert first[3].quantity == MassRate.of(70, "mg/d")
    assert first[5].replace("\u00a0", " ") == "3 x 20 mg + 1 x 10 mg"
    assert advice.results["ends"] == "4 May 2026"
    assert advice.verdict == "planned"


def test_one_drug_after_the_other_begins_when_the_first_is_at_nothing() -> None:
    advice = ask(OXYCODONE + PATCH, 'of = "initial"\norder = "one-at-a-time"\n')
    names = [row[1] for row in advice.listings[0].rows]
    assert names == sorted(names, reverse=True)
    assert advice.listings[0].rows[10][0] == "11 May 2026"
    together = ask(OXYCODONE + PATCH)
    assert together.listings[0].rows[1][0] == "2 March 2026"
    assert any("one step" in one for one in told(advice, "warn"))


def test_the_daily_calendar_has_every_day_once() -> None:
    advice = ask(OXYCODONE, STEPPED + 'calendar = "days"\n')
    days = advice.listings[1].rows
    assert len(days) == 64
    assert [row[0] for row in days[:2]] == ["2 March 2026", "3 March 2026"]
    assert days[6][1].quantity == MassRate.of(70, "mg/d")
    assert days[7][1].quantity == MassRate.of(60, "mg/d")


@pytest.mark.parametrize(
    ("score", "band"),
    [
        *((4, "none"), (5, "mild"), (12, "mild"), (13, "moderate"), (14, "moderate")),
        *((24, "moderate"), (25, "moderately severe"), (36, "moderately severe"), (37, "severe")),
    ],
)
def test_withdrawal_has_its_bands(score: int, band: str) -> None:
    assert withdrawal_band(score) == band


@pytest.mark.parametrize(("score", "verdict"), [(12, "planned"), (13, "pause")])
def test_moderate_withdrawal_holds_the_dose_for_one_interval(score: int, verdict: str) -> None:
    advice = ask(OXYCODONE, f"{STEPPED}cows = {score}\n")
    assert advice.verdict == verdict
    assert pauses(score) == (verdict == "pause")
    starts = "9 March 2026" if verdict == "pause" else "2 March 2026"
    assert advice.results["starts"] == starts


@pytest.mark.inventory("S1.R7")
def test_in_cancer_stopping_at_once_and_keeping_half_are_both_shown() -> None:
    stop = ask(OXYCODONE, "pump_running = true\n", "stop-at-once", "cancer")
    assert stop.results["ends"] == "2 March 2026"
    assert not told(stop, "soft")
    half = ask(OXYCODONE, "pump_running = true\n", "half-kept", "cancer")
    assert half.listings[0].rows[0][3].quantity == MassRate.of(40, "mg/d")
    assert half.verdict == "open-end"
    assert any("no source" in one for one in half.not_checked)
    for advice, first in ((stop, "read"), (half, "recalled")):
        question = next(one for one in advice.disagreements if "other opioids" in one.question)
        assert question.used
        assert question.answers[0].fact.status == first


@pytest.mark.parametrize("pace", ["stop-at-once", "half-kept"])
def test_outside_cancer_or_before_the_pump_an_abrupt_change_is_asked_about(pace: str) -> None:
    asked = told(ask(OXYCODONE, "pump_running = false\n", pace), "soft")
    assert any("cancer pain only" in one for one in asked)
    assert any("presumes that intrathecal" in one for one in asked)


def test_a_taper_that_would_never_end_is_refused() -> None:
    drug = '[[weaning.drugs]]\ndrug = "morphine"\nroute = "oral"\ndaily_dose = "60 mg/d"\n'
    with pytest.raises(BadFileError, match="never end"):
        ask(drug, 'of = "current"\norder = "together"\n')
    with pytest.raises(BadFileError, match="more than a calendar holds"):
        ask(drug, 'of = "current"\norder = "together"\nreductions = 1000000\n')
    with pytest.raises(BadFileError, match="no COWS score"):
        ask(drug, STEPPED + "cows = 49\n")
    with pytest.raises(CannotComputeError, match="combinations"):
        nearest_below(MassRate.of(1, "mg/d"), (MassRate.of("0.000001", "mg/d"),))


@pytest.mark.parametrize(
    ("strength", "stops"), [("40 mg", True), ("20 mg", True), ("10 mg", False)]
)
def test_strengths_that_end_a_slow_taper_at_once_ask(strength: str, stops: bool) -> None:
    drug = OXYCODONE.replace('["20 mg", "10 mg", "5 mg"]', f'["{strength}"]')
    drug = drug.replace("times_per_day = 2", "times_per_day = 1")
    asked = [one for one in ask(drug).findings if one.severity is Severity.SOFT]
    assert bool(asked) == stops
    assert all("stops at once" in one.message for one in asked)


def test_a_calendar_by_day_that_nobody_reads_is_refused_by_weeks_it_is_told() -> None:
    many = OXYCODONE * 60
    by_day = 'calendar = "days"\nof = "initial"\norder = "one-at-a-time"\n'
    with pytest.raises(BadFileError, match="longer than anybody reads"):
        ask(many, by_day)
    assert ask(many, by_day.replace("days", "weeks")).verdict == "planned"


@pytest.mark.parametrize("pace", ["stop-at-once", "half-kept"])
def test_withdrawal_also_holds_a_dose_that_was_to_stop_at_once(pace: str) -> None:
    held = ask(PATCH, "cows = 13\npump_running = true\n", pace, "cancer")
    assert held.verdict == "pause"
    assert held.results["starts"] == "9 March 2026"


def test_without_the_wearing_time_the_patch_day_is_not_checked() -> None:
    def told(drug: str) -> bool:
        return any("patch day" in one for one in ask(drug).not_checked)

    assert told(PATCH)
    assert not told(PATCH + 'worn = "72 h"\n')


def test_a_patch_that_is_worn_three_days_does_not_change_every_seven() -> None:
    worn = PATCH + 'worn = "72 h"\n'
    assert any("between two patches" in one for one in told(ask(worn), "warn"))
    assert not any("between two patches" in one for one in told(ask(PATCH), "warn"))


def test_the_plan_for_the_patient_spells_months_and_shows_mg_and_mcg() -> None:
    document = weaning_plan(read_case(table(OXYCODONE + PATCH, STEPPED)))
    section = document.sections[0]
    assert section.grid is not None
    assert section.grid.rows[0][0].de == "2. März 2026"
    assert section.grid.rows[0][2].en.replace("\u00a0", " ") == "70 mg/day (70,000 mcg/day)"
    assert "mcg/h = " in section.grid.rows[1][2].en
    assert section.fields[0].value.en == "4 May 2026"
    assert "13" in document.sections[1].paragraphs[0].de


@given(
    wanted=st.integers(0, 400),
    strengths=st.lists(st.integers(1, 60), min_size=1, max_size=4, unique=True),
)
def test_whole_pieces_never_exceed_and_no_more_would_fit(wanted: int, strengths: list[int]) -> None:
    rates = tuple(MassRate.of(one, "mg/d") for one in strengths)
    found = nearest_below(MassRate.of(wanted, "mg/d"), rates)
    dose = found.dose.in_unit("mg/d")
    assert dose <= wanted
    assert dose == sum(rate.in_unit("mg/d") * count for rate, count in found.pieces)
    assert wanted - dose < min(strengths)


@given(
    dose=st.integers(10, 300),
    part=st.sampled_from([Fraction(1, 10), Fraction(1, 5), Fraction(1, 4)]),
    of=st.sampled_from([CURRENT, INITIAL]),
    order=st.sampled_from([TOGETHER, ONE_AT_A_TIME]),
)
def test_a_taper_never_rises_and_ends_at_nothing(
    dose: int, part: Fraction, of: str, order: str
) -> None:
    lines = (taken(f"{dose} mg/d", "10 mg", "5 mg"), taken("60 mg/d", "15 mg", drug="codeine"))
    steps = taper(lines, plan(part=part, of=of, order=order))
    for line in lines:
        before = line.daily
        for step in (one for one in steps if one.line is line):
            assert step.given.dose <= step.wanted <= line.daily
            assert step.given.dose <= before
            before = step.given.dose
        assert not before
