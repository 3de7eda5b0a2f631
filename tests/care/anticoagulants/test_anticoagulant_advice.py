"""What the topic answers: read rows decide, remembered ones ask, the refill is never held up."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.advice import Advice, Weight
from thecal.care.anticoagulants.advise import advise
from thecal.care.anticoagulants.agents import agents
from thecal.cli.main import BAD_INPUT, DONE, OVERRIDE_NEEDED, main
from thecal.errors import BadFileError
from thecal.safety.finding import Severity, Verdict, verdict_of
from thecal.therapy.table import Table

DAY_D = datetime.fromisoformat("2026-12-10T08:00")
LONG_AGO = DAY_D - timedelta(days=60)
RECALLED = (
    *("clopidogrel", "prasugrel", "ticagrelor", "dabigatran", "rivaroxaban", "apixaban"),
    *("edoxaban", "fondaparinux", "fibrinolytic", "heparin-intravenous"),
)


def case(*drugs: dict[str, object], **changes: object) -> Advice:
    values: dict[str, object] = {
        "procedure": "implant",
        "begins": DAY_D,
        "ends": DAY_D + timedelta(hours=1),
        "renal_impairment": "no",
        "drugs": list(drugs),
    }
    values |= changes
    return advise(Table({k: v for k, v in values.items() if v is not None}, "case.toml"))


def taken(drug: str, last_dose: datetime = LONG_AGO, **more: object) -> dict[str, object]:
    return {"drug": drug, "last_dose": last_dose, **more}


@pytest.mark.inventory("T33")
def test_warfarin_in_time_with_a_normal_inr_meets_its_hold() -> None:
    at_edge = taken("warfarin", DAY_D - timedelta(days=5))
    assert case(at_edge, inr="1.2").verdict == "hold-met"
    assert case(at_edge, inr="1.2").findings == ()
    assert case(at_edge, inr="1.21").verdict == "open"
    assert case(at_edge).verdict == "open"
    assert case(taken("warfarin", DAY_D - timedelta(days=4)), inr="1.0").verdict == "too-late"


@pytest.mark.inventory("S1.R23")
@pytest.mark.parametrize("name", ["trial-injection", "trial-catheter", "implant", "port-study"])
def test_trial_implant_and_dye_study_ask_for_the_hold(name: str) -> None:
    found = case(taken("aspirin-primary", DAY_D - timedelta(days=5)), procedure=name)
    assert found.verdict == "too-late"
    assert [one.check for one in found.findings] == ["K35"]


@pytest.mark.inventory("S1.R23")
@pytest.mark.parametrize("drug", RECALLED)
def test_a_remembered_length_asks_and_never_decides(drug: str) -> None:
    found = case(taken(drug))
    assert found.verdict == "open"
    assert verdict_of(found.findings) is Verdict.OVERRIDE_NEEDED
    asked = [one for one in found.reasons if one.rule == "remembered"]
    assert "only remembered" in asked[0].text
    assert any(one.fact.recalled for one in asked[0].figures)
    answered = case(taken(drug, reason="guideline read today", by="Dr. F"))
    assert answered.verdict == "hold-met"


@pytest.mark.parametrize("drug", sorted(set(agents()) - set(RECALLED)))
def test_a_length_that_was_read_asks_nothing_once_it_is_kept(drug: str) -> None:
    found = case(taken(drug), inr="1.0")
    assert found.verdict == ("open" if drug == "aspirin-secondary" else "hold-met")


@pytest.mark.inventory("S1.R23")
def test_a_refill_is_never_held_up_and_the_memory_is_said() -> None:
    found = case(taken("apixaban", DAY_D), procedure="refill")
    assert found.verdict == "no-hold-usual"
    assert verdict_of(found.findings) is Verdict.ACCEPTED
    assert [one.severity for one in found.findings] == [Severity.WARN]
    assert "only remembered" in found.findings[0].message


@pytest.mark.inventory("S1.R23")
def test_the_surgery_table_stands_beside_as_a_disagreement() -> None:
    found = case(taken("apixaban"))
    question = next(one for one in found.disagreements if "must not be mixed" in one.question)
    assert [one.fact.value.in_unit("d") for one in question.answers] == [3, 2]
    assert "PAUSE" in question.answers[1].fact.source


def test_a_last_dose_that_nobody_knows_is_asked_for() -> None:
    found = case({"drug": "dalteparin"})
    assert found.verdict == "open"
    assert [one.weight for one in found.reasons if one.rule == "hold"] == [Weight.MISSING]


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ({"drug": "warfarine"}, "warfarine"),
        ({"drug": "warfarin", "dose": "5 mg"}, "dose"),
    ],
)
def test_an_unknown_drug_or_key_is_refused_by_name(entry: dict[str, object], named: str) -> None:
    with pytest.raises(BadFileError) as refused:
        case(entry)
    assert named in str(refused.value)


def test_a_drug_named_twice_and_an_end_before_the_beginning_are_refused() -> None:
    with pytest.raises(BadFileError, match="twice"):
        case(taken("warfarin"), taken("warfarin"))
    with pytest.raises(BadFileError, match="ends before it begins"):
        case(taken("warfarin"), ends=DAY_D - timedelta(hours=1))
    with pytest.raises(BadFileError, match="no date with a time"):
        case(taken("warfarin"), begins=DAY_D.date())


@given(st.sampled_from(sorted(agents())), st.integers(-40, 40))
def test_no_answer_of_this_rule_refuses(drug: str, days: int) -> None:
    found = case(taken(drug, DAY_D + timedelta(days=days)))
    assert all(one.severity is not Severity.HARD for one in found.findings)


def test_the_command_answers_for_people_and_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "case.toml"
    text = (
        'schema = "thecal.case/1"\n[anticoagulants]\nprocedure = "implant"\n'
        "begins = 2026-12-10T08:00:00\n"
        'drugs = [ { drug = "ibuprofen", last_dose = 2026-12-0%d } ]\n'
    )
    file.write_text(text % 8)
    assert main(["advise", "anticoagulants", str(file)]) == BAD_INPUT
    file.write_text((text % 9).replace("-09 ", "-09T20:00:00 "))
    assert main(["advise", "anticoagulants", str(file), "--json"]) == DONE
    capsys.readouterr()
    assert main(["advise", "anticoagulants", str(file), "--json"]) == DONE
    answer = json.loads(capsys.readouterr().out)
    assert answer["listings"][0]["rows"][0][2] == "9 December 2026, any time of that day"
    file.write_text((text % 9).replace("2026-12-09 ", "2026-12-10T07:00:00 "))
    assert main(["advise", "anticoagulants", str(file)]) == OVERRIDE_NEEDED
