"""One complication: what can be entered, and how it is judged anew."""

from __future__ import annotations

from datetime import date

import pytest

from thecal.care.complications.recorded import read_recorded, wrong

BORN, TODAY = date(1960, 1, 1), date(2026, 4, 20)
GIVEN = {
    "complication": "catheter-fracture",
    "began": "2026-03-01",
    "grade": "3",
    "cause": "device",
    "words": "loss of effect",
    "drug": "",
    "linked": "7",
    "outcome": "resolved-revised",
    "ended": "2026-03-09",
}


def refused(**changed: str) -> set[str]:
    return {name for name, _ in wrong({**GIVEN, **changed}, BORN, TODAY)}


def test_what_was_typed_survives_its_entry() -> None:
    one = read_recorded(12, GIVEN)
    assert read_recorded(12, one.to_json()) == one
    assert (one.linked, one.open, one.complication.name.en[:8]) == (7, False, "fracture")
    assert refused() == set()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"complication": "bad luck"}, "complication"),
        ({"grade": "6"}, "grade"),
        ({"cause": "x"}, "cause"),
        ({"drug": "water"}, "drug"),
        ({"outcome": "x"}, "outcome"),
        ({"began": "yesterday"}, "began"),
        ({"began": "2026-04-21", "ended": "", "outcome": ""}, "began"),
        ({"began": "1959-12-31"}, "began"),
        ({"ended": "2026-02-28"}, "ended"),
        ({"ended": "2026-04-21"}, "ended"),
        ({"ended": ""}, "ended"),
        ({"outcome": ""}, "outcome"),
        ({"grade": "5"}, "outcome"),
        ({"outcome": "death"}, "outcome"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(changed, field) -> None:
    assert field in refused(**changed)


def test_the_worst_grade_of_an_open_course_may_be_any() -> None:
    assert refused(grade="4", outcome="", ended="") == set()
    assert refused(grade="5", outcome="death") == set()


def test_a_later_judgement_opens_it_again_and_keeps_what_it_belongs_to() -> None:
    one = read_recorded(12, GIVEN)
    again = one.judged({"outcome": "", "ended": "", "grade": "4"})
    assert again.open
    assert (again.number, again.linked, again.grade) == (12, 7, "4")
    with pytest.raises(ValueError, match="in no list"):
        one.judged({"grade": "9"})
    with pytest.raises(KeyError):
        read_recorded(1, {"complication": "infection"})
