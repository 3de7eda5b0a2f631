"""K9, K36, K18, K22: where the needle is, an empty pump, repeats, and the septum."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from visit_cases import KNOWN, NOW, ROUTINE, changed, found, ml, without, worst

from thecal.care.visit import Visit, progress
from thecal.care.visit.needle import Appearance, Colour, Imaging, Port
from thecal.device import pump_model


@pytest.mark.req("K9")
@pytest.mark.inventory("W19")
def test_scenario_19_a_template_that_does_not_fit_shuts_the_fill_until_imaging() -> None:
    visit = changed("access", without("fill"), template_fits=False)
    assert worst(visit, "K9") == "hard"
    shut = {one.step.key: one.why for one in progress(visit, KNOWN).shut if one.step is not None}
    assert "the template does not fit" in shut["fill"]
    shown = changed("access", visit, imaging=Imaging.ULTRASOUND)
    assert worst(shown, "K9") == "warn"
    opened = progress(shown, KNOWN).open
    assert opened is not None
    assert opened.key == "fill"
    assert "pocket fill" in found(shown, "K9")[0].follow_up


@pytest.mark.req("K9")
@pytest.mark.parametrize(
    ("visit", "severity"),
    [
        (ROUTINE, "silent"),
        (changed("access", attempts=2), "silent"),
        (changed("access", attempts=3), "hard"),
        (changed("access", attempts=3, second_needle=True), "warn"),
        (changed("access", attempts=3, imaging=Imaging.FLUOROSCOPY), "warn"),
        (changed("access", port=Port.SIDE), "hard"),
        (changed("access", port=Port.SIDE, imaging=Imaging.FLUOROSCOPY), "hard"),
        (changed("access", aseptic=False, imaging=Imaging.FLUOROSCOPY), "hard"),
        (changed("access", consent=False), "soft"),
        (changed("aspirate", appearance=Appearance.BLOOD), "hard"),
        (changed("aspirate", appearance=Appearance.CLOUDY), "hard"),
        (changed("aspirate", colour=Colour.RED), "hard"),
        (changed("aspirate", volume=ml("7")), "soft"),
        (changed("aspirate", volume=ml("7"), colour=Colour.YELLOW), "silent"),
        (changed("aspirate", volume=ml("1")), "silent"),
        (changed("fill", re_aspirated=False), "hard"),
        (changed("fill", resistance=True), "hard"),
        (changed("fill", swelling=True), "hard"),
        (changed("fill", swelling=True, imaged=True), "warn"),
        (changed("fill", imaged=False), "hard"),
        (changed("fill", imaged=True), "silent"),
        (changed("fill", imaged=None), "silent"),
        (changed("fill", filtered=False), "warn"),
    ],
)
def test_any_no_asks_for_imaging_or_a_stop(visit: Visit, severity: str) -> None:
    assert worst(visit, "K9") == severity


@pytest.mark.req("GIP-7.1")
@pytest.mark.req("GIP-7.2")
def test_a_broken_package_or_broken_asepsis_keeps_the_drug_out_of_the_pump() -> None:
    assert worst(changed("verify", intact=False), "K6") == "hard"
    assert worst(changed("access", aseptic=False), "K9") == "hard"
    assert worst(changed("fill", filtered=False), "K9") == "warn"


@pytest.mark.req("K36")
@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({}, "hard"),
        ({"template_fits": False}, "hard"),
        ({"imaging": Imaging.ULTRASOUND}, "silent"),
        ({"imaging": Imaging.FLUOROSCOPY}, "silent"),
        ({"second_needle": True}, "silent"),
    ],
)
def test_the_needle_in_an_empty_pump_is_shown_by_more_than_a_template(
    changes: dict[str, object], severity: str
) -> None:
    reviewed = changed("decide", restart_reviewed_by="dr.c")
    visit = changed("access", changed("aspirate", reviewed, volume=ml("0")), **changes)
    for known in ({"expected": ml("0")}, {"empty_since": NOW - timedelta(days=60)}, {}):
        assert worst(visit, "K36", **known) == severity


@pytest.mark.req("K36")
def test_after_an_empty_pump_somebody_reviews_the_dose_of_the_restart() -> None:
    visit = changed("access", imaging=Imaging.ULTRASOUND)
    empty = {"empty_since": NOW - timedelta(days=60)}
    assert worst(visit, "K36", **empty) == "hard"
    assert worst(without("decide", visit=visit), "K36", **empty) == "hard"
    assert worst(changed("decide", visit, restart_reviewed_by="dr.c"), "K36", **empty) == "silent"
    assert worst(visit, "K36") == "silent"


@pytest.mark.req("K18")
def test_two_unexplained_events_within_twelve_months_ask() -> None:
    old, new = date(2025, 11, 20), date(2026, 9, 1)
    assert worst(ROUTINE, "K18", unexplained=(new,)) == "silent"
    assert worst(ROUTINE, "K18", unexplained=(old, new)) == "soft"
    assert worst(ROUTINE, "K18", unexplained=(old - timedelta(days=1), new)) == "silent"
    assert worst(ROUTINE, "K18", unexplained=(new, date(2026, 12, 1))) == "silent"


@pytest.mark.req("K22")
@pytest.mark.parametrize(
    ("before", "severity"), [(12, "silent"), (479, "silent"), (480, "warn"), (None, "info")]
)
def test_the_septum_is_counted_with_the_punctures_of_this_visit(
    before: int | None, severity: str
) -> None:
    assert worst(ROUTINE, "K22", punctures=before) == severity


@pytest.mark.req("K22")
def test_an_old_pump_and_a_septum_without_a_limit_are_told() -> None:
    assert worst(ROUTINE, "K22", implanted=date(2019, 11, 18)) == "warn"
    assert worst(ROUTINE, "K22", implanted=date(2019, 11, 25)) == "silent"
    assert worst(ROUTINE, "K22", implanted=None) == "silent"
    assert worst(ROUTINE, "K22", model=pump_model("ip-2000-v")) == "info"
