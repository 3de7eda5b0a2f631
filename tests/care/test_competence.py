"""Levels, what a step lacks, what an assessment may say, what counts: the rules of competence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.competence import (
    Assessed,
    AssessmentError,
    Counts,
    Deed,
    ItemDone,
    Matrix,
    Practice,
    check_assessment,
    count_deeds,
    highest_level,
    independent_level,
    latest_end,
    skill_step,
    skill_steps,
    skills,
    skills_of_program,
    tell_before,
)
from thecal.care.competence.catalogue import bodies
from thecal.errors import UnknownIdError
from thecal.program.program import BridgeOrder, InfusionProgram, Mode, PatientBolus

TODAY = date(2026, 4, 20)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def held(level: int, until: date = TODAY, person: str = "nurse", skill: str = "refill") -> Assessed:
    return Assessed(person, skill, level, TODAY, until, "dr", "documents", "papers", 1)


def matrix(*levels: Assessed, kept: bool = True) -> Matrix:
    found = Matrix(kept_since=TODAY if kept else None)
    for one in levels:
        found = found.with_level(one)
    return found


def check(given_matrix: Matrix, level: int, evidence: str, **more: object) -> None:
    on = more.get("on", TODAY)
    check_assessment(
        given_matrix,
        str(more.get("assessor", "dr")),
        "nurse",
        "refill",
        level,
        on,
        more.get("until", latest_end(on)),
        evidence,
        TODAY,
    )


def test_the_skills_are_those_of_form_f18_and_of_the_proposal() -> None:
    assert list(skills()) == [
        *("interrogate", "refill", "program-simple", "program-flex", "bridge", "patient-bolus"),
        *("access-port", "rotor-dye", "implant-assist", "trial", "emergency", "mri"),
        "compounding-check",
    ]


@pytest.mark.inventory("S2.14")
def test_every_skill_has_its_place_in_the_curriculum_and_the_societies_are_named() -> None:
    assert all(one.practices and one.domain for one in skills().values())
    used = {practice for one in skills().values() for practice in one.practices}
    assert used == {"implanting", "managing"}
    assert {one.name.value.split(":")[0] for one in bodies()} == {
        "North American Neuromodulation Society",
        "International Neuromodulation Society",
    }
    assert all(one.link.value.startswith("https://") for one in bodies())


@pytest.mark.inventory("S1.8")
@given(level=st.integers(0, 4), held_for=st.integers(-900, 900))
def test_a_step_is_done_alone_at_level_three_until_the_last_day(level: int, held_for: int) -> None:
    known = matrix(held(level, TODAY + timedelta(days=held_for)))
    alone = not known.lacks("nurse", ("refill",), TODAY)
    assert alone == (level >= 3 and held_for >= 0)


def test_a_lack_says_why() -> None:
    assert "no level was given" in matrix().lacks("nurse", ("refill",), TODAY)[0].why
    assert "2 supervised" in matrix(held(2)).lacks("nurse", ("refill",), TODAY)[0].why
    old = matrix(held(4, date(2026, 4, 19)))
    assert "expired on 19 April 2026" in old.lacks("nurse", ("refill",), TODAY)[0].why


def test_a_clinic_that_does_not_keep_the_matrix_asks_nothing() -> None:
    assert matrix(kept=False).lacks("nurse", ("refill",), TODAY) == ()


def test_the_level_that_was_given_last_counts() -> None:
    assert matrix(held(4), held(1)).level("nurse", "refill", TODAY) == 1


@given(levels=st.lists(st.integers(0, 4), min_size=2, max_size=2))
def test_who_supervises_is_another_person_who_does_all_of_it_alone(levels: list[int]) -> None:
    known = matrix(
        held(levels[0], person="dr"), held(levels[1], person="dr", skill="bridge"), held(4)
    )
    wanted = ("refill", "bridge")
    assert known.may_supervise("dr", "nurse", wanted, TODAY) == (min(levels) >= 3)
    assert not known.may_supervise("nurse", "nurse", ("refill",), TODAY)


@given(on=DAYS)
def test_a_level_holds_twenty_four_months_at_most(on: date) -> None:
    end = latest_end(on)
    assert (end.year, end.month) == (on.year + 2, on.month)
    assert end.day == on.day or (on.month, on.day, end.day) == (2, 29, 28)


def test_what_was_seen_is_judged_by_who_trains_in_it() -> None:
    with pytest.raises(AssessmentError, match="somebody who trains in it"):
        check(matrix(held(3, person="dr")), 3, "observation")
    check(matrix(held(4, person="dr")), 3, "observation")
    check(matrix(), 3, "audit")
    check(matrix(), 4, "documents")


def test_learning_is_evidence_for_a_level_and_never_the_level() -> None:
    for level in (3, 4):
        with pytest.raises(AssessmentError, match="not the level"):
            check(matrix(held(4, person="dr")), level, "learning")
    check(matrix(), 2, "learning")


def test_prolonging_a_level_is_judged_as_giving_it() -> None:
    """Else a level given once would hold for ever on the word of anybody."""
    ending = held(3, TODAY + timedelta(days=1))
    with pytest.raises(AssessmentError, match="somebody who trains in it"):
        check(matrix(ending), 3, "observation")
    check(matrix(ending, held(4, person="dr")), 3, "observation")
    check(matrix(ending), 3, "observation", until=TODAY + timedelta(days=1))


def test_a_level_can_always_be_taken_away() -> None:
    check(matrix(held(4)), 3, "observation")
    check(matrix(held(4)), 0, "observation")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"assessor": "nurse"}, "nobody gives themselves"),
        ({"on": TODAY + timedelta(days=1)}, "lies ahead"),
        ({"until": TODAY - timedelta(days=1)}, "holds until 20 April 2028 at most"),
        ({"until": date(2028, 4, 21)}, "holds until 20 April 2028 at most"),
    ],
)
def test_what_cannot_be_given_is_refused(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(AssessmentError, match=says):
        check(matrix(), 3, "documents", **wrong)


@pytest.mark.parametrize(("level", "evidence"), [(5, "documents"), (-1, "audit"), (2, "rumour")])
def test_there_is_no_such_level_or_evidence(level: int, evidence: str) -> None:
    with pytest.raises(AssessmentError, match="there is no such"):
        check(matrix(), level, evidence)


@given(days=st.integers(-400, 400), level=st.integers(0, 4))
def test_what_ends_soon_is_told_in_time(days: int, level: int) -> None:
    known = matrix(held(level, TODAY + timedelta(days=days)))
    told = bool(known.expiring(["nurse"], TODAY))
    assert told == (level >= independent_level() and timedelta(days=days) <= tell_before())
    assert known.expiring(["dr"], TODAY) == ()


def test_a_stop_an_emergency_and_a_reading_are_never_held_up() -> None:
    never = {one.id for one in skill_steps().values() if not one.asked}
    assert never == {"stop", "emergency", "reading", "study"}
    assert all(one.why for one in skill_steps().values())
    assert skill_step("stop").skills == ()


def test_every_step_asks_for_known_skills_and_every_skill_is_used_by_one() -> None:
    used = {one for step in skill_steps().values() for one in step.skills}
    assert used == set(skills())
    with pytest.raises(UnknownIdError):
        skill_step("tea")


def test_a_program_asks_the_skills_that_it_uses() -> None:
    assert skills_of_program(InfusionProgram(Mode.CONTINUOUS)) == ("program-simple",)
    assert skills_of_program(InfusionProgram(Mode.FLEX)) == ("program-flex",)
    both = InfusionProgram(
        Mode.CONTINUOUS,
        patient_bolus=PatientBolus.__new__(PatientBolus),
        bridge=BridgeOrder.__new__(BridgeOrder),
    )
    assert skills_of_program(both) == ("program-simple", "bridge", "patient-bolus")


@pytest.mark.parametrize("mode", [Mode.STOPPED, Mode.MINIMUM_RATE])
def test_a_program_without_therapy_asks_no_skill(mode: Mode) -> None:
    assert skills_of_program(InfusionProgram(mode)) == ()


@given(st.lists(st.sampled_from(["observed", "supervised", "solo"])), st.lists(st.booleans()))
def test_every_deed_counts_once(hows: list[str], typed: list[bool]) -> None:
    deeds = [
        Deed("nurse", "refill", TODAY + timedelta(days=n), how, typed=n < len(typed) and typed[n])
        for n, how in enumerate(hows)
    ]
    got = count_deeds(deeds).get(("nurse", "refill"), Counts())
    assert got.observed + got.supervised + got.solo == len(hows)
    assert got.supervised == hows.count("supervised")
    assert got.typed == sum(one.typed for one in deeds)
    assert got.last == (deeds[-1].on if deeds else None)


def test_mandatory_items_are_asked_of_who_refills_or_programs() -> None:
    assert matrix().open_items("nurse", unread=3) == ()
    assert matrix(held(1, skill="trial")).open_items("nurse", unread=3) == ()
    every = ("vendor-training", "emergency-drugs", "software-updates")
    assert matrix(held(1)).open_items("nurse", unread=0) == every


def test_an_item_is_open_again_when_the_place_or_the_software_changes() -> None:
    names = ("vendor-training", "emergency-drugs", "software-updates")
    done = tuple(ItemDone("nurse", one, TODAY, "nurse", "", 10) for one in names)
    levels = {("nurse", "refill"): held(1)}
    settled = Matrix(kept_since=TODAY, levels=levels, done=done, place="box", place_entry=9)
    assert settled.open_items("nurse", unread=0) == ()
    assert settled.open_items("nurse", unread=1) == ("software-updates",)
    moved = Matrix(kept_since=TODAY, levels=levels, done=done, place="shelf", place_entry=11)
    assert moved.open_items("nurse", unread=0) == ("emergency-drugs",)


def test_a_practice_asks_the_skills_of_its_own() -> None:
    asked = {one.id for one in skills().values() if Practice.MANAGING.asks(one.practices)}
    assert "implant-assist" not in asked
    assert "refill" in asked
    assert all(Practice.BOTH.asks(one.practices) for one in skills().values())
    assert highest_level() == 4
