"""K19: a pump that opens in the field goes into a scanner without drug, or not at all."""

from __future__ import annotations

import pytest

from builders import MORPHINE, Chart, plain


def _prometra(pump="prometra-20", dose="0.5 mg/d"):
    chart = Chart(pump=pump, catheter={"model": "prometra-11823", "implanted_length": "76 cm"})
    return chart.start(MORPHINE, "morphine", dose, volume="10 mL")


def _scanned(chart, day):
    return chart.add("mri", day, "09:00", field="1.5 T", duration="30 min").review()


@pytest.mark.req("K19")
@pytest.mark.inventory("S3.24")
@pytest.mark.parametrize("pump", ["prometra-20", "prometra-ii-20", "prometra-ii-40"])
def test_a_prometra_with_drug_in_it_is_refused_a_scan(pump):
    found = _scanned(_prometra(pump), 5)
    assert found.verdict == "refused"
    assert found.worst("K19", 3) == "hard"
    assert "take the drug out" in found.message("K19", 3)
    assert "devices.md S47" in found.of("K19", 3)[0].source
    stopped = _prometra(pump).add("stop", 5, "08:00", reason="a scan")
    assert _scanned(stopped, 5).worst("K19", 4) == "hard"


@pytest.mark.req("K19")
@pytest.mark.inventory("S3.24")
@pytest.mark.parametrize("pump", ["synchromed-ii-40", "isomed-35-10", "medstream-40"])
def test_a_pump_that_need_not_be_emptied_is_not_refused_for_its_drug(pump):
    chart = Chart(pump=pump).fill(0, "09:00", MORPHINE)
    found = chart.add("mri", 5, "09:00", field="1.5 T", duration="30 min").review()
    assert found.worst("K19", 1) in ("silent", "warn")
    assert not any("take the drug out" in one.message for one in found.of("K19"))


@pytest.mark.req("K19")
@pytest.mark.parametrize(
    ("pump", "field", "severity", "words"),
    [
        ("synchromed-ii-40", "1.5 T", "silent", ""),
        # 1.5 T in 2008, 3 T later: both are told, nobody is stopped.
        ("synchromed-ii-40", "3 T", "warn", "another source allows it"),
        ("synchromed-ii-40", "7 T", "soft", "above the 3 T"),
        ("isomed-35-10", "3 T", "soft", "above the 1.5 T"),
        ("medstream-40", "3 T", "warn", "not checked: no field is known"),
    ],
)
def test_the_field_is_held_against_every_answer(pump, field, severity, words):
    chart = Chart(pump=pump).fill(0, "09:00", MORPHINE)
    found = chart.add("mri", 5, "09:00", field=field, duration="30 min").review()
    assert found.worst("K19", 1) == severity
    assert not words or any(words in plain(one.message) for one in found.of("K19", 1))


@pytest.mark.req("K19")
@pytest.mark.inventory("S3.24")
def test_without_drug_in_the_reservoir_the_scan_is_warned_of_only():
    (one,) = _scanned(_prometra(dose="5 mg/d"), 60).of("K19", 3)
    assert one.severity == "warn"
    assert "MR Unsafe" in plain(one.message)
    assert one.follow_up
