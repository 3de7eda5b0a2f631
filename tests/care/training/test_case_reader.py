"""A case is one text file; what is wrong in it is named with its place and what to do."""

from __future__ import annotations

import re
import tomllib

import pytest

from thecal.care.training.case_reader import read_case
from thecal.care.training.catalogue import shipped_cases, shipped_texts
from thecal.care.visit.steps import steps
from thecal.errors import BadFileError

C1 = shipped_texts()["C1.toml"]


def refused(text: str) -> BadFileError:
    with pytest.raises(BadFileError) as caught:
        read_case(text.encode(), "mine.toml")
    return caught.value


def test_every_shipped_case_is_read_and_has_a_critical_action_and_a_task() -> None:
    cases = shipped_cases()
    assert {"C1", "C2"} <= {one.id for one in cases}
    for case in cases:
        assert any(one.critical for one in case.actions), case.id
        assert case.mistakes, case.id
        assert case.task, case.id
        assert case.lessons, case.id


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('title = "Routine morphine refill"\n', "", "title"),
        ("critical = true", 'critical = "yes"', "actions identify: critical"),
        ('step = "identify"\ntext', 'step = "identfy"\ntext', "tells who: step"),
        ('drug = "morphine"\nleast', 'drug = "morphin"\nleast', "bands 1: drug"),
        ('before = ["fill"]', 'before = ["fil"]', "aspirate"),
        ('before = ["fill"]', 'after = ["fil"]', "aspirate"),
        ('{ least = "4.2 mL"', '{ last = "4.2 mL"', "record.volume"),
        ("horizon =", "horizont =", "horizon"),
        ('type = "prime"', 'type = "prim"', "event 1: type"),
        ('starts = "09:00"', 'starts = "9 o\'clock"', "starts"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(old: str, new: str, says: str) -> None:
    assert old in C1
    error = refused(C1.replace(old, new, 1))
    assert says in f"{error.place} {error}", error


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('{ least = "4.2 mL"', '{ least = "a lot"', "record.volume: least"),
        ('{ least = "4.2 mL"', "{ one_of = 3", "record.volume: one_of"),
        ('{ least = "4.2 mL"', '{ says = "4 mL"', "record.volume: says"),
        ('{ least = "4.2 mL"', '{ says = [" "]', "record.volume: says"),
        ('{ least = "4.2 mL"', '{ present = "yes"', "record.volume: present"),
        ('stage = "', 'stage = "some', "stage"),
        ("next_visit = ", "next_visit = 1000000", "next_visit"),
        ("day = -68", "day = -6800000", "events 4: day"),
    ],
)
def test_what_could_never_hold_or_would_break_the_score_is_named_with_a_remedy(
    old: str, new: str, says: str
) -> None:
    assert old in C1
    error = refused(C1.replace(old, new, 1))
    assert says in error.place
    assert error.remedy


@pytest.mark.parametrize("key", ["story", "actions", "tells", "lessons", "next_visit"])
def test_every_wrong_type_says_what_to_write(key: str) -> None:
    values = tomllib.loads(C1)
    assert key in values
    error = refused(f"{key} = {{}}\n" + _without(C1, key))
    assert key in error.place
    assert error.remedy


def _without(text: str, key: str) -> str:
    """Return a case file with a key of its root left out."""
    if f"[[{key}]]" in text:
        return re.sub(rf"(?ms)^\[\[{key}\]\].*?(?=^\[(?!\[{key}\]\])|\Z)", "", text)
    return re.sub(rf"(?ms)^{key} = (\[.*?^\]|[^\n]*)\n", "", text, count=1)


def test_an_event_after_the_begin_belongs_to_the_learner_or_is_hidden() -> None:
    assert "hidden" not in C1.split("[[tells]]")[0].split("# --")[0]
    assert "after the case begins" in str(refused(C1.replace("day = -68", "day = 1")))


def test_only_what_is_true_and_unrecorded_can_be_hidden() -> None:
    text = C1.replace(
        "# -- what the learner", '[[hidden]]\nday = 0\nat = "09:00"\ntype = "program"\n#'
    )
    assert "hidden 1: type" in str(refused(text).place)


def test_what_is_hidden_before_the_record_begins_would_be_lost_and_is_refused() -> None:
    hidden = '[[hidden]]\nday = -140\nat = "09:59"\ntype = "fault"\nkind = "wrong-volume"\n'
    text = C1.replace("# -- what the learner", hidden + 'volume = "20 mL"\n#', 1)
    assert "lies before the record" in str(refused(text))
    read_case(text.replace("09:59", "10:00").encode(), "mine.toml")


def test_a_time_of_day_has_two_digits_for_the_hour() -> None:
    assert "9:00" in str(refused(C1.replace('starts = "09:00"', 'starts = "9:00"')))


def test_an_action_named_after_a_step_looks_at_that_step() -> None:
    numbers = {one.key: one.number for one in steps()}
    for case in shipped_cases():
        for action in case.actions:
            named = re.match(r"Step (\d+):", action.what)
            if named is None:
                continue
            asked = [
                test.value
                for one in action.done
                for test in one.tests
                if test.path == "step" and one.kind.startswith("visit.")
            ]
            assert asked, action.id
            assert {numbers[one] for one in asked} == {int(named[1])}, action.id
