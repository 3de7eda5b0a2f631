"""Deliveries that follow each other evenly become one row."""

from __future__ import annotations

from fractions import Fraction

from thecal.pharmacy import Mixture
from thecal.program.delivery import Delivery, Purpose
from thecal.therapy.rows import JoiningSink
from thecal.units import Concentration, Volume

A = Mixture.of({"morphine": Concentration.of("1", "mg/mL")})
B = Mixture.of({"morphine": Concentration.of("2", "mg/mL")})
THERAPY, BOLUS = Purpose.THERAPY, Purpose.PATIENT_BOLUS


def _joined(*deliveries):
    rows = []
    sink = JoiningSink(rows.append)
    for start, end, volume, purpose, mixture in deliveries:
        sink(Delivery(Fraction(start), Fraction(end), purpose, Volume.of(volume, "uL"), mixture))
    sink.close()
    return [(int(r.start), int(r.end), r.volume.in_unit("uL"), r.purpose) for r in rows]


def test_even_pieces_join():
    assert _joined((0, 10, "1", THERAPY, A), (10, 30, "2", THERAPY, A)) == [(0, 30, 3, THERAPY)]


def test_another_rate_solution_or_a_pause_begins_a_row():
    assert len(_joined((0, 10, "1", THERAPY, A), (10, 20, "2", THERAPY, A))) == 2
    assert len(_joined((0, 10, "1", THERAPY, A), (10, 20, "1", THERAPY, B))) == 2
    assert len(_joined((0, 10, "1", THERAPY, A), (11, 21, "1", THERAPY, A))) == 2


def test_background_and_bolus_side_by_side_are_two_rows_in_order_of_their_start():
    rows = _joined(
        (0, 10, "1", THERAPY, A),
        (10, 20, "1", THERAPY, A),
        (10, 20, "5", BOLUS, A),
        (20, 30, "1", THERAPY, A),
    )
    assert rows == [(0, 30, 3, THERAPY), (10, 20, 5, BOLUS)]


def test_nothing_is_lost():
    rows = _joined(*((n, n + 1, str(1 + n % 3), THERAPY if n % 2 else BOLUS, A) for n in range(40)))
    assert sum(volume for _, _, volume, _ in rows) == sum(1 + n % 3 for n in range(40))
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
