"""An order from its signature to the pump; the label in the hand against it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told_entries import (
    AGREED,
    CODE,
    DELIVERED,
    DIFFERED,
    MADE,
    ORDERED,
    RECEIVED,
    RELEASED,
    TODAY,
    record,
    visit,
)

from thecal.care.document import Text
from thecal.care.supply import told as kinds
from thecal.care.supply.label_match import (
    check_label,
    check_solution_of,
    order_of_code,
    order_of_lot,
)
from thecal.care.supply.made import Made, check_receipt, check_release
from thecal.care.supply.order import (
    FROM,
    Container,
    SolutionOrder,
    State,
    check_step,
    not_needed_until,
    solution_orders,
)
from thecal.care.supply.papers import label_sheet, order_paper
from thecal.care.supply.recompute import Worked, differences
from thecal.errors import StepRefusedError
from thecal.pharmacy import Making, Mixture
from thecal.safety.finding import Severity
from thecal.units import Concentration, Mass, Volume


def order(*entries) -> SolutionOrder:
    (found,) = solution_orders(record(*entries))
    return found


def millilitres(number: str) -> Volume:
    return Volume.of(number, "mL")


def mg(number: str) -> Mass:
    return Mass.of(number, "mg")


def strength(number: str) -> Concentration:
    return Concentration.of(number, "mg/mL")


# -- states --------------------------------------------------------------------------------------


@pytest.mark.inventory("S1.7")
def test_an_order_goes_through_its_states_and_ends_at_the_refill() -> None:
    states = [order(*DELIVERED[:n]).state for n in range(1, 5)]
    assert states == [State.ORDERED, State.RECOMPUTED, State.RELEASED, State.RECEIVED]
    used = order(*DELIVERED, *visit(5, order=1))
    assert used.state is State.USED
    assert used.visit == 5
    assert not used.is_open


def test_a_visit_that_did_not_inject_it_leaves_it_where_it_was() -> None:
    assert order(*DELIVERED, *visit(5, order=1)[:2]).state is State.RECEIVED
    assert order(*DELIVERED, *visit(5, order=0)).state is State.RECEIVED


def test_a_recomputation_that_differs_stops_it_until_the_prescriber_looked_again() -> None:
    stopped = order(ORDERED, DIFFERED)
    assert stopped.state is State.DIFFERS
    for kind in FROM:
        if kind not in (kinds.CONFIRMED, kinds.WITHDRAWN):
            with pytest.raises(StepRefusedError, match="differs"):
                check_step(stopped, kind, "anybody")
    again = order(ORDERED, DIFFERED, (kinds.CONFIRMED, "physician", {"order": 1}))
    assert again.state is State.ORDERED
    assert again.differences == ()


def test_who_ordered_it_does_not_recompute_it_and_who_destroyed_it_is_no_witness() -> None:
    with pytest.raises(StepRefusedError, match="ordered it"):
        check_step(order(ORDERED), kinds.RECOMPUTED, "physician")
    check_step(order(ORDERED), kinds.RECOMPUTED, "pharmacist")
    gone = (kinds.ENDED, "nurse", {"order": 1, "how": "destroyed", "volume": "20 mL"})
    destroyed = order(*DELIVERED, gone)
    with pytest.raises(StepRefusedError, match="somebody else"):
        check_step(destroyed, kinds.WITNESSED, "nurse")
    check_step(destroyed, kinds.WITNESSED, "physician")
    seen = order(*DELIVERED, gone, (kinds.WITNESSED, "physician", {"order": 1}))
    with pytest.raises(StepRefusedError):
        check_step(seen, kinds.WITNESSED, "pharmacist")


@given(st.lists(st.sampled_from(sorted(FROM)), max_size=8))
def test_no_step_is_taken_from_a_state_that_it_does_not_follow(steps: list[str]) -> None:
    bodies = {
        kinds.RECOMPUTED: AGREED[2],
        kinds.RELEASED: MADE,
        kinds.RECEIVED: MADE,
        kinds.ENDED: {"order": 1, "how": "returned", "volume": "20 mL"},
    }
    written = [ORDERED]
    for number, kind in enumerate(steps):
        now = order(*written)
        by = f"person {number}"
        try:
            check_step(now, kind, by)
        except StepRefusedError:
            assert now.state not in FROM[kind] or kind in (kinds.RECOMPUTED, kinds.WITNESSED)
            continue
        assert now.state in FROM[kind]
        written.append((kind, by, bodies.get(kind, {"order": 1})))
    kinds_written = [one[0] for one in written]
    if kinds.RECEIVED in kinds_written:
        path = (kinds.ORDERED, kinds.RECOMPUTED, kinds.RELEASED, kinds.RECEIVED)
        assert [one for one in kinds_written if one in path] == list(path)


def test_that_nothing_is_compounded_holds_up_to_a_day() -> None:
    entries = record((kinds.NOT_NEEDED, "physician", {"until": "2026-05-01"}))
    assert not_needed_until(entries) == date(2026, 5, 1)
    assert not_needed_until(()) is None


# -- recomputing ---------------------------------------------------------------------------------

WORKED = {
    "morphine": Worked(mg("200"), strength("25"), millilitres("8")),
    "bupivacaine": Worked(mg("400"), strength("40"), millilitres("10")),
}


def apart(worked=None, diluent: Volume | None = None) -> tuple[str, ...]:
    one = order(ORDERED)
    return differences(one.mixture, one.volume, worked or WORKED, diluent or millilitres("2"))


@pytest.mark.inventory("S1.R24")
def test_what_was_worked_out_exactly_agrees() -> None:
    assert apart() == ()


@pytest.mark.inventory("S1.R24")
@pytest.mark.parametrize(
    ("changed", "diluent", "words"),
    [
        (
            {"morphine": Worked(mg("200.001"), strength("25"), millilitres("8"))},
            "2",
            "mass of morphine",
        ),
        (
            {"morphine": Worked(mg("200"), strength("25"), millilitres("8.1"))},
            "1.9",
            "volume of morphine",
        ),
        (
            {"morphine": Worked(mg("200"), strength("50"), millilitres("8"))},
            "2",
            "volume of morphine",
        ),
        ({"morphine": Worked(mg("200"), strength("25"), None)}, "12", "belong together"),
        ({}, "2.1", "diluent"),
    ],
)
def test_a_difference_is_said_without_the_figure_of_the_order(changed, diluent, words) -> None:
    (found, *_) = apart({**WORKED, **changed}, millilitres(diluent))
    assert words in found


def test_a_missing_drug_and_too_much_stock_differ() -> None:
    assert apart({"morphine": WORKED["morphine"]})
    weak = {
        "morphine": Worked(mg("200"), strength("10"), millilitres("20")),
        "bupivacaine": Worked(mg("400"), strength("40"), millilitres("10")),
    }
    assert any("more than the whole" in one for one in apart(weak, millilitres("2")))


def test_a_volume_that_no_syringe_measures_asks_for_a_weaker_stock() -> None:
    strong = Worked(mg("200"), strength("2000"), millilitres("0.1"))
    assert any(
        "weaker stock" in one for one in apart({**WORKED, "morphine": strong}, millilitres("9.9"))
    )


def test_a_powder_is_compared_by_its_mass_and_fills_up() -> None:
    powder = {**WORKED, "morphine": Worked(mg("200"))}
    one = order(ORDERED)
    assert differences(one.mixture, one.volume, powder, None) == ()
    assert differences(one.mixture, one.volume, powder, millilitres("10"))


@given(st.integers(1, 400), st.integers(1, 500), st.integers(1, 999))
def test_only_the_exact_mass_agrees(tenths: int, volume: int, off: int) -> None:
    mixture = Mixture.of({"morphine": strength(str(Fraction(tenths, 10)))})
    whole = Volume.of(Fraction(volume, 10), "mL")
    right = mixture.mass_of("morphine", whole)
    assert differences(mixture, whole, {"morphine": Worked(right)}, None) == ()
    wrong = Mass(right.base + Fraction(off, 1000))
    assert differences(mixture, whole, {"morphine": Worked(wrong)}, None)


# -- release and receipt -------------------------------------------------------------------------

MAKING = Making("2", "aseptic", "sterile", tested=True, storage="refrigerator")


def made(**changed) -> Made:
    found = Made("L-1", date(2026, 4, 19), date(2026, 5, 10), millilitres("20"), MAKING)
    return replace(found, **changed)


def severities(one: Made) -> list[Severity]:
    return [each.severity for each in check_release(order(ORDERED, AGREED), one, TODAY)]


@pytest.mark.inventory("S1.7")
@pytest.mark.req("K31")
def test_without_a_beyond_use_date_nothing_is_released_or_accepted() -> None:
    assert severities(made()) == []
    assert severities(made(beyond_use=None)) == [Severity.HARD]
    simple = replace(MAKING, category="1", tested=False)
    assert severities(made(making=simple)) == [Severity.HARD]
    unknown = replace(MAKING, category="9")
    assert severities(made(making=unknown)) == [Severity.SOFT]
    assert severities(made(beyond_use=date(2026, 4, 21))) == [Severity.SOFT]
    assert severities(made(beyond_use=date(2026, 4, 18))) == [Severity.HARD]
    assert severities(made(volume=millilitres("19"))) == [Severity.SOFT]


@pytest.mark.inventory("S1.7")
def test_only_what_was_released_is_taken_in() -> None:
    one = order(ORDERED, AGREED, RELEASED)
    assert one.released is not None
    day = one.released.beyond_use

    def found(changed: Container, beyond_use: date | None = day) -> list[str]:
        return [each.message for each in check_receipt(one, changed, beyond_use, TODAY)]

    assert found(one.released) == []
    assert "not accepted" in found(one.released, None)[0]
    assert "L-2 arrived" in found(replace(one.released, lot="L-2"))[0]
    assert "19" in found(replace(one.released, volume=millilitres("19")))[0]
    assert found(one.released, date(2026, 4, 19))


# -- the label in the hand -----------------------------------------------------------------------


def refused(one: SolutionOrder | None, *, elsewhere: bool = False, day: date = TODAY) -> str:
    found = list(check_label(one, elsewhere=elsewhere, visit=99, today=day))
    assert all(each.severity is Severity.HARD for each in found)
    return "; ".join(each.message for each in found)


@pytest.mark.req("K6")
def test_the_right_label_passes_and_every_other_is_a_hard_stop() -> None:
    one = order(*DELIVERED)
    assert order_of_code(CODE, (one,)) is one
    assert refused(one) == ""
    assert "ANOTHER PATIENT" in refused(order_of_code("OTHER", (one,)), elsewhere=True)
    assert "no order of this clinic" in refused(None)
    assert "EXPIRED" in refused(one, day=date(2026, 6, 1))
    assert "already used" in refused(order(*DELIVERED, *visit(5, order=1)))
    assert "not taken in" in refused(order(*DELIVERED[:3]))
    gone = (kinds.ENDED, "nurse", {"order": 1, "how": "returned", "volume": "20 mL"})
    assert "returned" in refused(order(*DELIVERED, gone))
    withdrawn = (kinds.WITHDRAWN, "physician", {"order": 1})
    assert "withdrawn" in refused(order(*DELIVERED[:2], withdrawn))


@pytest.mark.req("K6")
def test_a_label_that_is_read_again_in_its_own_visit_passes() -> None:
    used = order(*DELIVERED, *visit(5, order=1))
    assert not list(check_label(used, elsewhere=False, visit=5, today=TODAY))


@pytest.mark.req("K6")
def test_a_wrong_drug_and_a_wrong_strength_are_said_in_words() -> None:
    one = order(*DELIVERED)
    assert not list(check_solution_of(one, one.mixture, "the label"))
    stronger = Mixture.of({**one.mixture, "morphine": strength("20")})
    (found,) = check_solution_of(one, stronger, "the label")
    assert "another STRENGTH" in found.message
    (found,) = check_solution_of(one, Mixture.of({"baclofen": strength("2")}), "the label")
    assert "ANOTHER DRUG" in found.message
    assert found.severity is Severity.HARD


def test_a_label_without_its_code_is_found_by_lot_and_solution() -> None:
    one = order(*DELIVERED)
    assert order_of_lot("L-1", one.mixture, (one,)) is one
    assert order_of_lot("L-2", one.mixture, (one,)) is None
    assert order_of_lot("L-1", Mixture.of({"baclofen": strength("2")}), (one,)) is None


# -- papers --------------------------------------------------------------------------------------


def words(document) -> str:
    return " ".join(f"{one.value.en} {one.value.de}" for s in document.sections for one in s.fields)


def test_no_paper_tells_the_masses_before_they_were_recomputed() -> None:
    patient = Text.same("Ada Example")
    for entries, told in (((ORDERED,), False), ((ORDERED, DIFFERED), False), (DELIVERED, True)):
        text = words(order_paper(order(*entries), patient, {}))
        assert ("200" in text) is told, text
        assert "Ada Example" in text


def test_the_label_has_code_content_and_last_day() -> None:
    sheet = label_sheet(order(*DELIVERED[:3]), Text.same("Ada Example"), {})
    text = words(sheet)
    assert sheet.sections[0].code == CODE
    for one in ("AAAA-BBBB-XX", "200", "400", "2026-05-30", "L-1", "Ada Example"):
        assert one in text
    assert RECEIVED[2] == MADE
