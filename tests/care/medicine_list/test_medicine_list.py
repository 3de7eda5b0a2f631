"""The list of medicines: what is stated stands, what is not stated is not taken for granted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.anticoagulants import agents, procedure
from thecal.care.anticoagulants.advise import advice_on as hold_advice
from thecal.care.interactions.advise import advice_on
from thecal.care.medicine_list import (
    ACCEPTED,
    CHANGED,
    PUNCTURE,
    RECONCILED,
    STOPPED,
    MedicineList,
    Statement,
    accept,
    anticoagulant_case,
    fold_medicines,
    interaction_case,
    morphine_equivalent,
    names,
    not_current,
)
from thecal.care.medicine_list.checks import BEFORE_PUNCTURE, VISIT
from thecal.care.medicine_list.fold import with_statement
from thecal.care.medicine_list.listed import RULES
from thecal.errors import BadFileError
from thecal.units import Duration, parse_quantity
from thecal.units.quantity import MassRate

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
WHOLE = {"asked": "the patient", "alcohol": "no", "nothing": False}
IMPLANT = procedure("implant")
BEGINS = datetime.fromisoformat("2026-11-12T08:00")


def said(*told: tuple[str, dict], at: datetime = AT) -> MedicineList:
    """Return the list after statements, one after the other at the same moment."""
    return fold_medicines(
        Statement(kind, values, "nurse.a", at, number)
        for number, (kind, values) in enumerate(told, start=1)
    )


def taken(name: str, dose: str = "", **more) -> tuple[str, dict]:
    told = {"dose": dose} if dose else {"dose_unknown": True}
    return CHANGED, {"medicine": name, **told, **more}


def rate(text: str) -> MassRate:
    return parse_quantity(text, MassRate)


def test_nothing_stated_is_no_list_and_checks_nothing() -> None:
    assert interaction_case(said(), AT, VISIT, ("morphine",)) is None
    assert anticoagulant_case(said(), IMPLANT, BEGINS, AT) is None


@pytest.mark.req("K20")
def test_a_benzodiazepine_beside_an_intrathecal_opioid_asks() -> None:
    known = said(taken("lorazepam", "2 mg/d"), (RECONCILED, WHOLE))
    case = interaction_case(known, AT, VISIT, ("morphine",))
    found = [one for one in advice_on(case).findings if one.check == "K20"]
    assert [one.severity.value for one in found] == ["soft"]
    assert "lorazepam" in found[0].message


@pytest.mark.req("K20")
def test_a_list_that_is_whole_and_meets_nothing_is_silent() -> None:
    known = said(taken("paracetamol", "3000 mg/d"), (RECONCILED, WHOLE))
    assert not advice_on(interaction_case(known, AT, VISIT, ("morphine",))).findings
    nothing = said((RECONCILED, {**WHOLE, "nothing": True}))
    assert not advice_on(interaction_case(nothing, AT, "start", ("morphine",))).findings


@pytest.mark.req("K20")
@pytest.mark.parametrize(("occasion", "days"), [(VISIT, 180), ("start", 1), (BEFORE_PUNCTURE, 7)])
def test_a_list_counts_for_so_long_and_no_longer(occasion, days) -> None:
    known = said(taken("paracetamol"), (RECONCILED, WHOLE))
    limit = AT + timedelta(days=days)
    assert not not_current(known, limit, occasion)
    assert "2 November 2026" in not_current(known, limit + timedelta(seconds=1), occasion)


@pytest.mark.req("K20")
@pytest.mark.parametrize(
    ("occasion", "changes", "severity"),
    [(VISIT, False, "warn"), (VISIT, True, "soft"), ("restart", False, "soft")],
)
def test_an_old_list_asks_at_a_start_or_a_change_and_is_said_at_a_visit(
    occasion, changes, severity
) -> None:
    known = said(taken("paracetamol"), (RECONCILED, WHOLE))
    late = AT + timedelta(days=200)
    case = interaction_case(known, late, occasion, ("morphine",), changes_told=changes)
    (one,) = advice_on(case).findings
    assert (one.check, one.severity.value) == ("K20", severity)
    assert one.follow_up


def test_changes_that_were_told_ask_though_the_list_is_of_today() -> None:
    known = said(taken("paracetamol"), (RECONCILED, WHOLE))
    case = interaction_case(known, AT, VISIT, ("morphine",), changes_told=True)
    assert "told of changes" in advice_on(case).findings[0].message


@pytest.mark.req("K20")
def test_an_answer_holds_until_the_medicine_or_the_pump_changes() -> None:
    answered = (ACCEPTED, accept("lorazepam", "weaned slowly", ("morphine",)))
    told = [taken("lorazepam", "2 mg/d"), (RECONCILED, WHOLE), answered]

    def blocks(pump: tuple[str, ...], *more: tuple[str, dict]) -> bool:
        case = interaction_case(said(*told, *more), AT, VISIT, pump)
        found = advice_on(case).findings
        return any(one.blocks for one in found if "and lorazepam" in one.message)

    assert not blocks(("morphine",))
    assert blocks(("morphine", "baclofen"))
    assert blocks(("morphine",), taken("lorazepam", "4 mg/d"))


def test_the_equivalent_of_the_list_is_counted_or_nothing_is_said() -> None:
    both = said(taken("oxycodone", "40 mg/d"), taken("fentanyl-patch", "25 ug/h")).medicines
    assert morphine_equivalent(both) == rate("120 mg/d")
    unknown = said(taken("oxycodone", "40 mg/d"), taken("tramadol")).medicines
    assert morphine_equivalent(unknown) is None
    assert morphine_equivalent(said(taken("buprenorphine", "8 mg/d")).medicines) is None
    assert morphine_equivalent(said(taken("ramipril", "5 mg/d")).medicines) == MassRate.zero()


def test_an_opioid_whose_dose_nobody_knows_asks_for_the_equivalent() -> None:
    known = said(taken("oxycodone"), (RECONCILED, WHOLE))
    case = interaction_case(known, AT, VISIT, ("baclofen",))
    messages = [one.message for one in advice_on(case).findings]
    assert any("say the morphine equivalent" in one for one in messages)


@pytest.mark.req("K35")
def test_what_acts_against_clotting_is_held_before_a_puncture() -> None:
    late = said(
        taken("apixaban", "10 mg/d", last_taken=datetime.fromisoformat("2026-11-10T08:00")),
        (RECONCILED, WHOLE),
    )
    advice = hold_advice(anticoagulant_case(late, IMPLANT, BEGINS, BEGINS.replace(tzinfo=UTC)))
    assert advice.verdict == "too-late"


@pytest.mark.req("K35")
def test_one_that_was_held_still_counts_and_one_long_gone_does_not() -> None:
    stop = {"medicine": "warfarin", "reason": "held for the implant"}
    held = said(taken("warfarin"), (STOPPED, {**stop, "last_day": date(2026, 11, 7)}))
    (one,) = anticoagulant_case(held, IMPLANT, BEGINS, AT).taken
    assert one.last_dose == datetime.fromisoformat("2026-11-07T23:59:59.999999")
    gone = said(taken("warfarin"), (STOPPED, {**stop, "last_day": date(2026, 10, 1)}))
    assert not anticoagulant_case(gone, IMPLANT, BEGINS, AT).taken


def test_no_hold_of_the_table_is_longer_than_what_was_stopped_is_asked_for() -> None:
    longest = RULES.get("stopped", "still-asked", Duration).value
    holds = [one.value for agent in agents().values() for one in (*agent.hold, *agent.hold_renal)]
    assert max(holds) < longest


@pytest.mark.req("K35")
def test_a_medicine_of_no_table_is_asked_about_before_a_puncture_and_not_at_a_refill() -> None:
    known = said(taken("herb of example"), (RECONCILED, WHOLE))
    asked = hold_advice(anticoagulant_case(known, IMPLANT, BEGINS, AT)).findings
    assert any("herb of example is in no table" in one.message for one in asked)
    refill = anticoagulant_case(known, procedure("refill"), BEGINS, AT)
    assert not hold_advice(refill).findings
    harmless = said(taken("herb of example", counts_as=["none"]), (RECONCILED, WHOLE))
    assert not hold_advice(anticoagulant_case(harmless, IMPLANT, BEGINS, AT)).findings


@pytest.mark.req("K35")
def test_a_list_that_nobody_went_through_asks_before_a_puncture() -> None:
    case = anticoagulant_case(said(taken("paracetamol")), IMPLANT, BEGINS, AT)
    (one,) = hold_advice(case).findings
    assert "never gone through" in one.message


def test_aspirin_is_chosen_by_what_it_is_taken_for() -> None:
    assert "aspirin" not in names()
    assert {"aspirin-primary", "aspirin-secondary", "warfarin", "oxycodone"} <= set(names())


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (CHANGED, {"medicine": "oxycodone"}),
        (CHANGED, {"medicine": "oxycodone", "dose": "40 mg"}),
        (CHANGED, {"medicine": "oxycodone", "dose_unknown": False}),
        (CHANGED, {"medicine": "x", "dose_unknown": True, "counts_as": ["none", "opioid"]}),
        (STOPPED, {"medicine": "oxycodone", "last_day": date(2026, 11, 1), "reason": "x"}),
        (RECONCILED, WHOLE),
        (RECONCILED, {**WHOLE, "alcohol": "some"}),
        (PUNCTURE, {"procedure": "haircut", "begins": BEGINS}),
        (PUNCTURE, {"procedure": "implant", "begins": BEGINS, "ends": BEGINS - timedelta(1)}),
        (ACCEPTED, {"about": "x", "reason": "y", "pump": ["water"]}),
    ],
)
def test_what_cannot_be_read_is_refused(kind, values) -> None:
    with pytest.raises(BadFileError):
        with_statement(said(), Statement(kind, values, "nurse.a", AT, 1))


def test_what_cannot_be_read_in_the_log_leaves_the_list_not_whole() -> None:
    known = said(taken("oxycodone", "40 mg/d"), (CHANGED, {}), (RECONCILED, WHOLE))
    assert known.unread
    assert "cannot be read" in not_current(known, AT, VISIT)


_NAMES = st.sampled_from(("oxycodone", "warfarin", "a tea"))
_TOLD = st.one_of(
    _NAMES.map(taken),
    _NAMES.map(
        lambda name: (
            STOPPED,
            {"medicine": name, "last_day": date(2026, 11, 1), "reason": "agreed"},
        )
    ),
    st.booleans().map(lambda nothing: (RECONCILED, {**WHOLE, "nothing": nothing})),
)


@given(st.lists(_TOLD, max_size=12))
def test_whatever_is_stated_a_medicine_is_taken_or_stopped_and_nothing_is_both(told) -> None:
    known = said(*told)
    assert not set(known.taken) & set(known.stopped)
    last = {values["medicine"]: kind for kind, values in told if "medicine" in values}
    ever = {values["medicine"] for kind, values in told if kind == CHANGED}
    assert set(known.taken) == {one for one in ever if last[one] == CHANGED}
    whole = known.reconciled
    assert whole is None or (RECONCILED, {**WHOLE, "nothing": whole.nothing}) in told


@given(st.lists(_TOLD, max_size=8))
def test_no_statement_is_lost_it_is_read_or_told_to_be_unread(told) -> None:
    known = said(*told)
    refused = 0
    for number in range(len(told)):
        before = said(*told[:number])
        kind, values = told[number]
        try:
            with_statement(before, Statement(kind, values, "nurse.a", AT, number + 1))
        except BadFileError:
            refused += 1
    assert len(known.unread) == refused
