"""Order, label, pump and last fill name the same solution, or the change is planned (K6, K31)."""

from __future__ import annotations

from datetime import date

import pytest
from visit_cases import KNOWN, ROUTINE, STRONG, changed, dose, found, mixture, without, worst

from thecal.care.visit import Visit, progress
from thecal.care.visit.solution import Bridge
from thecal.device import pump_model

CHANGED = changed("verify", order=STRONG, label=STRONG)


@pytest.mark.req("K6")
@pytest.mark.parametrize(
    "visit",
    [
        changed("verify", order=STRONG),
        changed("verify", label=mixture(hydromorphone="10 mg/mL")),
        changed("interrogate", mixture=STRONG),
        changed("program", mixture=STRONG),
        changed("verify", patient_on_label=False),
        changed("verify", intact=False),
        CHANGED,
    ],
)
def test_any_of_the_four_that_names_another_solution_refuses(visit: Visit) -> None:
    assert worst(visit, "K6") == "hard"
    assert worst(ROUTINE, "K6") == "silent"


@pytest.mark.req("K6")
def test_a_change_needs_its_reason_and_what_becomes_of_the_old_solution() -> None:
    written = changed("program", CHANGED, mixture=STRONG)
    assert worst(changed("decide", written, reason="interval"), "K6") == "hard"
    assert worst(changed("decide", written, bridge=Bridge.PLANNED), "K6") == "hard"
    planned = changed("decide", written, reason="interval", bridge=Bridge.PLANNED)
    assert worst(planned, "K6") == "silent"


@pytest.mark.req("K6")
def test_a_first_fill_is_no_change() -> None:
    assert worst(ROUTINE, "K6", last_fill=None) == "silent"


@pytest.mark.req("K31")
def test_a_solution_past_its_last_day_asks() -> None:
    assert worst(changed("verify", beyond_use=date(2026, 11, 19)), "K31") == "soft"
    assert worst(changed("verify", beyond_use=date(2026, 11, 20)), "K31") == "silent"
    late = changed("verify", without("access"), beyond_use=date(2026, 11, 19))
    assert progress(late, KNOWN).open is None


@pytest.mark.req("K15")
def test_the_syringe_is_told_in_single_doses() -> None:
    assert "400 times" in found(ROUTINE, "K15")[0].message


@pytest.mark.req("K7")
def test_a_change_of_dose_or_mode_needs_a_reason_and_a_lower_dose_is_only_warned() -> None:
    before = without("program", "read_back")
    higher = changed("decide", before, daily_doses=(dose("morphine", "4.4 mg/d"),))
    lower = changed("decide", before, daily_doses=(dose("morphine", "3.6 mg/d"),))
    assert worst(ROUTINE, "K7") == "silent"
    assert worst(higher, "K7") == "soft"
    assert worst(changed("decide", higher, reason="pain 7"), "K7") == "silent"
    assert worst(lower, "K7") == "warn"


@pytest.mark.req("K6")
def test_at_a_pump_of_constant_flow_a_change_needs_its_reason_and_no_bridge() -> None:
    constant = pump_model("isomed-35-05")
    (told,) = [one for one in found(CHANGED, "K6", model=constant) if "changes from" in one.message]
    assert "can give no bridge" in told.message
    reasoned = changed("decide", CHANGED, reason="interval")
    assert not [
        one for one in found(reasoned, "K6", model=constant) if "changes from" in one.message
    ]
