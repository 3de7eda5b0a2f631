"""Keys and pairings: made where both folders are, secret to their owner, forgotten on demand."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from link_bench import SERIAL, LinkBench

from thecal.link import storage
from thecal.link.errors import KeyFileError
from thecal.link.keys import (
    Role,
    create_identity,
    end_touch,
    fingerprint,
    load_card,
    load_identity,
    load_programmers,
    load_pump,
    load_touch,
    pair,
    public_text,
    revoke,
    touch,
)


@pytest.mark.req("R8.3.0(2)")
def test_every_secret_file_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        create_identity(tmp_path / "programmer")
        pair(
            tmp_path / "pump",
            tmp_path / "programmer",
            serial=SERIAL,
            role=Role.CLINICIAN,
            label="x",
        )
        touch(tmp_path / "pump", tmp_path / "card", serial=SERIAL, label="x", until=1)
    finally:
        os.umask(before)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 6
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_a_key_is_never_overwritten_and_no_two_are_the_same(tmp_path: Path) -> None:
    first = create_identity(tmp_path / "a")
    assert public_text(create_identity(tmp_path / "b")) != public_text(first)
    with pytest.raises(KeyFileError, match="a key already"):
        create_identity(tmp_path / "a")
    assert public_text(load_identity(tmp_path / "a")) == public_text(first)
    assert len(fingerprint(public_text(first))) == 39


@pytest.mark.req("R8.3.0(2)")
def test_a_secret_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    create_identity(tmp_path)
    (tmp_path / "identity.key").chmod(0o640)
    with pytest.raises(KeyFileError, match="set its mode to 600"):
        load_identity(tmp_path)


@pytest.mark.parametrize("content", [b"", b"garbage", b"-----BEGIN PRIVATE KEY-----\n"])
def test_what_is_no_key_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    storage.replace_file(tmp_path / "identity.key", content)
    with pytest.raises(KeyFileError, match="no key"):
        load_identity(tmp_path)


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    pem = X25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    storage.replace_file(tmp_path / "identity.key", pem)
    with pytest.raises(KeyFileError, match="no Ed25519 key"):
        load_identity(tmp_path)


def test_there_is_no_default_key(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="no such key"):
        load_identity(tmp_path)
    with pytest.raises(KeyFileError, match="no pairing"):
        load_pump(tmp_path, None, None)
    assert load_programmers(tmp_path) == ()


def test_pairing_again_turns_the_keys_over(bench: LinkBench) -> None:
    again = bench.pair()
    assert (again.id, again.secret) != (bench.paired.id, bench.paired.secret)
    (known,) = load_programmers(bench.pump_folder)
    assert (known.id, known.secret) == (again.id, again.secret)
    with pytest.raises(Exception, match="does not know this programmer"):
        bench.programmer(pump=bench.paired).open()
    assert bench.programmer(pump=again).open()


@pytest.mark.req("R8.3.0(4)")
def test_a_pairing_cut_at_any_write_leaves_the_pump_with_a_whole_list(
    bench: LinkBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bench.pump_folder / "pairings.json"
    old = path.read_bytes()
    real = storage.write_all
    room = 0

    def cut(descriptor: int, data: bytes) -> None:
        nonlocal room
        real(descriptor, data[:room])
        room -= len(data[:room])
        if room <= 0:
            raise OSError("power was lost")

    for length in range(0, 1200, 7):
        room = length
        monkeypatch.setattr(storage, "write_all", cut)
        try:
            bench.pair(Role.PATIENT, "p")
        except KeyFileError:
            assert path.read_bytes() == old
        else:
            break
        finally:
            monkeypatch.setattr(storage, "write_all", real)
    else:
        pytest.fail("the pairing was never whole")
    assert len(load_programmers(bench.pump_folder)) == 2


def test_several_pairings_are_told_apart_by_role(bench: LinkBench) -> None:
    bench.pair(Role.PATIENT, "p")
    with pytest.raises(KeyFileError, match="several pairings"):
        load_pump(bench.programmer_folder, None, None)
    assert load_pump(bench.programmer_folder, SERIAL, Role.PATIENT).role is Role.PATIENT
    with pytest.raises(KeyFileError, match="no pairing"):
        load_pump(bench.programmer_folder, "another", None)


def test_a_secret_is_never_shown(bench: LinkBench) -> None:
    (known,) = load_programmers(bench.pump_folder)
    assert known.secret not in repr(known)
    assert bench.paired.secret not in repr(bench.paired)


def test_revoking_an_unknown_label_changes_nothing(bench: LinkBench) -> None:
    before = (bench.pump_folder / "pairings.json").read_bytes()
    assert revoke(bench.pump_folder, "nobody") == 0
    assert (bench.pump_folder / "pairings.json").read_bytes() == before


def test_a_touch_ends_by_itself_and_by_its_use(bench: LinkBench, tmp_path: Path) -> None:
    touch(bench.pump_folder, tmp_path / "card", serial=SERIAL, label="ER", until=100)
    assert load_touch(bench.pump_folder, 99.9) is not None
    assert load_touch(bench.pump_folder, 100) is None
    end_touch(bench.pump_folder)
    assert load_touch(bench.pump_folder, 0) is None
    card, own = load_card(tmp_path / "card")
    assert card.role is Role.EMERGENCY
    assert len(public_text(own)) == 64


@pytest.mark.parametrize("broken", [b"{}", b"[]", b"garbage", b"HEX", b"SHORT"])
def test_a_damaged_pairing_is_refused_in_one_sentence(bench: LinkBench, broken: bytes) -> None:
    (path,) = (bench.programmer_folder / "pumps").glob("*.json")
    whole = path.read_bytes()
    secret = bench.paired.secret.encode()
    broken = {b"HEX": whole.replace(secret[:2], b"zz"), b"SHORT": whole.replace(secret, b"00")}.get(
        broken, broken
    )
    storage.replace_file(path, broken)
    with pytest.raises(KeyFileError, match="no key file"):
        load_pump(bench.programmer_folder, None, None)


def test_an_ordinary_pairing_is_no_card(bench: LinkBench) -> None:
    (path,) = (bench.programmer_folder / "pumps").glob("*.json")
    with pytest.raises(KeyFileError, match="no emergency card"):
        load_card(path)
