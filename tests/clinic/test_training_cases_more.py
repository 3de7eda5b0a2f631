"""Cases C4 and C7 to C15: passed by who acts rightly, failed by the error each is about."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from clinic_pumps import chart_of
from clinic_world import PASSWORD
from flow_desk import local
from refill_room import text_of
from training_desk import Desk, wrong

from thecal.clinic.models import Role
from thecal.record.body_text import texts_of
from thecal.record.fold import SETUP


@pytest.fixture
def desk(world: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda case, role=Role.PHYSICIAN: Desk(world, monkeypatch, case, role)


def send(learner: Desk, page: str, what: str, **fields: Any) -> Any:
    """Send one form of a page of steps, signed."""
    return learner.post(page, what=what, **{f"password_{what}": PASSWORD}, **fields)


def words(page: Any) -> str:
    """Return what a page says, without its markup."""
    text = text_of(page)
    text = text[text.index("<main") :] if "<main" in text else text
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def at(learner: Desk, minutes: int = 0) -> str:
    """Return a moment some minutes from now, as a field holds it."""
    return local(learner.now + timedelta(minutes=minutes), learner.world.clinic.timezone)


# -- C8: the recovery shows at the second reading alone --------------------------------------------


def scanned(learner: Desk, minutes: int) -> Any:
    return send(
        learner, "mri step", "ended", ended_at=at(learner, minutes), lasted="30", field_was="1.5"
    )


def test_c8_is_passed_by_a_second_reading_before_she_goes(desk: Any) -> None:
    learner = desk("C8")
    scanned(learner, -30)
    assert "does not show that the pump runs" in text_of(send(learner, "mri step", "read"))
    assert "no recovery" in learner.told()
    learner.let_pass(10)
    assert "seen running" in text_of(send(learner, "mri step", "read"))
    closed = send(learner, "mri step", "close")
    assert "The visit is closed" in text_of(closed), words(closed)
    learner.end()
    assert (learner.missed, learner.mistakes) == (set(), set())
    assert learner.debrief.score.unsafe == ()
    assert learner.debrief.score.passed


def test_c8_is_failed_by_who_lets_her_go_unread(desk: Any) -> None:
    learner = desk("C8")
    scanned(learner, -30)
    learner.end()
    assert learner.missed == {"read", "second"}
    assert learner.mistakes == {"stood"}
    (state,) = learner.debrief.score.unsafe
    assert not state.over


def test_c8_is_failed_by_one_reading_and_by_one_that_nobody_made(desk: Any) -> None:
    learner = desk("C8")
    scanned(learner, -30)
    send(learner, "mri step", "read")
    send(learner, "mri step", "read-by-hand", read_at=at(learner), running="yes")
    learner.end()
    assert learner.missed == {"second"}
    assert learner.mistakes == {"from-memory"}


# -- C7: the valves open in the magnet -------------------------------------------------------------

VALVES = {
    "field": "1.5",
    "gradient": "1900",
    "done_before": ["model-confirmed", "read-before", "site-healed", "other-therapy", "emptied"],
    "cover": "tablets and a drip on the pain ward",
}


def test_c7_is_passed_by_who_empties_first(desk: Any) -> None:
    learner = desk("C7")
    learner.post("read pump")
    drawn = learner.drawn()
    send(
        learner,
        "mri step",
        "emptied",
        drawn=drawn,
        emptied_at=at(learner),
        destroyed_with="Theo Thiel",
    )
    page = send(learner, "mri step", "plan", **VALVES)
    assert "Signed: the scan may take place" in text_of(page), words(page)
    learner.let_pass(120)
    scanned(learner, 0)
    assert "awake" in learner.told()
    send(learner, "mri step", "read")
    learner.end()
    assert (learner.missed, learner.mistakes) == (set(), set())
    assert learner.debrief.score.unsafe == ()


def test_c7_a_reading_before_the_scan_is_none_after_it(desk: Any) -> None:
    learner = desk("C7")
    learner.post("read pump")
    scanned(learner, 0)
    learner.end()
    assert "read-after" in learner.missed


def test_c7_is_failed_by_a_scan_of_the_full_reservoir(desk: Any) -> None:
    learner = desk("C7")
    refused = send(learner, "mri step", "plan", **VALVES)
    assert refused.status_code == 422
    learner.let_pass(120)
    scanned(learner, 0)
    assert "five times a minute" in learner.told()
    learner.end()
    assert {"empty", "signed", "read-after"} <= learner.missed
    assert learner.mistakes == {"scan"}
    (state,) = learner.debrief.score.unsafe
    assert state.over
    assert float(state.worst.in_unit("mg")) > 100


# -- C9: the count says 2.6 mL, and nothing is left ------------------------------------------------


def trouble(learner: Desk, what: str, **fields: str) -> Any:
    page = send(learner, "troubleshooting", what, **fields)
    assert page.status_code == 200, wrong(page)
    return page


def ordered(learner: Desk, test: str, days: int = 0) -> Any:
    return trouble(learner, "order", test=test, wanted_by=at(learner, days * 24 * 60)[:10])


def verdict(learner: Desk, cause: str, action: str, said: str = "looked at together") -> Any:
    return trouble(learner, "verdict", cause=cause, action=action, verdict_words=said)


def covered(learner: Desk, happening: str, *done: str, **more: str) -> Any:
    return learner.post("record emergency", happening=happening, done=list(done), **more)


def alarm_at(learner: Desk, volume: str) -> Any:
    """Change the alarm in the entry of the pump, as the page Record does."""
    setup = next(one for one in chart_of(learner.patient).entries if one.kind == SETUP)
    fields: dict[str, str] = {"reason": "withdrawal at a count of 2.6 mL", "step": "write"}
    for index, place in enumerate(texts_of(setup.body)):
        fields[f"value-{index}"] = place.text
        if "low_reservoir_alarm" in place.path:
            fields[f"value-{index}"] = volume
    return learner.post("correct an entry", setup.seq, password=PASSWORD, **fields)


def test_c9_is_passed_by_a_higher_alarm_and_the_same_dose(desk: Any) -> None:
    learner = desk("C9")
    learner.ask("before")
    covered(learner, "withdrawal", "cover", words="baclofen 20 mg by mouth")
    learner.post("read pump")
    assert "2.6 mL" in learner.told()
    trouble(learner, "open", complaint="itching, stiff since last night")
    assert learner.drawn() == "0"
    trouble(learner, "findings", finding_patient="withdrawal", finding_residual="dry")
    alarm_at(learner, "4 mL")
    verdict(learner, "over-infusion", "settings")
    learner.end()
    assert (learner.missed, learner.mistakes) == (set(), set())
    assert learner.debrief.score.percent == 100


def test_c9_is_failed_by_more_dose(desk: Any) -> None:
    learner = desk("C9")
    trouble(learner, "open", complaint="stiff")
    verdict(learner, "tolerance-or-disease", "higher-dose")
    learner.end()
    assert learner.mistakes == {"raised"}
    assert learner.missed == {"cover", "read", "drawn", "alarm", "signed"}


# -- C11: a mass at the tip ------------------------------------------------------------------------


def test_c11_is_passed_by_an_image_and_no_more_dose(desk: Any) -> None:
    learner = desk("C11")
    learner.ask("leg")
    assert "half of its force" in learner.told()
    trouble(learner, "open", complaint="more pain, a weak left leg")
    trouble(learner, "findings", finding_patient="deficit", finding_onset="gradual")
    ordered(learner, "tip-mri")
    verdict(learner, "granuloma", "lower-dose")
    learner.end()
    assert (learner.missed, learner.mistakes) == (set(), set())
    assert learner.debrief.score.unsafe == ()


def test_c11_is_failed_by_more_dose(desk: Any) -> None:
    learner = desk("C11")
    trouble(learner, "open", complaint="more pain")
    trouble(learner, "findings", finding_patient="less-effect", finding_onset="gradual")
    verdict(learner, "tolerance-or-disease", "higher-dose")
    learner.end()
    assert learner.mistakes == {"raised"}
    assert learner.missed == {"ask", "deficit", "image", "hold"}


# -- C10: a fill beside the pump -------------------------------------------------------------------


def test_c10_is_passed_by_naloxone_the_pocket_and_a_long_watch(desk: Any) -> None:
    learner = desk("C10", Role.NURSE)
    said = "naloxone 0.4 mg at once, again after 3 minutes; 9.5 mL out of the swelling"
    done = ("airway", "antidote", "pocket", "expert", "intensive")
    covered(learner, "pocket-fill", *done, words=said)
    assert "9.5 mL" in learner.told()
    learner.let_pass(120)
    learner.end()
    assert (learner.missed, learner.mistakes) == (set(), set())
    assert learner.debrief.score.percent == 100


@pytest.mark.parametrize("said", ["Narcan 0.4 mg i.v.", "Naloxon 0,4 mg gespritzt", "nalaxone"])
def test_c10_the_tick_of_the_antidote_counts_in_whatever_words(desk: Any, said: str) -> None:
    learner = desk("C10", Role.NURSE)
    covered(learner, "pocket-fill", "antidote", words=said)
    learner.end()
    assert "naloxone" not in learner.missed


def test_c10_words_without_the_tick_are_no_antidote(desk: Any) -> None:
    learner = desk("C10", Role.NURSE)
    covered(learner, "pocket-fill", "airway", words="no naloxone given")
    learner.end()
    assert "naloxone" in learner.missed


def test_c10_words_without_the_tick_are_no_empty_pocket(desk: Any) -> None:
    learner = desk("C10", Role.NURSE)
    covered(learner, "pocket-fill", "antidote", words="pocket not swollen")
    assert "9.5 mL" not in learner.told()
    learner.end()
    assert "pocket" in learner.missed


def test_c10_is_failed_by_waiting(desk: Any) -> None:
    learner = desk("C10", Role.NURSE)
    learner.let_pass(30)
    covered(learner, "overdose", "antidote", "pocket", "intensive", words="0.4 mg")
    learner.end()
    assert learner.missed == {"naloxone"}
    assert learner.mistakes == {"waited"}


def test_c10_is_failed_by_draining_cerebrospinal_fluid(desk: Any) -> None:
    learner = desk("C10", Role.NURSE)
    said = "naloxone 0.4 mg; liquor 30 mL"
    covered(learner, "pocket-fill", "antidote", "pocket", "csf", "intensive", words=said)
    learner.end()
    assert (learner.missed, learner.mistakes) == (set(), {"csf"})


# -- C14: another drug than the label says ---------------------------------------------------------


def test_c14_is_passed_by_stop_sample_and_fresh_solution(desk: Any) -> None:
    learner = desk("C14")
    learner.post("stop pump", command="")
    drawn = learner.drawn()
    said = "naloxone 0.4 mg"
    covered(learner, "overdose", "airway", "antidote", "emptied", words=said, drawn=drawn)
    trouble(learner, "open", complaint="drowsy two hours after the first fill")
    trouble(learner, "findings", finding_patient="overdose", finding_onset="after-refill")
    ordered(learner, "assay")
    verdict(learner, "wrong-drug", "refill")
    learner.end()
    assert (learner.missed, learner.mistakes) == (set(), set())
    assert learner.debrief.score.unsafe == ()


def test_c14_is_failed_by_another_dose_of_the_same_solution(desk: Any) -> None:
    learner = desk("C14")
    covered(learner, "overdose", "antidote", words="naloxone 0.4 mg")
    trouble(learner, "open", complaint="drowsy")
    verdict(learner, "tolerance-or-disease", "lower-dose")
    learner.end()
    assert learner.mistakes == {"re-dosed"}
    assert learner.missed == {"stopped", "sample", "out", "replace"}
    (state,) = learner.debrief.score.unsafe
    assert state.over
    assert state.drug == "hydromorphone"


# -- C4: the template does not fit -----------------------------------------------------------------


def test_c4_is_passed_by_who_stops_and_asks_for_an_image(desk: Any) -> None:
    learner = desk("C4", Role.NURSE)
    learner.refill("18", 60, until="verify")
    learner.ask("turned")
    trouble(learner, "open", complaint="the template does not fit")
    trouble(learner, "findings", finding_template="does-not-fit")
    ordered(learner, "x-ray", 1)
    assert "upside down" in learner.told()
    learner.post("leave refill", reason="the template does not fit: image first")
    learner.end()
    assert (learner.missed, learner.mistakes) == (set(), set())
    assert learner.debrief.score.unsafe == ()


def test_c4_is_failed_by_who_injects(desk: Any) -> None:
    learner = desk("C4", Role.NURSE)
    screen = f"{float(learner.expected().in_unit('mL')):.1f}"
    learner.refill("18", 60, until="fill", aspirate={"volume_drawn": screen})
    learner.end()
    assert learner.mistakes == {"injected", "fitted"}
    assert learner.missed == {"left", "image"}


# -- C12: the fifth low residual -------------------------------------------------------------------


SAME = {"reason": "the order leaves the dose"}


def test_c12_is_passed_by_a_balance_and_by_telling_whom_the_rule_names(desk: Any) -> None:
    learner = desk("C12", Role.NURSE)
    balance = {"decision": "diversion check-the-balance"}
    learner.refill("18", 45, until="discrepancy", decide=SAME, discrepancy=balance)
    learner.ask("scabs")
    trouble(learner, "open", complaint="the fifth low residual")
    assert "accuse nobody" in learner.told()
    trouble(learner, "findings", finding_residual="below", finding_patient="steady")
    said = "60 mg missing; physician in charge and pharmacy told"
    verdict(learner, "diversion", "other-care", said)
    learner.end()
    assert (learner.missed, learner.mistakes) == (set(), set())
    assert learner.debrief.score.percent == 100


def test_c12_is_failed_by_the_figure_of_the_screen(desk: Any) -> None:
    learner = desk("C12", Role.NURSE)
    screen = f"{float(learner.expected().in_unit('mL')):.1f}"
    learner.refill("18", 45, decide=SAME, aspirate={"volume_drawn": screen}, until="aspirate")
    learner.end()
    assert learner.mistakes == {"copied"}
    assert learner.missed == {"drawn", "balance", "policy"}


def test_c12_is_failed_by_filling_on(desk: Any) -> None:
    learner = desk("C12", Role.NURSE)
    over = {"decision": "over-delivery troubleshoot"}
    learner.refill("18", 45, decide=SAME, discrepancy=over, until="read_back")
    learner.end()
    assert learner.mistakes == {"ignored"}
    assert learner.missed == {"balance", "policy"}


# -- C13: a length that nobody measured ------------------------------------------------------------


def length_of(learner: Desk, length: str) -> Any:
    """Add the length to the entry of the catheter, as the page Record does."""
    setup = next(one for one in chart_of(learner.patient).entries if one.kind == SETUP)
    fields = {f"value-{number}": one.text for number, one in enumerate(texts_of(setup.body))}
    fields |= {"name-0": "catheter.implanted_length", "added-0": length, "step": "write"}
    page = learner.post(
        "correct an entry", setup.seq, password=PASSWORD, reason="measured", **fields
    )
    assert page.status_code == 200, wrong(page)
    return page


def test_c13_is_passed_by_measuring_first(desk: Any) -> None:
    learner = desk("C13")
    learner.ask("old-clinic")
    learner.ask("x-ray")
    assert "71 cm" in learner.told()
    length_of(learner, "71 cm")
    learner.post("read pump")
    learner.end()
    assert (learner.missed, learner.mistakes) == (set(), set())
    assert learner.debrief.score.percent == 100
    assert learner.debrief.score.unsafe == ()


def test_c13_is_failed_by_the_usual_length(desk: Any) -> None:
    learner = desk("C13")
    length_of(learner, "90 cm")
    learner.end()
    assert learner.mistakes == {"guessed", "other-length"}
    assert learner.missed == {"measured", "entered"}


# -- C15: the ampoule and the slip -----------------------------------------------------------------


def first_dose(learner: Desk, stock: str, drawn: str, made: str) -> Any:
    """Plan the trial, order 50 mcg, have it signed and give it."""
    learner.post("plan trial", method="repeated-bolus", drug="baclofen", origin="spinal")
    page = learner.post(
        "order trial dose",
        **{
            "planned.dose": "50",
            "planned.time": at(learner),
            "syringe.stock": stock,
            "syringe.stock.unit": "ug/mL",
            "syringe.drawn": drawn,
            "syringe.made": made,
            "syringe.injected": "1",
            "anticoagulants.drug": "none",
            "order.naloxone": "yes",
        },
    )
    if page.status_code == 200:
        learner.colleague("check")
        learner.post("give trial dose", **{"given.time": at(learner)})
    return page


def test_c15_is_passed_by_the_strength_of_the_ampoule(desk: Any) -> None:
    learner = desk("C15")
    learner.ask("pharmacy")
    page = first_dose(learner, "500", "1", "10")
    learner.end()
    assert (learner.missed, learner.mistakes) == (set(), set()), words(page)
    assert learner.debrief.score.percent == 100


def test_c15_is_failed_by_the_slip(desk: Any) -> None:
    learner = desk("C15")
    first_dose(learner, "50", "1", "1")
    learner.end()
    assert learner.missed == {"strength"}
    assert learner.mistakes == {"tenfold"}


def test_c15_undiluted_the_page_itself_refuses(desk: Any) -> None:
    learner = desk("C15")
    page = first_dose(learner, "500", "1", "1")
    assert page.status_code == 422
    assert "10 times the dose; dilute anew" in words(page)
