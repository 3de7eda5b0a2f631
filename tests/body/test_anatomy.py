"""The canal of the tables against the measured sums and areas of pkpd.md 1.1 and 1.2."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from networks import ANATOMY

from thecal.body.anatomy import anatomy_number, reference_anatomy, used_anatomy
from thecal.data import FACT_COLUMNS, use_clinic_tables
from thecal.errors import DataError, UnknownIdError

COLUMNS = "part,parameter,rank," + ",".join(FACT_COLUMNS)
HEIGHTS = np.diff(ANATOMY.tops)
SAC = ANATOMY.levels.index("T12")


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Path]:
    """A folder for a clinic's own tables; the shipped ones are back afterwards."""
    yield tmp_path
    use_clinic_tables(None)


def use_rows(clinic: Path, *rows: str) -> None:
    (clinic / "anatomy.csv").write_text("\n".join([COLUMNS, *rows, ""]), encoding="utf-8")
    use_clinic_tables(clinic)


def test_the_canal_is_60_cm_from_the_foramen_magnum_to_s2() -> None:
    assert ANATOMY.length == pytest.approx(60.0)
    assert ANATOMY.levels[0] == "C1"
    assert ANATOMY.levels[-1] == "S2"
    assert len(ANATOMY.levels) == 7 + 12 + 5 + 2
    assert np.all(HEIGHTS > 0)


def test_the_sac_holds_the_measured_csf_and_roots() -> None:
    """49.9 mL of CSF and roots (Hogan 1996), 35.8 mL of CSF: from the disc of T11 and T12 down."""
    csf = float((ANATOMY.csf_area * HEIGHTS)[SAC:].sum())
    roots = float((ANATOMY.root_area * HEIGHTS).sum())
    assert csf == pytest.approx(35.8, rel=1e-9)
    assert csf + roots == pytest.approx(49.9, rel=1e-9)
    assert ANATOMY.sac_top == pytest.approx(ANATOMY.tops[SAC])


@pytest.mark.parametrize(
    ("level", "cord", "csf"),
    [("C1", 78.5, 217), ("C4", 74.2, 131), ("C7", 54.0, 140), ("T1", 46.0, 136), ("T5", 35.1, 109)],
)
def test_areas_are_those_measured(level: str, cord: float, csf: float) -> None:
    index = ANATOMY.levels.index(level)
    assert ANATOMY.cord_area[index] == pytest.approx(cord / 100)
    assert ANATOMY.csf_area[index] == pytest.approx(csf / 100, abs=0.02)


def test_the_cord_ends_between_l1_and_l2_and_roots_begin_in_the_sac() -> None:
    cord = dict(zip(ANATOMY.levels, ANATOMY.cord_area, strict=True))
    roots = dict(zip(ANATOMY.levels, ANATOMY.root_area, strict=True))
    assert cord["T6"] == pytest.approx(0.349)
    assert cord["L1"] == pytest.approx(0.189)
    assert cord["L2"] == cord["S2"] == 0.0
    assert roots["T11"] == 0.0
    assert min(roots[level] for level in ANATOMY.levels[SAC:]) > 0


def test_csf_between_the_measured_levels_and_the_sac_is_linear() -> None:
    between = slice(ANATOMY.levels.index("T5"), SAC + 1)
    line = np.interp(
        ANATOMY.middles[between],
        ANATOMY.middles[[between.start, SAC]],
        ANATOMY.csf_area[[between.start, SAC]],
    )
    assert ANATOMY.csf_area[between] == pytest.approx(line)


def test_dispersion_has_its_three_nodes() -> None:
    places = [ANATOMY.middle(level) for level in ("C4", "T6", "L3")]
    assert ANATOMY.dispersion_places == pytest.approx(places)
    assert ANATOMY.dispersion_values == pytest.approx([111.6, 320.4, 24.12])


def test_a_level_is_found_and_another_refused() -> None:
    assert ANATOMY.middle("C1") == pytest.approx(0.7)
    assert ANATOMY.middle("S2") == pytest.approx(60.0 - 0.9)
    for level in ("C8", "l3", "", "cisterna"):
        with pytest.raises(UnknownIdError, match="C1 to C7"):
            ANATOMY.middle(level)


def test_a_missing_figure_names_itself() -> None:
    with pytest.raises(DataError, match="canal,breadth"):
        anatomy_number("canal", "breadth")


def test_every_figure_used_is_listed_with_its_fact() -> None:
    used = {(one.owner, one.parameter): one.fact for one in used_anatomy()}
    assert used["sac", "csf-volume"].source == "pkpd.md 1.1"
    assert all(fact.source and fact.status for fact in used.values())


def test_a_clinics_own_sac_replaces_the_shipped_one(clinic: Path) -> None:
    use_rows(clinic, "sac,csf-volume,1,20,mL,MRI,read,,2026-11-20,")
    own = reference_anatomy()
    assert float((own.csf_area * HEIGHTS)[SAC:].sum()) == pytest.approx(20.0)
    assert own.csf_area[:6] == pytest.approx(ANATOMY.csf_area[:6])


def test_a_canal_measured_at_one_more_level_is_less_the_cord_of_that_level(clinic: Path) -> None:
    use_rows(clinic, "T10,canal-area,1,190,mm2,MRI,read,,2026-11-20,")
    own = reference_anatomy()
    index = own.levels.index("T10")
    assert own.csf_area[index] == pytest.approx((190.0 - 42.5) / 100)
