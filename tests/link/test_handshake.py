"""Opening a session: who does not hold both keys and the pairing's secret stays outside."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import replace

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from link_bench import LinkBench, frames_of

from thecal.link.errors import HandshakeError, LinkError
from thecal.link.frames import framed
from thecal.link.handshake import (
    ANSWER_BYTES,
    CHALLENGE_BYTES,
    HELLO_BYTES,
    ProgrammerHandshake,
    PumpHandshake,
    SessionKeys,
)
from thecal.link.keys import Role, public_text, revoke
from thecal.link.messages import Interrogate, write_message
from thecal.link.pump_session import Phase


def shake(bench: LinkBench) -> tuple[SessionKeys, SessionKeys, list[bytes]]:
    """Return both sides' keys and the steps."""
    pump = PumpHandshake(bench.identity)
    programmer = ProgrammerHandshake(bench.own, bench.paired)
    hello = programmer.hello(pump.challenge)
    pump.check_hello(hello, bench.find)
    answer = pump.answer()
    confirmation, own = programmer.confirm(answer)
    return pump.confirm(confirmation), own, [pump.challenge, hello, answer, confirmation]


def test_both_sides_agree_on_keys_that_differ_by_direction(bench: LinkBench) -> None:
    pump, programmer, _ = shake(bench)
    for name in ("to_pump", "to_programmer", "session"):
        assert getattr(pump, name) == getattr(programmer, name)
    assert len({pump.to_pump, pump.to_programmer, pump.session}) == 3


def test_every_session_has_fresh_keys_and_shares_no_step_with_another(bench: LinkBench) -> None:
    first, _, steps = shake(bench)
    second, _, others = shake(bench)
    assert not {first.to_pump, first.to_programmer} & {second.to_pump, second.to_programmer}
    assert not set(steps) & set(others)


def test_stolen_identities_and_pairing_do_not_open_a_session_that_was_recorded(
    bench: LinkBench,
) -> None:
    """Forward secrecy: with every long-lived secret and the whole transcript, no key is found."""
    wire = bench.wire()
    programmer = bench.programmer(wire)
    programmer.open()
    recorded = frames_of(wire.of("to programmer"))
    answer = recorded[1][4:]
    thief = ProgrammerHandshake(bench.own, bench.paired)
    thief.hello(recorded[0][4:])
    with pytest.raises(HandshakeError, match="not who it should be"):
        thief.confirm(answer)
    secret = bytes.fromhex(bench.paired.secret)
    sealed = recorded[2][4:]
    for key in (secret, bytes.fromhex(bench.paired.public_key)):
        with pytest.raises(InvalidTag):
            ChaCha20Poly1305(key).decrypt(bytes(4) + sealed[:8], sealed[8:], None)


@pytest.mark.req("R8.1.0(1)")
@pytest.mark.parametrize("stolen", ["nothing", "pairing", "identity"])
def test_a_programmer_with_half_of_the_keys_stays_outside(bench: LinkBench, stolen: str) -> None:
    stranger = Ed25519PrivateKey.generate()
    wrong = replace(bench.paired, secret=secrets.token_hex(32))
    own = bench.own if stolen == "identity" else stranger
    pairing = bench.paired if stolen == "pairing" else wrong
    wire = bench.wire()
    with pytest.raises(LinkError):
        bench.programmer(wire, pairing, own).open()
    assert wire.session.closed
    assert "session-open" not in bench.logged()


def test_the_pairings_secret_alone_does_not_prove_who_somebody_is(bench: LinkBench) -> None:
    """The keyed hash is made as the real programmer would; only the signature is a stranger's."""
    pump = PumpHandshake(bench.identity)
    thief = ProgrammerHandshake(Ed25519PrivateKey.generate(), bench.paired)
    thief._public = public_text(bench.own)
    pump.check_hello(thief.hello(pump.challenge), bench.find)
    confirmation, _ = thief.confirm(pump.answer())
    with pytest.raises(HandshakeError, match="not who it should be"):
        pump.confirm(confirmation)


def test_an_unknown_pairing_id_and_a_wrong_secret_look_the_same(bench: LinkBench) -> None:
    said = []
    for pairing in (
        replace(bench.paired, id=secrets.token_hex(16)),
        replace(bench.paired, secret=secrets.token_hex(32)),
    ):
        wire = bench.wire()
        with pytest.raises(LinkError) as caught:
            bench.programmer(wire, pairing).open()
        said.append((str(caught.value), len(wire.of("to programmer"))))
    assert said[0] == said[1]


def test_a_programmer_notices_another_pump(bench: LinkBench) -> None:
    pump = PumpHandshake(Ed25519PrivateKey.generate())
    programmer = ProgrammerHandshake(bench.own, bench.paired)
    with pytest.raises(HandshakeError):
        pump.check_hello(programmer.hello(pump.challenge), bench.find)
    # Even a false pump that holds the pairing's secret cannot sign as the real one.
    false = PumpHandshake(bench.identity)
    false.check_hello(programmer.hello(false.challenge), bench.find)
    false._identity = Ed25519PrivateKey.generate()
    with pytest.raises(HandshakeError, match="not who it should be"):
        programmer.confirm(false.answer())


