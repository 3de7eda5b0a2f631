"""Other medicines beside the pump: what meets what, what asks, what is watched."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from interaction_cases import TODAY, case

from thecal.care.advice import Advice
from thecal.care.interactions.advise import advise
from thecal.care.interactions.medicines import medicine
from thecal.care.interactions.meetings import meetings
from thecal.errors import BadFileError
from thecal.pharmacy import drugs
from thecal.safety.finding import Severity
from thecal.therapy.table import Table

PUMP_DRUGS = tuple(one.id for one in drugs())


def partners(advice: Advice) -> set[tuple[str, str, str]]:
    rows = next(one for one in advice.listings if one.title == "Interactions").rows
    return {(str(row[0]), str(row[1]), str(row[2])) for row in rows}


@pytest.mark.inventory("S1.10")
@pytest.mark.parametrize(
    ("pump", "medicine_name", "partner"),
    [
        ("morphine", "diazepam", "benzodiazepine"),
        ("baclofen", "diazepam", "benzodiazepine"),
        ("ziconotide", "pregabalin", "cns-depressant"),
        ("hydromorphone", "oxycodone", "systemic-opioid"),
        ("morphine", "magnesium-infusion", "magnesium"),
        ("clonidine", "metoprolol", "beta-blocker"),
        ("clonidine", "ramipril", "antihypertensive"),
        ("clonidine", "amitriptyline", "tricyclic-antidepressant"),
        ("bupivacaine", "amiodarone", "antiarrhythmic"),
        ("fentanyl", "clarithromycin", "cyp3a4-inhibitor"),
        ("ropivacaine", "fluvoxamine", "cyp1a2-inhibitor"),
        ("fentanyl", "rifampicin", "cyp3a4-inducer"),
    ],
)
def test_each_pair_of_the_sources_is_found(pump: str, medicine_name: str, partner: str) -> None:
    assert (pump, medicine_name, partner) in partners(case(pump, medicine_name))


def test_drugs_of_one_pump_meet_each_other() -> None:
    assert ("baclofen", "morphine", "neuraxial-morphine") in partners(case("baclofen morphine"))
    found = partners(case("ziconotide hydromorphone"))
    assert ("ziconotide", "hydromorphone", "intrathecal-opioid") in found


@pytest.mark.inventory("S1.10")
def test_what_is_only_remembered_warns_and_what_the_check_asks_needs_an_answer() -> None:
    assert case("fentanyl", "clarithromycin").verdict == "caution"
    assert case("clonidine", "metoprolol").verdict == "caution"
    assert case("morphine", "diazepam").verdict == "open"
    answer = [{"about": "diazepam", "reason": "long known", "by": "Dr. F"}]
    assert case("morphine", "diazepam", override=answer).verdict == "caution"


@pytest.mark.parametrize(
    ("days", "verdict"), [(0, "contraindicated"), (14, "contraindicated"), (15, "nothing-found")]
)
def test_morphine_waits_14_days_after_a_mao_inhibitor(days: int, verdict: str) -> None:
    stopped = {"medicine": "phenelzine", "stopped_on": TODAY - timedelta(days=days)}
    assert case("morphine", stopped).verdict == verdict
    assert case("bupivacaine", stopped).verdict == "nothing-found"


def test_a_contraindication_takes_no_answer() -> None:
    answer = [{"about": "phenelzine", "reason": "because", "by": "Dr. F"}]
    assert case("morphine", "phenelzine", override=answer).verdict == "contraindicated"


def test_a_medicine_that_no_table_knows_is_asked_about_and_not_passed() -> None:
    assert case("morphine", "newdrugol").verdict == "open"
    named = {"medicine": "newdrugol", "classes": ["benzodiazepine"]}
    assert ("morphine", "newdrugol", "benzodiazepine") in partners(case("morphine", named))
    harmless = {"medicine": "newdrugol", "classes": ["none"]}
    assert case("morphine", harmless).verdict == "nothing-found"


def test_alcohol_and_a_list_that_is_left_out_are_asked_for() -> None:
    assert ("baclofen", "alcohol", "alcohol") in partners(case("baclofen", alcohol="yes"))
    table = {"on": TODAY, "occasion": "visit", "pump": ["morphine"]}
    found = advise(Table(table, "case.toml"))
    assert found.verdict == "open"
    assert {"alcohol", "list"} <= {one.rule for one in found.reasons}


def test_a_systemic_opioid_needs_its_morphine_equivalent() -> None:
    missing = {one.rule for one in case("bupivacaine", "oxycodone").reasons}
    assert "morphine-equivalent" in missing
    known = case("bupivacaine", "oxycodone", morphine_equivalent="60 mg/d")
    assert "morphine-equivalent" not in {one.rule for one in known.reasons}


@pytest.mark.inventory("S1.R10")
@pytest.mark.parametrize(
    ("watch", "open_checks"), [(None, ["K29"]), ("23.9 h", ["K29"]), ("24 h", []), ("48 h", [])]
)
@pytest.mark.parametrize("occasion", ["start", "restart", "implant", "replacement"])
def test_a_start_beside_a_depressant_is_watched_for_24_h(
    occasion: str, watch: str | None, open_checks: list[str]
) -> None:
    answer = [{"about": "diazepam", "reason": "long known"}]
    given_watch = {} if watch is None else {"watch": watch}
    found = case("morphine", "diazepam", occasion=occasion, override=answer, **given_watch)
    assert [one.check for one in found.findings if one.blocks] == open_checks
    visit = case("morphine", "diazepam", override=answer)
    assert not any(one.blocks for one in visit.findings)


@pytest.mark.inventory("S1.10")
@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"pump": ["heroin"]}, "heroin"),
        ({"pump": ["morphine", "morphine"]}, "twice"),
        ({"home": ["diazepam", "diazepam"]}, "twice"),
        ({"home": [{"medicine": "x", "classes": ["sedating"]}]}, "sedating"),
        ({"override": [{"about": "aspirine", "reason": "x"}]}, "aspirine"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(changes: dict[str, object], named: str) -> None:
    with pytest.raises(BadFileError) as refused:
        case("morphine", **changes)
    assert named in str(refused.value)


@given(
    st.lists(st.sampled_from(PUMP_DRUGS), min_size=1, max_size=3, unique=True),
    st.lists(st.sampled_from(("diazepam", "oxycodone", "metoprolol", "phenelzine")), unique=True),
    st.sampled_from(("amiodarone", "pregabalin", "baclofen-oral", "paracetamol")),
)
def test_one_more_medicine_never_takes_an_interaction_away(
    pump: list[str], names: list[str], more: str
) -> None:
    taken = tuple(medicine(one) for one in names)
    fewer = set(meetings(tuple(pump), taken, TODAY))
    assert fewer <= set(meetings(tuple(pump), (*taken, medicine(more)), TODAY))


@given(st.sampled_from(PUMP_DRUGS), st.integers(0, 60))
def test_only_what_was_read_refuses(pump: str, days: int) -> None:
    stopped = medicine("phenelzine", stopped_on=TODAY - timedelta(days=days))
    for one in meetings((pump,), (stopped,), TODAY, alcohol=True):
        assert one.severity is not Severity.HARD or not one.effect.recalled
