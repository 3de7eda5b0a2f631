"""K1, R03, K7, U09, K13: the volume, the ticked lines, the read-back, what is left running."""

from __future__ import annotations

import pytest
from visit_cases import ROUTINE, changed, dose, found, lines, ml, worst

from thecal.care.visit.programming import ChangedLine, changed_lines
from thecal.device import pump_model
from thecal.program.program import Mode


@pytest.mark.req("K1")
@pytest.mark.parametrize(
    ("second", "typed", "severity"),
    [
        ("20", "20", "silent"),
        ("20.00", "20", "silent"),
        ("20.001", "20", "hard"),
        ("20.5", "20", "hard"),
        ("2", "20", "hard"),
        ("20", "20.5", "warn"),
        ("20", "20.501", "hard"),
    ],
)
def test_both_blind_entries_are_the_same_and_the_typed_volume_agrees_within_half_a_millilitre(
    second: str, typed: str, severity: str
) -> None:
    visit = changed("program", second=ml(second), programmed_volume=ml(typed))
    assert worst(visit, "K1") == severity


@pytest.mark.req("K1")
@pytest.mark.inventory("W2")
def test_scenario_2_20_injected_40_typed() -> None:
    visit = changed("program", programmed_volume=ml("40"))
    assert worst(visit, "K1") == "hard"
    assert worst(visit, "R03") == "silent"
    assert worst(visit, "R03", model=pump_model("synchromed-ii-20")) == "hard"


@pytest.mark.req("K1")
@pytest.mark.parametrize(
    ("typed", "left", "severity"),
    [
        ("20", None, "silent"),
        ("18", None, "hard"),
        ("18", "2", "silent"),
        ("20", "2", "hard"),
        ("20", "0", "silent"),
        ("20", "21", "hard"),
    ],
)
def test_the_volume_entered_is_what_the_syringes_held_less_what_was_left_in_them(
    typed: str, left: str | None, severity: str
) -> None:
    visit = changed("fill", not_injected=None if left is None else ml(left))
    both = {name: ml(typed) for name in ("first", "second", "programmed_volume")}
    assert worst(changed("program", visit, **both), "K1") == severity


@pytest.mark.req("K7")
def test_each_changed_line_has_to_be_ticked() -> None:
    assert worst(ROUTINE, "K7") == "silent"
    visit = changed("program", new=lines(dose="40 mg/day", volume="20 mL"))
    (told,) = found(visit, "K7")
    assert "dose changes from 4 mg/day to 40 mg/day and is not ticked" in told.message
    assert str(told.severity) == "hard"
    assert worst(changed("program", visit, ticked=("dose", "volume")), "K7") == "silent"


@pytest.mark.req("K7")
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"daily_doses": (dose("morphine", "40 mg/d"),)}, "typed is 40"),
        ({"daily_doses": ()}, "typed is nothing"),
        ({"mode": Mode.FLEX}, "the mode typed is flex, decided was continuous"),
        ({"programmed_volume": None}, "the volume typed into the pump is not recorded"),
        ({"mixture": None}, "the solution typed into the pump is not recorded"),
    ],
)
def test_what_was_typed_has_to_be_what_was_decided(changes: dict[str, object], says: str) -> None:
    (told,) = found(changed("program", **changes), "K7")
    assert says in told.message
    assert str(told.severity) == "hard"


@pytest.mark.req("U09")
def test_the_read_back_is_held_against_what_was_entered_and_nothing_else() -> None:
    other = lines(dose="5 mg/day", volume="20 mL")
    assert worst(changed("read_back", intended=other, read=other), "U09") == "hard"
    assert worst(changed("read_back", mode=Mode.FLEX), "U09") == "hard"


@pytest.mark.req("K7")
def test_a_line_that_only_one_program_has_is_a_changed_line_too() -> None:
    old, new = {"a": "1", "b": "2"}, {"b": "2", "c": "3"}
    assert changed_lines(old, new) == (ChangedLine("c", None, "3"), ChangedLine("a", "1", None))
    assert changed_lines(old, old) == ()


@pytest.mark.req("K7")
def test_a_lower_dose_is_warned_about_and_not_held_up() -> None:
    less = (dose("morphine", "3 mg/d"),)
    visit = changed("decide", daily_doses=less, reason="drowsy")
    assert worst(changed("program", visit, ticked=(), daily_doses=less), "K7") == "warn"
    assert worst(changed("program", visit, daily_doses=(dose("morphine", "40 mg/d"),)), "K7") == (
        "hard"
    )


@pytest.mark.req("U09")
@pytest.mark.parametrize(
    "read",
    [
        lines(dose="4 mg/day", volume="19 mL"),
        lines(dose="4 mg/day"),
        lines(dose="4 mg/day", volume="20 mL", bolus="0.1 mg"),
    ],
)
def test_a_read_back_that_differs_in_any_line_refuses(read: tuple[object, ...]) -> None:
    assert worst(ROUTINE, "U09") == "silent"
    assert worst(changed("read_back", read=read), "U09") == "hard"


@pytest.mark.req("K13")
@pytest.mark.parametrize("mode", [Mode.STOPPED, Mode.MINIMUM_RATE])
def test_a_pump_left_standing_warns_and_leaves_a_task_and_never_refuses(mode: Mode) -> None:
    visit = changed("read_back", mode=mode)
    assert worst(ROUTINE, "K13") == "silent"
    (told,) = found(visit, "K13")
    assert str(told.severity) == "warn"
    assert "give the reason" in told.message
    assert told.follow_up
    (said,) = found(changed("read_back", visit, reason="surgery tomorrow"), "K13")
    assert "surgery tomorrow" in said.message
