"""The first page of a patient: how the pump stands now, in figures that say what they are."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from three_years import START, three_years

from thecal.clinic import clock
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.ledger.registration import register, stage_draft, therapy_drafts
from thecal.clinic.ledger.tasks import OPENED
from thecal.clinic.models import Patient, Role
from thecal.clinic.patient.courses import courses
from thecal.clinic.patient.overview import earlier_findings, outlook, standing_findings
from thecal.therapy.file_reader import read_therapy
from thecal.therapy.review import review_therapy
from thecal.therapy.simulation import simulate
from thecal.units import show

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
"""Within the last fill of the three years."""
QUERIES = {"patient": 13, "charts": 13, "findings": 13, "program now": 13, "record": 16}
"""At most: session, user, membership, patient, five to eight for the note of the access, stream."""


@pytest.fixture
def patient(world, monkeypatch) -> Patient:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = register(
        world.clinic,
        world.author(),
        name="Thea Example",
        number="DEMO-003",
        birth_date=date(1961, 4, 12),
        sex="female",
        pathway="non-cancer",
    )
    therapy = read_therapy(three_years().encode(), "three years")
    drafts = (*therapy_drafts(therapy), stage_draft("maintenance", "taken over"))
    write(made, world.author(), drafts, expected=None)
    return Patient.objects.get(pk=made.pk)


def shown(world, patient: Patient, name: str = "patient", role: Role = Role.NURSE) -> str:
    answer = world.browser(role).get(reverse(name, args=[patient.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_overview_says_what_a_replay_of_the_same_file_says(world, patient) -> None:
    therapy = read_therapy(three_years().encode(), "three years")
    result = simulate(therapy, until=therapy.instant(NOW))
    page = shown(world, patient)
    assert f'<p class="big">{show(result.reservoir_volume, "mL")}</p>' in page
    for text in (
        "Volume left now, by the pump's count",
        "Ordered",
        "Programmed, fullest 24 hours",
        "Achievable, fullest 24 hours",
        "Delivered in the last 24\u00a0h",
        "morphine 5\u00a0mg/mL",
        "decided by the stability",
        "0.875\u00a0mg/day (875\u00a0mcg/day)",
        "follows from the mixture",
        "Low-reservoir alarm, every allowed bolus taken",
        "Replacement indicator of the battery",
        "unverified",
    ):
        assert text in page, text
    days = (therapy.moment(result.outlook.low_reservoir) - NOW).days
    assert f"in {days} days" in page


def test_looking_again_later_gives_what_one_replay_to_then_gives(world, patient) -> None:
    folded = Chart(patient).folded
    for hours in (0, 1, 30, 31.5, 24 * 40):
        instant = folded.therapy.instant(NOW + timedelta(hours=hours))
        kept, anew = folded.simulation(instant), simulate(folded.therapy, until=instant)
        assert kept.end == anew.end
        assert kept.balance == anew.balance
        assert kept.delivered_by_purpose == anew.delivered_by_purpose
        assert kept.outlook == anew.outlook
        assert kept.alarms == anew.alarms


def test_delivered_is_what_left_the_tip_in_the_last_day(world, patient) -> None:
    chart = Chart(patient)
    therapy = chart.therapy
    stood = outlook(chart.folded, NOW)
    before = simulate(therapy, until=therapy.instant(NOW - timedelta(days=1)))
    after = simulate(therapy, until=therapy.instant(NOW))
    given = after.balance["morphine"].delivered - before.balance["morphine"].delivered
    row = next(row for row in stood.doses if row.drug == "morphine")
    assert row.delivered.startswith(show(given, "mg"))
    assert "therapy" in row.delivered


def test_what_has_passed_is_said_to_have_passed(world, patient, monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=300))
    page = shown(world, patient)
    assert page.count('<span class="over">passed</span>') == 4
    assert "dry: no drug flows" in page


def test_an_entry_that_lies_ahead_is_said_to(world) -> None:
    assert "after the last entry, which lies ahead" in shown(world, world.patient)


def test_open_tasks_stand_on_the_overview(world, patient) -> None:
    due = NOW + timedelta(days=2, hours=1)
    task = {"kind": "call", "what": "call about the constipation", "due": due.isoformat()}
    write(patient, world.author(), (Draft(OPENED, task),), expected=None)
    page = shown(world, patient)
    assert "call about the constipation" in page
    assert "in 2\u00a0days" in page


def test_findings_that_stand_are_apart_from_those_on_what_was(world, patient) -> None:
    page = shown(world, patient, "findings")
    standing, _, earlier = page.partition("<h2>On what was before</h2>")
    last = "24 January 2026"
    assert last in standing
    assert "24 November 2025" not in standing.partition('<div id="standing">')[2]
    assert "25 November 2025" in earlier or "2025" in earlier
    assert "delivered ratio" in earlier
    assert courses(Chart(patient).folded).reviewed
    assert "K33" in shown(world, patient)


def test_nothing_is_in_a_pump_that_was_taken_out(patient) -> None:
    text = three_years()
    therapy = read_therapy(text.encode(), "three years")
    assert standing_findings(therapy, review_therapy(therapy))
    last = therapy.events[-1].time.replace(tzinfo=None) + timedelta(hours=1)
    out = f'[[events]]\ntime = {last.isoformat()}\ntype = "explant"\nreason = "infection"\n'
    without = read_therapy((text + out).encode(), "three years")
    known = review_therapy(without)
    assert standing_findings(without, known) == []
    assert len(earlier_findings(without, known)) >= len(
        earlier_findings(therapy, review_therapy(therapy))
    )


def test_a_patient_without_a_pump_has_an_overview_too(world) -> None:
    made = register(
        world.clinic,
        world.author(),
        name="New",
        number="N1",
        birth_date=date(1990, 1, 1),
        sex="male",
        pathway="spasticity",
    )
    fresh = Patient.objects.get(pk=made.pk)
    for name in ("patient", "charts", "program now", "findings", "record", "body"):
        shown(world, fresh, name)
    assert "No pump has been filled yet" in shown(world, fresh)


def test_a_page_takes_few_queries_with_three_years_of_events(
    world, patient, django_assert_max_num_queries
) -> None:
    browser = world.browser(Role.NURSE)
    for name, most in QUERIES.items():
        url = reverse(name, args=[patient.pk])
        browser.get(url)
        with django_assert_max_num_queries(most):
            assert browser.get(url).status_code == 200


def test_every_plot_has_a_table_that_says_the_same(world, patient) -> None:
    page = shown(world, patient, "charts")
    plots = re.findall(r'<div class="plot" id="plot-(.*?)"', page)
    assert plots == ["dose-bupivacaine", "dose-morphine", "score-nrs", "residuals", "volume"]
    assert page.count("<summary>As a table</summary>") == len(plots)
    assert "flagged" in page
    assert "What the line holds through the prime of 10 April 2023" in page
    assert "style=" not in page
    assert "onclick" not in page
    assert START.year == 2023


def test_the_program_stands_as_a_strip_and_beside_the_one_before(world, patient) -> None:
    page = shown(world, patient, "program now")
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in page
    assert "The program before" in page
    assert re.search(r"morphine, programmed</th><td[^>]*>0.85\u00a0mg/day", page)
    assert "+2.94\u00a0%" in page


def test_no_page_of_a_patient_loads_the_body_model(world, patient) -> None:
    import subprocess
    import sys

    code = (
        "import django; django.setup(); import thecal.clinic.urls, sys;"
        "print([name for name in ('numba', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
