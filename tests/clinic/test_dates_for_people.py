"""No page of the clinic shows a date or a time as a machine writes it."""

from __future__ import annotations

from thecal.clinic.patient.advice_rows import shown
from thecal.clinic.templatetags.show import amount


def test_the_value_and_limit_of_a_finding_have_their_month_spelled_out() -> None:
    assert amount("2026-03-02") == "2 March 2026"
    assert amount("2026-03-02T10:00:00+01:00") == "2 March 2026, 10:00"
    assert amount("2026-03-02, 2026-03-04") == "2 March 2026, 4 March 2026"
    assert amount("LOT-2026-03-02") == "LOT-2026-03-02"


def test_what_an_advice_tells_has_its_month_spelled_out() -> None:
    assert shown("2026-03-02T10:00:00+01:00") == "2 March 2026, 10:00"
    assert shown(("2026-03-02", "none")) == "2 March 2026, none"
    assert shown("until 2026-03-02, then again") == "until 2 March 2026, then again"
