"""Reconciliation: what is taken at home and stands on no order is named (facts E14)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from interaction_cases import case

from thecal.care.interactions.medicines import medicine
from thecal.care.interactions.reconcile import lost

NAMES = ("baclofen-oral", "diazepam", "clonidine-oral", "paracetamol", "metoprolol", "oxycodone")


def test_oral_baclofen_that_nobody_ordered_is_named_with_what_happened() -> None:
    found = case(
        "baclofen",
        {"medicine": "baclofen-oral", "dose": "10 mg three times a day"},
        occasion="replacement",
        ordered=["none"],
        watch="24 h",
    )
    assert found.results["missing_from_orders"] == ("baclofen-oral",)
    said = next(one for one in found.findings if "neither ordered" in one.message)
    assert said.blocks
    assert "10 mg three times a day" in said.message
    assert "withdrawal" in said.message
    assert "E14" in said.source


def test_an_answer_about_its_interaction_does_not_excuse_its_loss() -> None:
    answer = [{"about": "baclofen-oral", "reason": "known"}]
    found = case("baclofen", "baclofen-oral", ordered=["none"], override=answer)
    assert [one.message for one in found.findings if one.blocks] == [
        "baclofen-oral is taken at home and is neither ordered nor stopped with a reason:"
        " withdrawal after a replacement where oral and intrathecal baclofen were not reconciled"
    ]


def test_ordered_or_stopped_with_a_reason_is_not_missing() -> None:
    ordered = case("bupivacaine", "baclofen-oral", ordered=["baclofen-oral"])
    assert ordered.results["missing_from_orders"] == ()
    stopped = case(
        "bupivacaine",
        "baclofen-oral",
        ordered=["none"],
        stopped=[{"medicine": "Baclofen-oral", "reason": "weaned over two weeks"}],
    )
    assert stopped.results["missing_from_orders"] == ()


def test_a_harmless_medicine_that_got_lost_warns_and_does_not_block() -> None:
    found = case("bupivacaine", "paracetamol", ordered=["none"])
    assert found.results["missing_from_orders"] == ("paracetamol",)
    assert not any(one.blocks for one in found.findings)


def test_a_new_order_is_said() -> None:
    found = case("bupivacaine", ordered=["paracetamol"])
    assert any("was not taken at home" in one.text for one in found.reasons)


@given(st.sets(st.sampled_from(NAMES)), st.sets(st.sampled_from(NAMES)), st.sampled_from(NAMES))
def test_nothing_of_the_list_vanishes_unnamed(home: set[str], kept: set[str], more: str) -> None:
    at_home = tuple(medicine(one) for one in sorted(home))
    ordered = tuple(medicine(one) for one in sorted(kept))
    names = {one.medicine.name for one in lost(at_home, ordered, ())}
    assert names == home - kept
    assert {one.medicine.name for one in lost(at_home, (*ordered, medicine(more)), ())} <= names
