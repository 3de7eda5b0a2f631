"""What the course of the record tells for the forms: fills, doses, scores, old and new programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from thecal.care.document import Grid, Text
from thecal.care.forms import Shown, forms, history_facts, not_known
from thecal.care.forms.choice import choices
from thecal.care.forms.history_facts import DESTROYED, TOLD, WASTED
from thecal.care.papers.record import record_at
from thecal.therapy.file_reader import parse_moment, read_therapy
from thecal.units import Volume

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
ALL = frozenset(name for one in forms() for name in one.facts())
SCORE = '[[events]]\ntime = {time}\ntype = "observe"\nscale = "nrs"\nvalue = "{value}"\n'
SCAN = '[[events]]\ntime = 2026-07-10T12:00:00\ntype = "mri"\nfield = "1.5 T"\n'
SCAN += 'duration = "30 min"\n'
READ = '[[events]]\ntime = 2026-07-10T12:00:00\ntype = "interrogate"\n'
READ += "pump_clock = 2026-07-10T11:58:00\nprogrammer_clock = 2026-07-10T12:00:00\n"


def told(
    name: str = "pain_two_drugs", at: str | None = None, more: str = "", **volumes: Volume
) -> dict[str, Shown]:
    text = (EXAMPLES / f"{name}.toml").read_text(encoding="utf-8") + more
    therapy = read_therapy(text.encode(), f"{name}.toml")
    when = None if at is None else therapy.instant(parse_moment(at, therapy.utc_offset))
    named = {key.replace("_", "-"): one for key, one in volumes.items()}
    return history_facts(record_at(therapy, when), ALL, named)


def said(found: dict[str, Shown], name: str) -> str:
    one = found[name]
    assert isinstance(one, Text)
    return one.en.replace("\u00a0", " ")


def cells(found: dict[str, Shown], name: str) -> list[list[str]]:
    one = found[name]
    assert isinstance(one, Grid)
    return [[cell.en.replace("\u00a0", " ") for cell in row] for row in one.rows]


def test_what_the_last_refill_said_carries_its_day() -> None:
    """21.9 mL drawn where 21.9 mL were due by the count: nothing is missing."""
    found = told()
    assert said(found, "residual-ratio") == "0.9997 (fill of 2026-06-29 10:00)"
    assert said(found, "residual-band") == "green (fill of 2026-06-29 10:00)"
    assert said(found, "residual-difference").endswith("mL (fill of 2026-06-29 10:00)")
    assert said(found, "volume-programmed") == "38 mL (fill of 2026-06-29 10:00)"
    assert said(found, "expected-residual") == "21.9 mL (fill of 2026-06-29 10:00)"


def test_on_another_day_the_expected_residual_is_what_the_pump_counts_now() -> None:
    found = told(at="2026-04-20T11:00:00")
    assert said(found, "expected-residual").endswith("mL (at 2026-04-20 11:00)")
    assert "residual-ratio" not in found, "nothing had been drawn by then"


def test_a_pump_that_gave_too_little_is_red() -> None:
    change = 'aspirated = "21.9 mL"'
    text = (EXAMPLES / "pain_two_drugs.toml").read_text(encoding="utf-8")
    assert change in text
    therapy = read_therapy(text.replace(change, 'aspirated = "30 mL"').encode(), "x")
    found = history_facts(record_at(therapy), ALL)
    assert said(found, "residual-band").startswith("RED")
    # 36.6 mL could be used, 14.7 mL were to be, and 6.6 mL were.
    assert said(found, "residual-ratio").startswith("0.4488")


def test_the_drug_in_a_typed_volume_is_of_the_solution_that_was_drawn() -> None:
    """2 mL of what the pump held before the fill: 5 and 10 mg/mL, not the new 10 and 20."""
    found = told(wasted_masses=Volume.of(2, "mL"), destroyed_masses=Volume.of(2, "mL"))
    assert said(found, WASTED) == "bupivacaine 20 mg (20,000 mcg); morphine 10 mg (10,000 mcg)"
    # 38 mL of 20 mg/mL on 1.4 mL of 10 mg/mL that no syringe draws: 774 mg in 39.4 mL.
    assert said(found, DESTROYED).startswith("bupivacaine 39.289 mg (39,289 mcg)")
    assert {WASTED, DESTROYED}.isdisjoint(told())


def test_at_the_end_it_is_the_solution_that_was_in_the_pump_before_it_was_taken_out() -> None:
    end = '[[events]]\ntime = 2026-07-10T12:00:00\ntype = "explant"\nreason = "infection"\n'
    found = told(more=end, destroyed_masses=Volume.of(2, "mL"))
    assert said(found, DESTROYED).startswith("bupivacaine 39.289 mg (39,289 mcg)")
    assert any("Pump taken out" in row[1] for row in cells(found, "issues-12-months"))


def test_the_doses_are_those_of_the_log_and_no_future_one() -> None:
    rows = cells(told(), "doses-12-months")
    assert [row[0] for row in rows] == ["2026-03-02 10:40", "2026-03-16 09:00", "2026-04-06 09:00"]
    assert rows[0][1] == ("bupivacaine 1 mg (1,000 mcg) a day; morphine 0.5 mg (500 mcg) a day")
    early = cells(told(at="2026-03-20T09:00:00"), "doses-24-months")
    assert [row[0] for row in early] == ["2026-03-02 10:40", "2026-03-16 09:00"]


def test_a_dose_that_still_ran_within_the_span_stands_there_however_old_it_is() -> None:
    rows = cells(told(at="2027-05-01T09:00:00"), "doses-12-months")
    assert [row[0] for row in rows] == ["2026-04-06 09:00"]


def test_the_change_a_year_names_what_it_rests_on() -> None:
    assert "a year, carried on from a shorter record" in said(told(), "yearly-change")
    assert said(told(at="2026-03-05T09:00:00"), "yearly-change").endswith("too short a time")
    assert "against a year ago" in said(told(at="2027-04-01T09:00:00"), "yearly-change")


def test_scores_and_what_went_wrong_are_told_for_a_year() -> None:
    late = SCORE.format(time="2026-07-01T09:00:00", value="4")
    found = told(more=late + SCAN)
    assert ["2026-07-01 09:00", "nrs: 4"] in cells(found, "scores-12-months")
    assert any("MRI at 1.5 T" in row[1] for row in cells(found, "issues-12-months"))
    assert said(told(), "issues-12-months") == "none"
    assert "scores-12-months" not in told(at="2027-12-01T09:00:00", more=late)


def test_both_clocks_are_those_of_the_last_reading() -> None:
    found = told(more=READ)
    assert said(found, "pump-clock") == "2026-07-10 11:58 (read on 2026-07-10 12:00)"
    assert said(found, "programmer-clock") == "2026-07-10 12:00 (read on 2026-07-10 12:00)"
    assert "pump-clock" not in told()


def test_old_and_new_program_stand_beside_each_other_with_the_day() -> None:
    grid = told()["program-compared"]
    assert isinstance(grid, Grid)
    assert grid.columns[0].en == "Setting (visit of 2026-06-29)"
    rows = cells(told(), "program-compared")
    assert ["morphine: Concentration", "5 mg/mL", "10 mg/mL", "changed"] in rows


def test_without_a_report_the_last_program_is_told() -> None:
    assert said(told(), "session-report").startswith(
        "no report; last program of 2026-06-29 10:10: Program: flex, by time of day"
    )


def test_every_refill_of_the_year_has_its_ratio() -> None:
    rows = cells(told(), "refills-12-months")
    assert [row[-1] for row in rows] == ["–", "0.9997, green"]


def test_only_what_is_wanted_is_reckoned() -> None:
    therapy = read_therapy((EXAMPLES / "pain_two_drugs.toml").read_bytes(), "x")
    assert set(history_facts(record_at(therapy), ("bridge",))) == {"bridge"}
    assert history_facts(record_at(therapy), ("patient",)) == {}


@pytest.mark.parametrize("name", ["pain_two_drugs", "spasticity_baclofen", "external_pump"])
def test_every_fact_has_a_name_that_a_form_prints_and_both_languages(name: str) -> None:
    assert {one.removesuffix(".1") for one in TOLD} <= ALL
    for one in told(name).values():
        texts = [one] if isinstance(one, Text) else [cell for row in one.rows for cell in row]
        assert all(text.en and text.de for text in texts)


@pytest.mark.parametrize("fact", sorted(ALL))
def test_what_is_not_known_says_what_would_make_it_known(fact: str) -> None:
    text = not_known(fact)
    assert text.en.startswith("not known: ")
    assert text.de.startswith("nicht bekannt: ")


def test_no_hint_is_for_a_fact_that_no_form_prints() -> None:
    assert set(choices("to-know")) <= ALL
