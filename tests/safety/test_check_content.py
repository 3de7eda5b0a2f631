"""K15: a fill is told in single intrathecal doses, and nobody is asked for anything."""

from __future__ import annotations

import pytest

from builders import MORPHINE, Chart, morphine, plain


def _filled(mixture, volume="20 mL"):
    return Chart().fill(0, "09:00", mixture, volume).review()


@pytest.mark.req("K15")
def test_the_fill_of_the_fatal_case_is_told_drug_by_drug():
    # workflow.md 4b E5: 40 mL of hydromorphone 0.5 and bupivacaine 30 mg/mL, 20 and 1200 mg.
    found = _filled({"hydromorphone": "0.5 mg/mL", "bupivacaine": "30 mg/mL"}, "40 mL")
    told = {one.value.quantity.in_unit("mg"): plain(one.message) for one in found.of("K15", 0)}
    assert set(told) == {20, 1200}
    # 0.1 mg and 2.5 mg at once (pharmacology.md 1.3).
    assert "200 times the largest single intrathecal dose of a trial (0.1 mg)" in told[20]
    assert "480 times the largest single intrathecal dose of a trial (2.5 mg)" in told[1200]


@pytest.mark.req("K15")
def test_it_informs_at_every_fill_and_changes_no_verdict():
    found = morphine().fill(40, "09:00", MORPHINE, aspirated="10.2928 mL").review()
    assert [one.event for one in found.of("K15")] == [0, 3]
    assert {str(one.severity) for one in found.of("K15")} == {"info"}
    assert "unverified (recalled)" in found.of("K15", 0)[0].source


@pytest.mark.req("K15")
@pytest.mark.parametrize(("volume", "fires"), [("1 mL", False), ("1.01 mL", True)])
def test_a_fill_of_no_more_than_one_dose_is_not_remarked_upon(volume, fires):
    assert bool(_filled({"morphine": "0.5 mg/mL"}, volume).of("K15")) is fires


@pytest.mark.req("K15")
def test_a_drug_without_a_known_single_dose_is_not_checked_and_not_passed():
    (one,) = _filled({"ropivacaine": "5 mg/mL"}).of("K15")
    assert plain(one.message).startswith("not checked: 100 mg of ropivacaine")
    assert one.limit is None
