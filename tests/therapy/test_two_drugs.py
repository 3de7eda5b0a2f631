"""One flow, two drugs: a change of the rate changes both, and each has limits of its own."""

from __future__ import annotations

import pytest

from builders import Chart, plain
from thecal.units import Mass

TWO = {"morphine": "10 mg/mL", "bupivacaine": "20 mg/mL"}


@pytest.mark.inventory("S0.11", "S3.12")
def test_changing_the_rate_scales_both_drugs():
    chart = (
        Chart("cancer").start(TWO, "morphine", "2 mg/d").run(10, "09:00", "morphine", "2.4 mg/d")
    )
    before, after = chart.review().review.programs
    assert before.daily_doses == {"morphine": Mass.of(2, "mg"), "bupivacaine": Mass.of(4, "mg")}
    assert after.daily_doses == {
        drug: one.scaled("1.2") for drug, one in before.daily_doses.items()
    }
    assert after.volume_rate.in_unit("mL/d") * 100 == 24


@pytest.mark.inventory("S0.11", "S3.12")
@pytest.mark.parametrize(
    ("mixture", "within", "above"),
    [
        # 21.4 mg of bupivacaine a day is the highest on record; 1 mg of morphine is little.
        ({"morphine": "1 mg/mL", "bupivacaine": "22 mg/mL"}, "morphine", "bupivacaine"),
        ({"morphine": "22 mg/mL", "bupivacaine": "1 mg/mL"}, "bupivacaine", "morphine"),
    ],
)
def test_each_drug_is_held_against_its_own_limit(mixture, within, above):
    found = Chart("cancer").start(mixture, "morphine", mixture["morphine"][:-3] + "/d").review()
    grave = [plain(one.message) for one in found.of("K27", 2) if str(one.severity) != "warn"]
    assert grave
    assert all(f"of {above} a day" in one for one in grave)
    assert not any(f"of {within} a day" in one for one in grave)
