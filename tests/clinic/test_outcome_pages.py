"""What patients said, and the figures of the clinic that are counted from it."""

from __future__ import annotations

import pytest
from clinic_pumps import chart_of
from django.urls import reverse
from flow_desk import FlowDesk, text_of

from thecal.clinic.flows.outcome_log import ASKED, asked_of
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.models import Role


@pytest.fixture
def desk(world) -> FlowDesk:
    return FlowDesk(world, Role.NURSE)


def ask(desk: FlowDesk, **fields: str):
    sent = {"seen": chart_of(desk.patient).seq, "visit": "month-3", "date": "2026-04-01", **fields}
    return desk.client.post(reverse("outcomes", args=[desk.patient.pk]), sent, follow=True)


@pytest.mark.inventory("S0.23")
def test_a_visit_is_written_down_and_the_course_is_shown(desk) -> None:
    ask(desk, visit="baseline", date="2026-01-10", **{"scores.nrs": "8", "scores.mme": "60"})
    page = text_of(
        ask(
            desk,
            recommend="yes",
            **{
                "scores.nrs": "3.5",
                "scores.satisfaction": "satisfied",
                "scores.mme": "0",
                "side_effects.nausea": "mild",
            },
        )
    )
    assert "Responder" in page
    assert "relief of 56.2 % at month-3" in page or "relief of 56.3 % at month-3" in page
    found = asked_of(chart_of(desk.patient))
    assert [one.recommend for one in found] == [None, True]
    assert found[1].again is None


def test_a_visit_asked_again_replaces_what_was_said_and_both_stay_in_the_record(desk) -> None:
    ask(desk, **{"scores.nrs": "7"})
    ask(desk, **{"scores.nrs": "6"})
    (one,) = asked_of(chart_of(desk.patient))
    assert one.values["scores"]["nrs"] == "6"
    assert len(desk.entries(ASKED)) == 2


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"scores.nrs": "11"}, "scores.nrs"),
        ({"scores.nrs": "<b>"}, "scores.nrs"),
        ({"visit": "never"}, "visit"),
        ({"date": "2026-04-21"}, "date"),
        ({"date": ""}, "date"),
        ({"scores.odi": "1\n2"}, "scores.odi"),
    ],
)
def test_what_a_scale_does_not_know_is_refused_at_its_field(desk, fields, field) -> None:
    answer = ask(desk, **fields)
    assert answer.status_code == 422
    assert f'id="e-{field}"' in answer.content.decode()
    assert asked_of(chart_of(desk.patient)) == ()


def test_an_unreadable_visit_of_another_program_breaks_no_page(desk) -> None:
    odd = Draft(ASKED, {"visit": {"visit": "month-3", "date": "yesterday"}})
    write(desk.patient, desk.world.author(), (odd,), expected=None)
    assert desk.go("outcomes").status_code == 200
    assert desk.client.get(reverse("clinic outcomes")).status_code == 200


@pytest.mark.inventory("S0.23")
@pytest.mark.inventory("S1.9")
@pytest.mark.inventory("S1.R9")
def test_the_clinic_sees_its_four_figures_with_n_and_interval_beside_the_published(desk) -> None:
    ask(desk, recommend="yes", again="no", **{"scores.satisfaction": "very-satisfied"})
    page = text_of(desk.client.get(reverse("clinic outcomes")))
    assert "100 % (1 of n = 1; 95 % interval 20.7 % to 100 %)" in page
    assert "not computed: n = 0" in page
    assert "maker's summary" in page
    assert "Rise of the opioid's daily dose in its first year" in page
    assert "age above 50" in page
