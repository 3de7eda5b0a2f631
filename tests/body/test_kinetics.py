"""Every drug of the formulary has figures; whose figures stand in is named; none is made up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from networks import DRUGS

from thecal.body.kinetics import kinetics_of
from thecal.data import FACT_COLUMNS, use_clinic_tables
from thecal.errors import DataError, UnknownIdError

COLUMNS = "drug,parameter,rank," + ",".join(FACT_COLUMNS)
END = "our data,read,,2026-11-20,"


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Path]:
    """A folder for a clinic's own tables; the shipped ones are back afterwards."""
    yield tmp_path
    use_clinic_tables(None)


def use_rows(clinic: Path, *rows: str) -> None:
    lines = [COLUMNS, *(f"{row},{END}" for row in rows), ""]
    (clinic / "kinetics.csv").write_text("\n".join(lines), encoding="utf-8")
    use_clinic_tables(clinic)


def test_the_formulary_has_nine_drugs() -> None:
    assert len(DRUGS) == 9


@pytest.mark.parametrize("drug", DRUGS)
def test_every_drug_of_the_formulary_has_kinetics_with_their_facts(drug: str) -> None:
    one = kinetics_of(drug)
    assert one.drug == drug
    assert one.csf_loss_rate > 0
    assert one.cord_exchange_rate > 0
    assert one.cord_partition > 0
    assert one.cranial_loss_rate > 0
    assert one.cord_loss_rate >= 0
    assert one.plasma.clearance > 0
    assert min(one.plasma.volumes) > 0
    assert len(one.plasma.volumes) == len(one.plasma.flows) + 1
    assert {fact.owner for fact in one.facts} == {drug}
    used = {fact.parameter for fact in one.facts}
    assert used >= {"csf-loss-rate", "cord-partition", "plasma-clearance", "plasma-volume"}


def test_only_lipophilic_drugs_leave_through_the_dura() -> None:
    through = {drug for drug in DRUGS if kinetics_of(drug).epidural is not None}
    assert through == {"fentanyl", "sufentanil", "bupivacaine", "ropivacaine"}


def test_figures_are_in_the_units_of_the_body() -> None:
    morphine = kinetics_of("morphine")
    assert morphine.csf_loss_rate == pytest.approx(0.176)
    assert morphine.plasma.clearance == pytest.approx(1.3 * 60_000)
    assert morphine.plasma.volumes == pytest.approx((243_000,))
    sufentanil = kinetics_of("sufentanil").plasma
    assert sufentanil.volumes == pytest.approx((14_300, 63_100, 261_600))
    assert sufentanil.flows == pytest.approx((1.55 * 60_000, 0.33 * 60_000))


def test_a_figure_that_stands_in_is_the_others_and_is_named() -> None:
    own, other = kinetics_of("hydromorphone"), kinetics_of("morphine")
    assert own.csf_loss_rate == other.csf_loss_rate
    named = {(one.parameter, one.source_drug) for one in own.stand_ins}
    assert ("csf-loss-rate", "morphine") in named
    assert not any(parameter.startswith("plasma") for parameter, _ in named)
    assert all(one.drug == "hydromorphone" for one in own.stand_ins)
    assert other.stand_ins == ()


def test_a_drug_that_is_not_there_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownIdError, match="did you mean morphine"):
        kinetics_of("morphin")


def test_a_clinics_own_row_replaces_the_shipped_one_and_ends_the_stand_in(clinic: Path) -> None:
    shipped = kinetics_of("hydromorphone")
    use_rows(clinic, "hydromorphone,csf-loss-rate,1,0.5,1/h")
    own = kinetics_of("hydromorphone")
    assert own.csf_loss_rate == pytest.approx(0.5)
    assert own.cord_partition == shipped.cord_partition
    assert "csf-loss-rate" not in {one.parameter for one in own.stand_ins}
    source = {one.parameter: one.fact.source for one in own.facts}
    assert source["csf-loss-rate"] == "our data"
    assert kinetics_of("morphine").csf_loss_rate == pytest.approx(0.176)
    use_clinic_tables(None)
    assert kinetics_of("hydromorphone") == shipped


def test_a_row_of_the_drug_that_stands_in_reaches_the_other(clinic: Path) -> None:
    use_rows(clinic, "morphine,csf-loss-rate,1,0.4,1/h")
    assert kinetics_of("hydromorphone").csf_loss_rate == pytest.approx(0.4)


def test_a_higher_rank_is_another_answer_and_not_the_default() -> None:
    assert kinetics_of("ziconotide").csf_loss_rate != pytest.approx(0.147)
    assert kinetics_of("morphine").plasma.clearance != pytest.approx(1.75 * 60_000)


def test_a_further_plasma_compartment_is_used(clinic: Path) -> None:
    use_rows(clinic, "baclofen,plasma-volume-2,1,30,L", "baclofen,plasma-flow-2,1,5,L/h")
    own = kinetics_of("baclofen").plasma
    assert own.volumes == pytest.approx((56_000, 30_000))
    assert own.flows == pytest.approx((5_000,))


@pytest.mark.parametrize(
    ("row", "drug", "missing"),
    [
        ("morphine,dura-permeability,1,0.1,cm/h", "morphine", "epidural-loss-rate"),
        ("baclofen,plasma-volume-2,1,30,L", "baclofen", "plasma-flow-2"),
        ("nalbuphine,csf-loss-rate,1,0.1,1/h", "nalbuphine", "cord-exchange-rate"),
        ("baclofen,csf-loss-rate,1,aspirin,text", "baclofen", "csf-loss-rate"),
        ("baclofen,csf-loss-rate,1,hydromorphone,text", "baclofen", "csf-loss-rate"),
        ("baclofen,plasma-volume,1,ziconotide-2,text", "baclofen", "plasma-volume"),
    ],
)
def test_a_missing_row_is_named_with_its_drug(
    clinic: Path, row: str, drug: str, missing: str
) -> None:
    use_rows(clinic, row)
    with pytest.raises(DataError, match=f"no {missing} for {drug}"):
        kinetics_of(drug)


def test_a_unit_of_another_kind_is_refused(clinic: Path) -> None:
    use_rows(clinic, "baclofen,csf-loss-rate,1,0.1,mmHg")
    with pytest.raises(DataError, match="mmHg"):
        kinetics_of("baclofen")
