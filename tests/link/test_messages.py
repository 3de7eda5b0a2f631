"""Messages and stored values: exact there and back, and nothing else is understood."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from fractions import Fraction
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from link_bench import MORPHINE, NEW, OLD, continuous, running_pump

from thecal.link.codec import canonical, decode, encode, parse
from thecal.link.errors import MessageError
from thecal.link.journal import Entry
from thecal.link.memory import Image
from thecal.link.messages import (
    ANSWERS,
    REQUESTS,
    BeginUpdate,
    Close,
    Commit,
    GiveBolus,
    Interrogate,
    ReadLog,
    Request,
    SendProgram,
    StopPump,
    new_command,
    read_answer,
    read_request,
    write_message,
)
from thecal.link.visit_orders import program_hash
from thecal.pharmacy import Mixture
from thecal.program.program import STOPPED, BridgeOrder, InfusionProgram, Mode, Step
from thecal.program.setup import PumpSetup
from thecal.pump.state import PumpState
from thecal.units import Duration, Mass, MassRate, Quantity

ID = "0" * 32

amounts = st.fractions(min_value=Fraction(1, 10**9), max_value=10**9, max_denominator=10**9)
steps = st.builds(
    Step,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.builds(lambda n: Duration(Fraction(n)), st.integers(0, 86399)),
    st.builds(Duration, st.fractions(1, 3600)),
    st.builds(Mass, amounts),
)
programs = st.one_of(
    st.just(STOPPED),
    st.just(InfusionProgram(Mode.MINIMUM_RATE, "morphine")),
    st.builds(
        lambda dose, listed, bridge: InfusionProgram(
            Mode.FLEX if listed else Mode.CONTINUOUS,
            "morphine",
            MassRate(dose),
            tuple(listed),
            OLD.patient_bolus,
            None if bridge is None else BridgeOrder(MassRate(bridge)),
        ),
        amounts,
        st.lists(steps, max_size=4),
        st.none() | amounts,
    ),
)


@pytest.mark.req("GIP-1.1.1")
@given(programs)
def test_a_program_arrives_exactly_as_it_was_sent(program: InfusionProgram) -> None:
    sent = SendProgram(command=ID, program=program, mixture=MORPHINE)
    assert read_request(write_message(sent)) == sent


@given(programs, programs)
def test_two_programs_have_the_same_hash_only_if_they_are_the_same(
    one: InfusionProgram, other: InfusionProgram
) -> None:
    same = program_hash(one, MORPHINE) == program_hash(other, MORPHINE)
    assert same == (one == other)


@pytest.mark.req("R8.1.0(3)")
def test_the_hash_binds_the_concentrations_too() -> None:
    weaker = replace(
        MORPHINE, parts=tuple((drug, c.scaled(Fraction(1, 2))) for drug, c in MORPHINE.parts)
    )
    assert program_hash(NEW, MORPHINE) != program_hash(NEW, weaker)


def test_the_whole_memory_of_a_pump_is_the_same_value_after_storing() -> None:
    image = running_pump()
    again = decode(parse(canonical(encode(image))), Image, digits=None)
    assert again == image
    assert canonical(encode(again)) == canonical(encode(image))


def known_types(hint: Any, seen: set[Any]) -> None:
    """Walk through a type and all that it is made of; fail where the codec knows one not."""
    inner = get_args(hint)
    if get_origin(hint) is Literal:
        assert all(isinstance(one, str) for one in inner)
    elif inner:
        for one in inner:
            known_types(one, seen)
    elif hint in seen or hint in (Ellipsis, NoneType, bool, int, str, Fraction, Mixture):
        return
    elif not issubclass(hint, Quantity | StrEnum):
        assert is_dataclass(hint), f"{hint} can neither be stored nor sent"
        seen.add(hint)
        hints = get_type_hints(hint)
        for entry in fields(hint):
            known_types(hints[entry.name], seen)


def test_every_type_that_a_pump_remembers_or_a_message_holds_is_known_to_the_codec() -> None:
    """Who adds a field to the pump's state finds here what the memory cannot hold."""
    seen: set[Any] = set()
    for kind in (Image, *REQUESTS.values(), *ANSWERS.values()):
        known_types(kind, seen)
    assert {PumpState, PumpSetup, Entry} <= seen


def test_command_ids_are_random_and_long() -> None:
    assert len({new_command() for _ in range(1000)}) == 1000
    assert len(new_command()) == 32