@pytest.mark.req("R8.1.0(1)")
def test_a_revoked_programmer_stays_outside_and_the_others_do_not(bench: LinkBench) -> None:
    patient = bench.pair(Role.PATIENT, "the patient")
    assert revoke(bench.pump_folder, "Dr A") == 1
    with pytest.raises(LinkError, match="revoked"):
        bench.programmer().open()
    assert bench.programmer(pump=patient).open().serial == bench.paired.serial


@pytest.mark.parametrize("step", range(4))
def test_a_bit_flipped_anywhere_in_the_handshake_ends_it(bench: LinkBench, step: int) -> None:
    _, _, steps = shake(bench)
    for place, bit in itertools.product(range(len(steps[step])), (0, 7)):
        bench.attempts.succeeded()
        count = itertools.count()

        def flip(
            _: str, data: bytes, at: int = place, bit: int = bit, count: object = count
        ) -> bytes:
            if next(count) != step:
                return data
            bad = bytearray(data)
            bad[4 + at] ^= 1 << bit
            return bytes(bad)

        wire = bench.wire(flip)
        with pytest.raises(LinkError):
            bench.programmer(wire).open()
        wire.close()
    assert "session-open" not in bench.logged()


@pytest.mark.req("GIP-4.6", "GIP-5.3")
@pytest.mark.parametrize("version", [0, 2, 255])
def test_no_other_version_is_spoken_by_either_side(bench: LinkBench, version: int) -> None:
    pump = PumpHandshake(bench.identity)
    programmer = ProgrammerHandshake(bench.own, bench.paired)
    with pytest.raises(HandshakeError, match="another version"):
        programmer.hello(bytes([version]) + pump.challenge[1:])
    hello = programmer.hello(pump.challenge)
    with pytest.raises(HandshakeError, match="another version"):
        pump.check_hello(bytes([version]) + hello[1:], bench.find)


def test_a_recorded_hello_opens_nothing_and_costs_no_public_key_work(bench: LinkBench) -> None:
    wire = bench.wire()
    bench.programmer(wire).open()
    hello, confirmation = frames_of(wire.of("to pump"))[:2]
    wire.close()
    before = bench.device.image.spent
    again = bench.wire()
    assert again.inject(hello + confirmation) == b""
    assert again.session.closed
    assert bench.device.image.spent - before == bench.limits.cost_hello


def test_a_recorded_confirmation_does_not_fit_another_session(bench: LinkBench) -> None:
    wire = bench.wire()
    bench.programmer(wire).open()
    confirmation = frames_of(wire.of("to pump"))[1]
    wire.close()
    pump = bench.session()
    programmer = ProgrammerHandshake(bench.own, bench.paired)
    hello = programmer.hello(pump.challenge()[4:])
    assert pump.receive(framed(hello), bench.clock())
    assert pump.receive(confirmation, bench.clock()) == b""
    assert pump.closed


def test_what_the_pump_says_cannot_be_sent_back_to_it(bench: LinkBench) -> None:
    """Reflection: neither its challenge nor its answer passes as a step of a programmer."""
    session = bench.session()
    assert session.receive(session.challenge(), bench.clock()) == b""
    assert session.closed
    session = bench.session()
    programmer = ProgrammerHandshake(bench.own, bench.paired)
    hello = programmer.hello(session.challenge()[4:])
    answer = frames_of(session.receive(framed(hello), bench.clock()))[0][4:]
    # The same length as a confirmation: the sealed signature of the pump itself.
    assert session.receive(framed(answer[32:]), bench.clock()) == b""
    assert session.closed


def test_a_key_of_low_order_is_refused(bench: LinkBench) -> None:
    pump = PumpHandshake(bench.identity)
    programmer = ProgrammerHandshake(bench.own, bench.paired)
    programmer.hello(pump.challenge)
    with pytest.raises(HandshakeError, match="no key"):
        programmer.confirm(bytes(ANSWER_BYTES))


def test_steps_are_not_taken_out_of_order(bench: LinkBench) -> None:
    pump = PumpHandshake(bench.identity)
    with pytest.raises(HandshakeError):
        pump.answer()
    with pytest.raises(HandshakeError):
        pump.confirm(bytes(80))
    session = bench.session()
    assert session.receive(framed(bytes(80)), bench.clock()) == b""
    assert session.phase is Phase.CLOSED


def test_a_step_of_another_length_is_refused(bench: LinkBench) -> None:
    for length in (1, CHALLENGE_BYTES, HELLO_BYTES - 1, HELLO_BYTES + 1, 2**31):
        session = bench.session()
        data = length.to_bytes(4, "big") + bytes(min(length, 400))
        assert session.receive(data, bench.clock()) == b""
        assert session.closed


def test_a_session_taken_over_in_the_middle_ends(bench: LinkBench) -> None:
    """Who sits on the connection but has no keys can end the session, and do nothing else."""
    wire = bench.wire()
    programmer = bench.programmer(wire)
    programmer.open()
    plain = framed(write_message(Interrogate()))
    assert wire.inject(plain) == b""
    assert wire.session.closed
    with pytest.raises(LinkError):
        programmer.interrogate()
