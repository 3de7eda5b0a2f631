"""The four figures that the vendor's page left blank, from patients, with n and interval."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.outcomes.cohort import COLUMNS, CohortPatient, read_cohort
from thecal.care.outcomes.four_figures import OutcomeFigure, four_figures, opioid_change
from thecal.care.outcomes.wilson import wilson
from thecal.data import use_clinic_tables
from thecal.errors import BadFileError, EntryError

HEAD = ",".join(COLUMNS) + "\n"


def patients(*lines: str) -> tuple[CohortPatient, ...]:
    return read_cohort((HEAD + "\n".join(lines)).encode(), "cohort.csv")


def figures(*lines: str) -> dict[str, OutcomeFigure]:
    return {one.id: one for one in four_figures(patients(*lines))}


def test_the_interval_of_3_in_752_is_the_published_one() -> None:
    """workflow.md 4a: 3/752 is 0.40 %, 95 % interval 0.14 to 1.17."""
    found = wilson(3, 752)
    assert [round(float(x) * 100, 2) for x in (found.value, found.low, found.high)] == [
        0.40,
        0.14,
        1.17,
    ]


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_proportion_and_stays_between_0_and_1(
    counts: tuple[int, int],
) -> None:
    found = wilson(*counts)
    assert 0 <= found.low <= found.value <= found.high <= 1


@given(st.integers(0, 20), st.integers(1, 20), st.integers(2, 50))
def test_more_patients_with_the_same_share_narrow_the_interval(
    count: int, more: int, times: int
) -> None:
    few, many = wilson(count, count + more), wilson(count * times, (count + more) * times)
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize(("count", "of"), [(0, 0), (2, 1), (-1, 3)])
def test_what_is_no_proportion_is_refused(count: int, of: int) -> None:
    with pytest.raises(EntryError, match="no proportion"):
        wilson(count, of)


@pytest.mark.inventory("S0.23")
def test_each_figure_counts_the_patients_of_its_own_pathway() -> None:
    found = figures(
        "P1,non-cancer,yes,100 mg/d,50 mg/d,yes,yes",
        "P2,non-cancer,no,,,no,no",
        "P3,cancer,no,100 mg/d,100 mg/d,no,yes",
        "P4,cancer,no,200 mg/d,0 mg/d,no,yes",
        "P5,spasticity,no,,,yes,no",
    )
    shares = {name: (one.found.count, one.found.of) for name, one in found.items() if one.found}
    assert shares == {
        "would-recommend": (1, 2),
        "opioid-reduction": (1, 2),
        "choose-again": (1, 1),
        "satisfaction": (3, 5),
    }
    assert "n = 2" in found["would-recommend"].shown()
    assert "95 % interval 9.45" in found["would-recommend"].shown().replace("\u00a0", " ")


@pytest.mark.inventory("S0.23")
def test_an_answer_that_nobody_asked_counts_in_no_figure() -> None:
    found = figures("P1,non-cancer,,,,,", "P2,non-cancer,yes,,,,")
    assert found["would-recommend"].found is not None
    assert (found["would-recommend"].found.of, found["would-recommend"].unasked) == (1, 1)
    assert found["satisfaction"].found is None
    assert found["satisfaction"].shown() == "not computed: n = 0"


@pytest.mark.inventory("S0.23")
def test_the_published_figures_stand_beside_and_are_never_pooled() -> None:
    found = figures("P1,non-cancer,yes,,,,yes")
    shown = {name: [c.fact.value for c in one.published] for name, one in found.items()}
    assert shown == {
        "would-recommend": [90],
        "opioid-reduction": [51, 84, Fraction("78.5")],
        "choose-again": [Fraction("87.1"), Fraction("90.3")],
        "satisfaction": [88, Fraction("80.7")],
    }
    assert found["would-recommend"].found == wilson(1, 1)


@pytest.mark.inventory("S1.R4", "S3.9")
def test_the_systemic_opioid_of_all_together_falls_by_its_sum() -> None:
    less = opioid_change(
        patients(
            "P1,cancer,,300 mg/d,60 mg/d,,",
            "P2,cancer,,100 mg/d,100 mg/d,,",
            "P3,cancer,,0 mg/d,50 mg/d,,",
            "P4,cancer,,,10 mg/d,,",
        )
    )
    assert less == (Fraction(60, 100), 2)
    assert opioid_change(patients("P1,non-cancer,yes,10 mg/d,0 mg/d,,")) is None


def test_who_took_no_opioid_before_cannot_take_less() -> None:
    assert figures("P1,cancer,,0 mg/d,0 mg/d,,")["opioid-reduction"].unasked == 1


@pytest.mark.parametrize(
    "line",
    [
        "P1,pain,yes,,,,",
        "P1,cancer,maybe,,,,",
        "P1,cancer,,100,,,",
        "P1,cancer,,-1 mg/d,,,",
        ",cancer,yes,,,,",
        "P1,cancer,yes",
    ],
)
def test_a_line_that_cannot_be_read_is_refused_by_its_number(line: str) -> None:
    with pytest.raises(BadFileError, match=r"cohort\.csv line 3"):
        patients("P0,cancer,yes,,,,", line)


def test_a_patient_who_stands_twice_or_other_columns_are_refused() -> None:
    with pytest.raises(BadFileError, match="twice"):
        patients("P1,cancer,yes,,,,", "P1,cancer,yes,,,,")
    with pytest.raises(BadFileError, match="first line is patient,pathway"):
        read_cohort(b"patient,pathway\nP1,cancer\n", "cohort.csv")


def test_a_clinic_that_asks_for_another_confidence_gets_it_computed_and_said(
    tmp_path: Path,
) -> None:
    (tmp_path / "outcome_rules.csv").write_text(
        "rule,parameter,rank,value,unit,source,status,checked_by,date,note\n"
        "wilson,confidence,1,90,%,the clinic,read,,2026-11-20,\n"
    )
    wide = wilson(3, 752)
    use_clinic_tables(tmp_path)
    try:
        assert wilson(3, 752).high < wide.high
        shown = figures("P1,non-cancer,yes,,,,")["would-recommend"].shown()
        assert "90\u00a0% interval" in shown
    finally:
        use_clinic_tables(None)
