"""What the patient really received: the highest 24 hours of the last days."""

from __future__ import annotations

from fractions import Fraction

import pytest

from thecal.pharmacy import Mixture
from thecal.program.delivery import Delivery, Purpose
from thecal.therapy.received import ReceivedDoses
from thecal.units import Concentration, Volume

DAY = 86400
WEEK = Fraction(7 * DAY)
SOLUTION = Mixture.of({"morphine": Concentration.of("1", "mg/mL")})


def _given(sink, start, end, volume, purpose=Purpose.THERAPY, mixture=SOLUTION):
    sink(
        Delivery(
            Fraction(start) * DAY, Fraction(end) * DAY, purpose, Volume.of(volume, "mL"), mixture
        )
    )


def _highest(sink, day, **more):
    return {d: m.in_unit("mg") for d, m in sink.highest_day(Fraction(day) * DAY, **more).items()}


def test_an_even_rate_gives_its_day():
    sink = ReceivedDoses(WEEK)
    _given(sink, 0, 5, "10")
    assert _highest(sink, 5) == {"morphine": 2}


def test_any_24_hours_count_not_calendar_days():
    sink = ReceivedDoses(WEEK)
    _given(sink, 0, "1/2", "1")
    _given(sink, "1/2", 1, "3")
    _given(sink, 1, "3/2", "3")
    _given(sink, "3/2", 2, "1")
    assert _highest(sink, 2) == {"morphine": 6}


@pytest.mark.parametrize("purpose", [Purpose.BRIDGE, Purpose.PRIME, Purpose.PURGE])
def test_bridge_prime_and_purge_are_no_therapy(purpose):
    sink = ReceivedDoses(WEEK)
    _given(sink, 0, 1, "5", purpose)
    assert _highest(sink, 1) == {}


def test_boluses_count_and_the_clinicians_can_be_left_out():
    sink = ReceivedDoses(WEEK)
    _given(sink, 0, 1, "1")
    _given(sink, "1/2", "3/4", "0.5", Purpose.PATIENT_BOLUS)
    _given(sink, "3/4", "5/6", "0.25", Purpose.CLINICIAN_BOLUS)
    assert _highest(sink, 1) == {"morphine": Fraction(7, 4)}
    assert _highest(sink, 1, clinician_boluses=False) == {"morphine": Fraction(3, 2)}


@pytest.mark.parametrize(
    ("now", "highest"), [("8", Fraction(9)), ("17/2", Fraction(5)), ("9", Fraction(1))]
)
def test_windows_that_end_before_the_look_back_are_forgotten(now, highest):
    sink = ReceivedDoses(WEEK)
    _given(sink, 0, 1, "9")
    _given(sink, 1, now, str(float(Fraction(now) - 1)))
    # On day 8 the window that ended exactly 7 days ago still counts.
    assert _highest(sink, now) == {"morphine": highest}


def test_a_restart_can_forget_what_was_before_it_drug_by_drug():
    sink = ReceivedDoses(WEEK)
    _given(sink, 0, 1, "9")
    sink.restart("morphine", Fraction(3 * DAY), forget=True)
    assert _highest(sink, 3) == {"morphine": 0}
    assert "morphine" not in sink.first
    _given(sink, 3, 4, "2")
    assert _highest(sink, 4) == {"morphine": 2}
    assert sink.first["morphine"] == 3 * DAY


def test_a_restart_need_not_forget():
    sink = ReceivedDoses(WEEK)
    _given(sink, 0, 1, "9")
    sink.restart("morphine", Fraction(3 * DAY), forget=False)
    assert _highest(sink, 3) == {"morphine": 9}
    assert sink.restarts == {"morphine": 3 * DAY}


def test_drug_free_fluid_is_nothing_received():
    sink = ReceivedDoses(WEEK)
    _given(sink, 0, 1, "5", mixture=Mixture(()))
    assert _highest(sink, 1) == {}
    assert sink.last is None
