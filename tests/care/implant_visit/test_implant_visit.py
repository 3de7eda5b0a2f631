"""What stands against an implant: imaging, the pump before it goes in, its lengths, its line."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.forms import FormErrors, read_form
from thecal.care.implant_visit import (
    IMPLANT,
    REPLACEMENT,
    REVISION,
    ImplantVisit,
    catheter_record,
    part_of_f4,
    prime_advice,
    pump_record,
    revision_advice,
    suspect_pump,
    visit_findings,
)
from thecal.pharmacy import Mixture
from thecal.program.prime_bridge import PrimeKind
from thecal.safety.finding import Severity
from thecal.therapy.hardware import build_hardware
from thecal.units import Concentration, Length, Volume

MORPHINE = Mixture.of({"morphine": Concentration.of(10, "mg/mL")})
WEAKER = Mixture.of({"morphine": Concentration.of(1, "mg/mL")})
LEVELS = {"entry_level": "L3", "tip_level": "T10", "tip_side": "left", "csf_return": True}
PUMP = {"pump_model": "synchromed-ii-20", "serial": "N1"}


def visit(**steps: dict[str, object]) -> ImplantVisit:
    asked = {"before": {"imaging": "reviewed"}}
    return ImplantVisit(IMPLANT, steps, asked | {one: {} for one in steps})


def segment(catheter: str = "ascenda-8780", **lengths: object) -> dict[str, object]:
    return {"catheter": catheter, "supplied": "114 cm", **lengths}


def hard(found: ImplantVisit) -> list[str]:
    return [one.check for one in visit_findings(found) if one.severity is Severity.HARD]


@pytest.mark.inventory("S0.12")
def test_nothing_goes_on_before_the_imaging_is_reviewed_or_waived_with_a_reason() -> None:
    def against(**before: str) -> list[str]:
        return hard(ImplantVisit(IMPLANT, {}, {"before": before}))

    assert against(imaging="reviewed") == []
    assert against(imaging="waived", imaging_reason="a revision, seen last year") == []
    assert against(imaging="waived") == ["imaging"]
    assert against(imaging="") == ["imaging"]


@pytest.mark.inventory("S0.18")
@given(drained=st.integers(0, 400))
def test_a_pump_is_suspect_beyond_a_fifth_of_its_shipped_volume(drained: int) -> None:
    amount = Fraction(drained, 10)
    text = f"{drained // 10}.{drained % 10} mL"
    pump = {**PUMP, "shipped_expected": "20 mL", "shipped_drained": text}
    assert bool(suspect_pump(visit(pump=pump))) is not (16 <= amount <= 24)


@pytest.mark.parametrize(
    ("model", "label", "read", "refused"),
    [
        ("synchromed-el-18", "113.5", "113.5", False),
        ("synchromed-el-18", "113.5", "113.6", True),
        ("synchromed-el-18", "113.5", None, True),
        ("synchromed-el-18", None, None, True),
        ("synchromed-ii-20", None, None, False),
        ("synchromed-ii-20", "1.0", "1.1", True),
    ],
)
def test_the_constant_on_the_label_is_the_one_in_the_pump(model, label, read, refused) -> None:
    pump = {"pump_model": model, "serial": "N1"}
    pump |= {} if label is None else {"calibration_label": label}
    pump |= {} if read is None else {"calibration_read": read}
    assert bool(suspect_pump(visit(pump=pump))) is refused


@pytest.mark.req("K25")
@given(trimmed=st.integers(0, 113), measured=st.integers(1, 114))
def test_supplied_trimmed_and_implanted_add_up(trimmed: int, measured: int) -> None:
    row = segment(trimmed=f"{trimmed} cm", measured=f"{measured} cm")
    found = hard(visit(catheter={"segments": [row], **LEVELS}))
    assert (found == []) is (trimmed + measured == 114)


@pytest.mark.req("K25")
@pytest.mark.inventory("W11")
def test_the_volume_is_length_times_that_of_a_centimetre() -> None:
    row = segment("prometra-11823", supplied="110 cm", trimmed="30 cm")
    made = catheter_record(visit(pump=PUMP, catheter={"segments": [row], **LEVELS}))
    pump = visit(pump={"pump_model": "prometra-ii-20", "serial": "P1"})
    setup = build_hardware(pump_record(pump), made).setup
    assert setup.catheter_volume == Volume.of(Fraction("0.208"), "mL")


@pytest.mark.req("K25")
@given(first=st.integers(1, 100), second=st.integers(1, 100))
def test_two_segments_hold_what_both_hold(first: int, second: int) -> None:
    rows = [
        segment(measured=f"{first} cm", trimmed=f"{114 - first} cm"),
        {"catheter": "prometra-11823", "supplied": "110 cm", "measured": f"{second} cm"},
    ]
    made = catheter_record(visit(catheter={"segments": rows, **LEVELS}))
    assert made.implanted_length == Length.of(first + second, "cm")
    assert made.implanted_length is not None
    assert made.volume_per_length is not None
    held = made.implanted_length * made.volume_per_length
    wanted = Fraction("0.0022") * first + Fraction("0.0026") * second
    assert held == Volume.of(wanted, "mL")


@pytest.mark.req("K25")
@pytest.mark.inventory("W11")
def test_an_unknown_length_asks_and_leaves_no_prime() -> None:
    found = visit(pump=PUMP, catheter={"segments": [segment()], **LEVELS})
    asked = [one for one in visit_findings(found) if one.severity is Severity.SOFT]
    assert [one.check for one in asked] == ["K25"]
    assert "no prime and no bridge" in asked[0].message
    assert catheter_record(found).implanted_length is None
    advice = prime_advice(new_catheter=True, volume=None, holds=(), solution=MORPHINE)
    assert advice.kind is None


@pytest.mark.req("K25")
def test_one_unknown_segment_leaves_the_whole_catheter_unknown() -> None:
    rows = [segment(trimmed="38 cm"), {"catheter": "ascenda-8780", "supplied": "114 cm"}]
    assert catheter_record(visit(catheter={"segments": rows, **LEVELS})).implanted_length is None


@pytest.mark.inventory("S0.16")
@pytest.mark.parametrize("level", ["T13", "L6", "C0", "S9", "lumbar", ""])
def test_a_level_that_no_spine_has_is_refused(level: str) -> None:
    part = part_of_f4(("entry_level", "tip_level"))
    found = read_form(part, {"entry_level": "L3", "tip_level": level})
    assert isinstance(found, FormErrors)
    assert [one.place for one in found.errors] == ["tip_level"]


@pytest.mark.inventory("S0.18")
@pytest.mark.parametrize(
    ("new", "holds", "kind", "drawn"),
    [
        (True, (), PrimeKind.FULL, "0"),
        (True, (MORPHINE,), PrimeKind.FULL, "0"),
        (False, (MORPHINE,), PrimeKind.BACK_TABLE, "0"),
        (False, (WEAKER,), PrimeKind.FULL, "0.2"),
        (False, (MORPHINE, WEAKER), PrimeKind.FULL, "0.2"),
        (False, (), PrimeKind.FULL, "0"),
    ],
)
def test_the_prime_follows_from_what_the_catheter_holds(new, holds, kind, drawn) -> None:
    volume = Volume.of(Fraction("0.2"), "mL")
    advice = prime_advice(new_catheter=new, volume=volume, holds=holds, solution=MORPHINE)
    assert advice.kind is kind
    assert advice.draw_off == Volume.of(Fraction(drawn), "mL")


@pytest.mark.parametrize(
    ("known", "tubing", "kind", "said"),
    [
        (True, (MORPHINE,), PrimeKind.CATHETER, "the catheter alone"),
        (True, (), PrimeKind.FULL, "the whole line"),
        (True, (WEAKER,), PrimeKind.CATHETER, "write a bridge"),
        (True, (WEAKER, MORPHINE), PrimeKind.CATHETER, "write a bridge"),
        (False, (MORPHINE,), None, "not known"),
    ],
)
def test_a_revised_catheter_is_primed_by_what_the_tubing_holds(known, tubing, kind, said) -> None:
    volume = Volume.of(Fraction("0.2"), "mL") if known else None
    advice = revision_advice(volume=volume, tubing=tubing, solution=MORPHINE)
    assert advice.kind is kind
    assert said in advice.why.value
    assert not advice.draw_off


def test_a_kept_catheter_and_a_constant_flow_have_fewer_steps() -> None:
    def steps(purpose: str, catheter: str = "", model: str = "synchromed-ii-20") -> list[str]:
        asked = {"old": {"catheter": catheter}} if catheter else {}
        values = {"pump": {"pump_model": model, "serial": "N1"}}
        return [one.id for one in ImplantVisit(purpose, values, asked).steps]

    assert steps(IMPLANT) == ["before", "pump", "catheter", "operation", "fill", "program"]
    assert steps(REVISION) == ["before", "catheter", "operation", "line"]
    assert "catheter" not in steps(REPLACEMENT, "kept")
    assert "catheter" in steps(REPLACEMENT, "new")
    assert "program" not in steps(IMPLANT, model="isomed-20-10")