def message(kind: str, body: object, version: object = 1) -> bytes:
    return json.dumps({"version": version, "type": kind, "body": body}).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"version":1,"version":1,"type":"interrogate","body":{}}',
        message("interrogate", {}, version=2),
        message("interrogate", {}, version=True),
        message("interrogate", {}, version=1.0),
        message("interrogate", {"more": 1}),
        message("interrogate", []),
        message("firmware", {}),
        message("standing", {}),
        message(["stop"], {}),
        message("stop", {"command": ID}),
        message("stop", {"command": "1", "reason": ""}),
        message("stop", {"command": ID.upper().replace("0", "G"), "reason": ""}),
        message("stop", {"command": ID, "reason": "a\nb"}),
        message("stop", {"command": ID, "reason": "x" * 401}),
        message("read-log", {"since": -1}),
        message("read-log", {"since": True}),
        message("read-log", {"since": 1.5}),
        message("bolus", {"command": ID, "running_hash": "", "dose": "0", "duration": "300"}),
        message("bolus", {"command": ID, "running_hash": "", "dose": "-1", "duration": "300"}),
        message("bolus", {"command": ID, "running_hash": "", "dose": "1/0", "duration": "3"}),
        message("bolus", {"command": ID, "running_hash": "", "dose": "2/4", "duration": "3"}),
        message("bolus", {"command": ID, "running_hash": "", "dose": "1e9", "duration": "3"}),
        message("bolus", {"command": ID, "running_hash": "", "dose": "9" * 61, "duration": "3"}),
        message("bolus", {"command": ID, "running_hash": "", "dose": 1, "duration": "300"}),
        b'{"version":1,"type":"bolus","body":{"command":"' + ID.encode() + b'","dose":NaN}}',
    ],
)
def test_what_is_no_request_of_this_version_is_refused(data: bytes) -> None:
    with pytest.raises(MessageError):
        read_request(data)


def send(program: InfusionProgram) -> bytes:
    return write_message(SendProgram(command=ID, program=program, mixture=MORPHINE))


NEW_STEP = NEW.steps[0]


@pytest.mark.parametrize(
    "program",
    [
        continuous("0"),
        replace(OLD, daily_dose=None),
        replace(OLD, primary=None),
        replace(OLD, daily_dose=MassRate(Fraction(-1))),
        replace(OLD, steps=NEW.steps),
        replace(NEW, steps=()),
        replace(NEW, steps=(replace(NEW_STEP, days=frozenset()),)),
        replace(NEW, steps=(replace(NEW_STEP, days=frozenset((7,))),)),
        replace(NEW, steps=(replace(NEW_STEP, start=Duration.of(24, "h")),)),
        replace(NEW, steps=(replace(NEW_STEP, duration=Duration.zero()),)),
        replace(NEW, steps=(replace(NEW_STEP, duration=Duration.of(8, "d")),)),
        replace(NEW, steps=(replace(NEW_STEP, dose=Mass.zero()),)),
        replace(OLD, patient_bolus=replace(OLD.patient_bolus, lockout=Duration.zero())),
        replace(OLD, patient_bolus=replace(OLD.patient_bolus, dose=Mass(Fraction(-1)))),
        replace(OLD, patient_bolus=replace(OLD.patient_bolus, max_per_day=0)),
        replace(OLD, patient_bolus=replace(OLD.patient_bolus, max_dose_per_day=Mass.zero())),
        replace(OLD, bridge=BridgeOrder(MassRate.zero())),
        replace(OLD, mode=Mode.STOPPED),
        replace(OLD, mode=Mode.MINIMUM_RATE),
    ],
)
def test_a_program_without_the_form_of_one_is_refused_before_anything_is_done(
    program: InfusionProgram,
) -> None:
    with pytest.raises(MessageError):
        read_request(send(program))


def test_overlapping_keys_of_a_set_and_a_bad_mixture_are_refused() -> None:
    body = encode(SendProgram(command=ID, program=NEW, mixture=MORPHINE))
    body["program"]["steps"][0]["days"] = [1, 0]
    with pytest.raises(MessageError, match="sorted"):
        read_request(message("send-program", body))
    body = encode(SendProgram(command=ID, program=OLD, mixture=MORPHINE))
    for level in ("0", "-1", 1, None):
        body["mixture"] = {"morphine": level}
        with pytest.raises(MessageError):
            read_request(message("send-program", body))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just("1/3"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@given(st.binary(max_size=200))
def test_garbage_is_refused_and_never_crashes(data: bytes) -> None:
    for read in (read_request, read_answer):
        with pytest.raises(MessageError):
            read(data)


@given(st.sampled_from(sorted(REQUESTS)), values)
def test_a_known_message_with_a_strange_body_is_refused_or_is_that_message(
    kind: str, body: object
) -> None:
    try:
        request = read_request(message(kind, body))
    except MessageError:
        return
    assert type(request) is REQUESTS[kind]


@pytest.mark.parametrize(
    "request_",
    [
        Interrogate(),
        ReadLog(since=3),
        BeginUpdate(command=ID, order_hash="a", running_hash="b"),
        Commit(command=ID, order_hash="a"),
        StopPump(command=ID, reason="drowsy"),
        GiveBolus(
            command=ID, running_hash="a", dose=Mass.of(1, "mg"), duration=Duration.of(5, "min")
        ),
        Close(standing=""),
    ],
)
def test_every_field_of_a_message_is_needed(request_: Request) -> None:
    whole = json.loads(write_message(request_))
    for name in whole["body"]:
        body = {key: one for key, one in whole["body"].items() if key != name}
        with pytest.raises(MessageError):
            read_request(message(whole["type"], body))
