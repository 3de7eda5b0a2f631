"""Morphine equivalents by edition: tiers, patches, thresholds, what is not counted."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.case_file import read_case_table
from thecal.care.conversion.equivalents import counted, morphine_equivalents, thresholds
from thecal.care.conversion.mme_advice import advise, stewardship_report
from thecal.care.conversion.regimen import OpioidLine
from thecal.care.derivation import Typed
from thecal.errors import BadFileError, UnknownIdError
from thecal.units import Duration, MassRate


def taken(drug: str, dose: str, route: str = "oral", worn: str | None = None) -> OpioidLine:
    hours = None if worn is None else Duration.of(worn, "h")
    return OpioidLine(drug, route, Typed.read(dose, MassRate), hours)


def total(edition: str, *lines: OpioidLine) -> Fraction:
    return counted(morphine_equivalents(lines, edition)).in_unit("mg/d")


T3_LIST = (taken("oxycodone", "80 mg/d"), taken("fentanyl", "50 ug/h", "transdermal", "72"))


@pytest.mark.inventory("T3", "S1.R4")
def test_t3_oxycodone_and_a_patch_count_240_and_the_edition_is_said() -> None:
    assert total("cdc-2022", *T3_LIST) == 240
    text = (
        'schema = "thecal.case/1"\n[mme]\nedition = "cdc-2022"\n'
        '[[mme.drugs]]\ndrug = "oxycodone"\nroute = "oral"\ndose = "40 mg"\ntimes_per_day = 2\n'
        '[[mme.drugs]]\ndrug = "fentanyl"\nroute = "transdermal"\ndaily_dose = "50 ug/h"\n'
    )
    advice = advise(read_case_table(text.encode(), "case.toml", "mme"))
    assert advice.results["morphine_equivalents"].quantity == MassRate.of(240, "mg/d")
    assert advice.results["edition"] == "cdc-2022"
    assert "not a conversion table" in advice.results["banner"]
    assert not any("intrathecal" in key or "start" in key for key in advice.results)


def test_a_dose_in_kilograms_is_refused_by_file_and_key() -> None:
    text = (
        'schema = "thecal.case/1"\n[mme]\nedition = "cdc-2022"\n'
        '[[mme.drugs]]\ndrug = "oxycodone"\nroute = "oral"\ndose = "0.00004 kg"\n'
        "times_per_day = 2\n"
    )
    with pytest.raises(BadFileError, match=r"case.toml: mme: drugs 1: dose: no dose .* in kg"):
        advise(read_case_table(text.encode(), "case.toml", "mme"))


@pytest.mark.inventory("T3")
def test_the_older_patch_factor_is_per_patch_and_not_per_mcg_an_hour() -> None:
    """50 x 7.2 would be 360: three times too much (facts/pharmacology.md C8, C12)."""
    patch = taken("fentanyl", "50 ug/h", "transdermal", "72")
    assert total("cdc-2016", patch) == total("cdc-2022", patch) == 120
    assert total("cdc-2016", taken("fentanyl", "50 ug/h", "transdermal", "48")) == 180
    unknown = morphine_equivalents((taken("fentanyl", "50 ug/h", "transdermal"),), "cdc-2016")
    assert unknown[0].equivalent is None
    assert "how long" in unknown[0].why


@pytest.mark.parametrize(
    ("dose", "expected"),
    [(20, 80), (21, 168), (40, 320), (41, 410), (60, 600), (61, 732), (80, 960)],
)
def test_methadone_is_tiered_in_the_older_edition(dose: int, expected: int) -> None:
    assert total("cdc-2016", taken("methadone", f"{dose} mg/d")) == expected
    assert total("cdc-2022", taken("methadone", f"{dose} mg/d")) == dose * Fraction("4.7")


def test_the_tier_follows_the_whole_day_of_the_drug_and_ends_at_its_last() -> None:
    twice = (taken("methadone", "20 mg/d"), taken("methadone", "20 mg/d"))
    assert total("cdc-2016", *twice) == 320
    above = morphine_equivalents((taken("methadone", "81 mg/d"),), "cdc-2016")
    assert above[0].equivalent is None
    assert "last tier" in above[0].why


@pytest.mark.parametrize(
    ("drug", "new", "old"), [("hydromorphone", 50, 40), ("tramadol", 2, 1), ("oxycodone", 15, 15)]
)
def test_the_editions_differ_and_each_is_kept(drug: str, new: int, old: int) -> None:
    assert total("cdc-2022", taken(drug, "10 mg/d")) == new
    assert total("cdc-2016", taken(drug, "10 mg/d")) == old
    with pytest.raises(UnknownIdError):
        total("cdc-2030", taken(drug, "10 mg/d"))


@pytest.mark.parametrize("route", ["intravenous", "epidural", "intrathecal"])
def test_what_has_no_factor_is_named_and_never_counted_as_nothing(route: str) -> None:
    found = morphine_equivalents((taken("morphine", "10 mg/d", route),), "cdc-2022")
    assert found[0].equivalent is None
    assert route in found[0].why


@pytest.mark.parametrize(("dose", "reached"), [("49.9", False), ("50", True)])
def test_a_threshold_is_reached_at_its_figure(dose: str, reached: bool) -> None:
    found = morphine_equivalents((taken("morphine", f"{dose} mg/d"),), "cdc-2022")
    assert [one.reached for one in thresholds(found, "cdc-2022")] == [reached]


@pytest.mark.inventory("S1.R4")
def test_the_stewardship_report_has_every_line_in_both_languages() -> None:
    document = stewardship_report(T3_LIST, "cdc-2022")
    section = document.sections[0]
    assert section.grid is not None
    assert len(section.grid.rows) == 2
    assert "240" in section.fields[1].value.en
    assert section.fields[1].emphasis
    assert "Risiko" in section.paragraphs[0].de
    assert all("unverified" in one.en for one in document.footnotes)


@given(
    drug=st.sampled_from(["methadone", "morphine", "tramadol", "hydromorphone"]),
    dose=st.integers(1, 79),
    edition=st.sampled_from(["cdc-2022", "cdc-2016"]),
)
def test_more_never_counts_less(drug: str, dose: int, edition: str) -> None:
    less, more = (taken(drug, f"{one} mg/d") for one in (dose, dose + 1))
    assert total(edition, more) > total(edition, less)
