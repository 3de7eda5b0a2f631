"""The second path: backwards from the worksheet, it agrees with every order and with no slip."""

from __future__ import annotations

import ast
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import thecal.pharmacy.recomputation as second_path
from thecal.errors import DataError
from thecal.pharmacy import (
    Claim,
    Ingredient,
    Preparation,
    has_worksheet,
    prepare,
    recheck,
    recompute,
    sheet_of,
)
from thecal.units import Concentration, MassRate, Volume, VolumeRate

FLOW = VolumeRate.of("0.4", "mL/d")


def t21() -> Preparation:
    return prepare(
        Volume.of(20, "mL"),
        FLOW,
        {
            "morphine": Ingredient(MassRate.of(2, "mg/d"), stock=Concentration.of(25, "mg/mL")),
            "bupivacaine": Ingredient(MassRate.of(6, "mg/d"), potency=Fraction("0.985")),
            "clonidine": Ingredient(MassRate.of(60, "ug/d"), stock=Concentration.of(500, "ug/mL")),
        },
    )


def claims() -> dict[str, Claim]:
    """What order and label of T21 say, written by hand: pg a day, pg/mL, pg in 20 mL."""
    salt = "hydrochloride-anhydrous"
    return {
        "morphine": Claim(2 * 10**9, "", 5 * 10**9, 10**11, ""),
        "bupivacaine": Claim(6 * 10**9, salt, 15 * 10**9, 3 * 10**11, salt),
        "clonidine": Claim(6 * 10**7, "", 15 * 10**7, 3 * 10**9, ""),
    }


def hand_sheet() -> second_path.Sheet:
    sheet = sheet_of(t21())
    return replace(
        sheet,
        lines=tuple(
            one if one.drug == "bupivacaine" else replace(one, counted="") for one in sheet.lines
        ),
    )


@pytest.mark.req("K24")
@pytest.mark.inventory("T21")
def test_the_worksheet_of_t21_gives_the_order_back() -> None:
    assert recheck(t21()) == ()
    assert recompute(hand_sheet(), claims()) == ()


@pytest.mark.req("K24")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("drawn", 400_000),  # 0.4 instead of 4 mL
        ("drawn", 4_004_000),  # a thousandth too much
        ("strength", 10 * 10**9),  # the other ampoule
        ("dilutions", ((200_000, 2_000_000),)),  # diluted once too often
    ],
)
def test_a_slip_in_one_figure_of_the_worksheet_is_found(field: str, value: object) -> None:
    sheet = hand_sheet()
    first = replace(sheet.lines[0], **{field: value})
    broken = replace(sheet, lines=(first, *sheet.lines[1:]))
    found = {(one.drug, one.what) for one in recompute(broken, claims())}
    assert ("morphine", "dose") in found
    assert ("morphine", "content") in found


@pytest.mark.req("K24")
@pytest.mark.parametrize("change", [{"weighed": 300 * 10**6}, {"potency": 10**6}, {"dry": 950_000}])
def test_a_powder_weighed_without_its_certificate_or_crystal_water_is_found(
    change: dict[str, int],
) -> None:
    sheet = hand_sheet()
    lines = tuple(
        replace(one, **change) if one.drug == "bupivacaine" else one for one in sheet.lines
    )
    found = recompute(replace(sheet, lines=lines), claims())
    assert {one.drug for one in found} == {"bupivacaine"}


@pytest.mark.req("K24")
def test_a_wrong_volume_flow_or_a_drug_too_many_is_found() -> None:
    sheet = hand_sheet()
    assert "volume" in {one.what for one in recompute(replace(sheet, diluent=0), claims())}
    assert "dose" in {one.what for one in recompute(replace(sheet, daily=40_000), claims())}
    ordered = claims()
    del ordered["clonidine"]
    assert [one.drug for one in recompute(sheet, ordered)] == ["clonidine"]
    left_out = recompute(replace(sheet, lines=sheet.lines[:2]), claims())
    assert {one.what for one in left_out} == {"drug", "volume"}


@pytest.mark.req("K24")
@pytest.mark.inventory("T36")
def test_a_salt_taken_for_the_base_is_found() -> None:
    dose = Ingredient(MassRate.of(50, "ug/d"), "base", Concentration.of(500, "ug/mL"), "salt")
    made = prepare(Volume.of(20, "mL"), FLOW, {"fentanyl": dose})
    assert recheck(made) == ()
    sheet = sheet_of(made)
    wrong = replace(sheet, lines=(replace(sheet.lines[0], counted="base"),))
    claim = Claim(5 * 10**7, "base", 125 * 10**6, 25 * 10**8, "base")
    assert recompute(sheet, {"fentanyl": claim}) == ()
    assert {one.what for one in recompute(wrong, {"fentanyl": claim})} >= {"dose", "content"}


def test_a_form_without_molar_mass_is_told() -> None:
    sheet = hand_sheet()
    wrong = replace(sheet, lines=(replace(sheet.lines[0], counted="nitrate"), *sheet.lines[1:]))
    with pytest.raises(DataError, match="nitrate"):
        recompute(wrong, claims())


def test_the_second_path_shares_nothing_with_the_first() -> None:
    """It may read the tables and raise errors; every other import would be shared code."""
    tree = ast.parse(Path(second_path.__file__).read_text(encoding="utf-8"))
    imported = {
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("thecal")
    }
    assert imported == {"thecal.data", "thecal.errors"}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Div)]


amounts = st.integers(1, 9_999_999)


@given(
    volume=st.integers(1_000, 60_000),
    flow=st.integers(48, 4_000),
    dose=amounts,
    stock=st.integers(1, 50_000_000),
    second=amounts,
    potency=st.integers(900_000, 1_100_000),
    basis=st.sampled_from(("salt", "base")),
)
def test_both_paths_agree_on_whatever_can_be_typed(
    volume: int, flow: int, dose: int, stock: int, second: int, potency: int, basis: str
) -> None:
    made = prepare(
        Volume.of(volume, "uL"),
        VolumeRate.of(flow, "uL/d"),
        {
            "fentanyl": Ingredient(
                MassRate.of(Fraction(dose, 1000), "ug/d"),
                "base" if basis == "base" else "salt",
                Concentration.of(stock, "ng/mL"),
            ),
            "bupivacaine": Ingredient(
                MassRate.of(second, "ug/d"), potency=Fraction(potency, 10**6)
            ),
        },
    )
    if not has_worksheet(made):
        return
    assert recheck(made) == ()
    sheet = sheet_of(made)
    line = sheet.lines[0]
    slipped = replace(line, drawn=line.drawn + max(line.drawn // 100, 2))
    part = made.parts["fentanyl"]
    claim = second_path.Claim(
        round(part.dose.per_day().in_unit("ng") * 1000),
        "base",
        round(part.concentration.in_unit("ng/mL") * 1000),
        round(part.mass.in_unit("ng") * 1000),
        "base",
    )
    found = recompute(replace(sheet, lines=(slipped,)), {"fentanyl": claim})
    if min(claim.dose, claim.content, line.strength or 1) > 10_000:
        assert "content" in {one.what for one in found}
