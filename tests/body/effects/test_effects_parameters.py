"""Every figure of the effects has a source, and where a drug lacks one it says whose stands in."""

from __future__ import annotations

from collections.abc import Iterator
from math import log
from pathlib import Path

import pytest

from thecal.body.effects.parameters import (
    ARMS,
    LEGS,
    PAIN,
    VENTILATION,
    action,
    adaptation,
    breathing,
    dependence,
    left_out,
    scale,
    surface,
)
from thecal.body.effects.reader import effect_facts
from thecal.data import FACT_COLUMNS, use_clinic_tables
from thecal.errors import DataError
from thecal.pharmacy import drugs

OPIOIDS = ("morphine", "hydromorphone", "fentanyl", "sufentanil")
COLUMNS = "effect,drug,parameter,rank," + ",".join(FACT_COLUMNS)


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    use_clinic_tables(None)


def test_every_drug_of_the_formulary_has_its_place_in_every_effect() -> None:
    for drug in drugs():
        if drug.id == "baclofen":
            assert action(LEGS, drug.id) is not None
            assert action(ARMS, drug.id) is not None
            assert action(PAIN, drug.id) is None
        else:
            assert action(PAIN, drug.id) is not None
        assert (action(VENTILATION, drug.id) is not None) == (drug.id in OPIOIDS)
        assert (dependence(drug.id) is not None) == (drug.id == "baclofen")


def test_hydrophilic_opioids_act_on_ventilation_through_the_cisterna_others_through_plasma() -> (
    None
):
    sites = {drug: action(VENTILATION, drug) for drug in OPIOIDS}
    found = {drug: one.site.compartment for drug, one in sites.items() if one is not None}
    assert found == {
        "morphine": "cisterna",
        "hydromorphone": "cisterna",
        "fentanyl": "plasma",
        "sufentanil": "plasma",
    }


@pytest.mark.parametrize(
    ("effect", "drug", "ec50", "half_life"),
    [
        (LEGS, "baclofen", 0.1, 1.5),
        (ARMS, "baclofen", 0.1, 1.5),
        (PAIN, "morphine", 0.3, 1.5),
        (PAIN, "hydromorphone", 0.3 / 5, 1.5),
        (PAIN, "bupivacaine", 0.3 / 0.125, 0.25),
        (PAIN, "ropivacaine", 0.3 / 0.125 / 0.65, 0.416667),
        (PAIN, "clonidine", 0.076, 1.5),
        (VENTILATION, "morphine", 0.05, 1.5),
        (VENTILATION, "sufentanil", 0.000092, 0.753 / 60),
    ],
)
def test_a_stand_in_is_followed_to_its_figure_with_every_potency_on_the_way(
    effect: str, drug: str, ec50: float, half_life: float
) -> None:
    found = action(effect, drug)
    assert found is not None
    assert found.ec50 == pytest.approx(ec50, rel=1e-12)
    assert found.ke0 == pytest.approx(log(2.0) / half_life, rel=1e-12)


def test_a_stand_in_is_named() -> None:
    fentanyl, arms, own = (
        action(PAIN, "fentanyl"),
        action(ARMS, "baclofen"),
        action(LEGS, "baclofen"),
    )
    assert fentanyl is not None
    assert arms is not None
    assert own is not None
    assert {(one.parameter, one.source_drug) for one in fentanyl.stand_ins} == {
        ("EC50 of pain", "morphine"),
        ("ke0-half-life of pain", "bupivacaine"),
    }
    assert {one.source_drug for one in arms.stand_ins} == {"baclofen, spasticity-legs"}
    assert own.stand_ins == ()


def test_every_figure_in_use_names_its_source() -> None:
    owners = [scale(PAIN), scale(LEGS), scale(ARMS), breathing(), surface(PAIN)]
    owners += [adaptation("opioid"), adaptation("baclofen"), dependence("baclofen")]
    owners += [one for one in (action(PAIN, drug.id) for drug in drugs()) if one is not None]
    for owner in owners:
        assert owner is not None
        assert owner.facts
        for used in owner.facts:
            assert used.fact.source
            assert used.fact.status in ("read", "recalled", "verified")


def test_every_row_of_the_table_is_read_or_says_what_is_left_out() -> None:
    read = {
        (used.owner, used.parameter)
        for owner in (
            *(action(effect, drug.id) for effect in (PAIN, VENTILATION) for drug in drugs()),
            *(action(effect, "baclofen") for effect in (LEGS, ARMS)),
            *(surface(effect) for effect in (LEGS, ARMS, PAIN, VENTILATION)),
            *(scale(effect) for effect in (LEGS, ARMS, PAIN)),
            *(adaptation(group) for group in ("opioid", "baclofen")),
            *(dependence("baclofen"), breathing()),
        )
        if owner is not None
        for used in owner.facts
    }
    for (effect, drug, parameter), fact in effect_facts().items():
        owner = effect if drug == "any" else f"{effect}, {drug}"
        pointer = isinstance(fact.value, str) and parameter in ("EC50", "ke0-half-life", "Hill")
        silent = fact.value in ("none", "not modelled")
        assert (owner, parameter) in read or pointer or silent, (effect, drug, parameter)


def test_what_is_not_modelled_is_said() -> None:
    assert any("ventilation by baclofen" in note for note in left_out("baclofen"))
    assert any("withdrawal by clonidine" in note for note in left_out("clonidine"))
    assert any("withdrawal by morphine" in note for note in left_out("morphine"))
    assert not any("ventilation" in note for note in left_out("ziconotide"))


def test_what_is_hypothesis_says_so_and_the_legs_do_not() -> None:
    assert surface(LEGS).hypothesis == ""
    assert all(surface(effect).hypothesis for effect in (ARMS, PAIN, VENTILATION))
    assert adaptation("opioid").hypothesis
    assert adaptation("baclofen").hypothesis
    found = dependence("baclofen")
    assert found is not None
    assert found.hypothesis


def write(clinic: Path, row: str) -> None:
    (clinic / "effects.csv").write_text(f"{COLUMNS}\n{row},our data,read,,2026-11-21,\n")
    use_clinic_tables(clinic)


def test_a_clinic_replaces_a_figure(clinic: Path) -> None:
    write(clinic, "spasticity-legs,baclofen,EC50,1,0.3,ug/mL")
    found = action(ARMS, "baclofen")
    assert found is not None
    assert found.ec50 == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("pain,morphine,EC50,1,0,ug/mL", "not above zero"),
        ("pain,morphine,EC50,1,hydromorphone,text", "points to itself"),
        ("pain,morphine,EC50,1,aspirin,text", "has no row pain,aspirin,EC50"),
        ("pain,morphine,site,1,liver,text", "is no site"),
        ("pain,any,Emax,1,9,1", "above E0"),
        ("ventilation,any,PaCO2-0,1,5.6,kPa", "is not in mmHg"),
        ("pain,hydromorphone,potency-ratio,1,0,1", "not above zero"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(clinic: Path, row: str, message: str) -> None:
    write(clinic, row)
    with pytest.raises(DataError, match=message):
        read_all()


def read_all() -> None:
    for drug in ("morphine", "hydromorphone"):
        action(PAIN, drug)
    scale(PAIN)
    breathing()
