"""A sign of the nerves opens the image of the catheter tip; without one nothing is opened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from thecal.care.escalation.follow_up import IMAGE, follow_ups
from thecal.therapy.table import Table

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def case(drug: str = "morphine", **signs: bool) -> Table:
    start = datetime.fromisoformat("2024-09-02T10:00:00")
    history = [{"time": start, "dose": "1 mg/d" if drug == "morphine" else "100 ug/d"}]
    now = datetime.fromisoformat("2026-03-02T10:00:00")
    return Table({"drug": drug, "now": now, "history": history, "signs": signs}, "escalation")


@pytest.mark.req("K28")
@pytest.mark.inventory("E20")
@pytest.mark.parametrize("sign", ["weakness", "sensory_change", "bladder_or_bowel"])
def test_a_sign_of_the_nerves_opens_the_image_within_a_day(sign) -> None:
    (opened,) = follow_ups(case(**{sign: True}), NOW)
    assert opened.id == IMAGE
    assert opened.due == NOW + timedelta(hours=24)
    assert "image the catheter tip" in opened.what


@pytest.mark.req("K28")
def test_without_a_sign_nothing_is_opened() -> None:
    assert follow_ups(case(weakness=False, bladder_or_bowel=False), NOW) == ()
    assert follow_ups(case(), NOW) == ()
