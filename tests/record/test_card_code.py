"""The signed code of a card: read back whole, and every change of it is found."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from thecal.cli.main import BAD_INPUT, DONE, REFUSED, main
from thecal.record.card import (
    CardFacts,
    Verdict,
    card_key,
    check_card,
    fingerprint,
    public_text,
    read_public,
    sign_card,
)
from thecal.record.errors import CardError

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([one]) * 32) for one in (1, 2))
TODAY = date(2026, 11, 21)
FACTS = CardFacts(
    number="T-1001",
    pump="SynchroMed II 40 mL",
    serial="NGV701001H",
    drugs=("morphine 10 mg/mL", "bupivacaine 20 mg/mL"),
    made=TODAY,
    until=TODAY + timedelta(days=30),
    telephone="+49 30 000001",
    clinic="Example Clinic",
)
CODE = sign_card(FACTS, KEY)


def verdict(code: str, key: Ed25519PrivateKey = KEY, today: date = TODAY) -> Verdict:
    return check_card(code, key.public_key(), today).verdict


def test_a_code_is_read_back_as_it_was_signed() -> None:
    found = check_card(CODE, KEY.public_key(), TODAY)
    assert found.verdict is Verdict.VALID
    assert found.facts == FACTS


def test_eyes_read_it_as_it_stands() -> None:
    assert "NGV701001H|morphine 10 mg/mL; bupivacaine 20 mg/mL|2026-11-21" in CODE


def test_it_is_believed_to_its_last_day_and_no_longer() -> None:
    assert verdict(CODE, today=FACTS.until) is Verdict.VALID
    assert verdict(CODE, today=FACTS.until + timedelta(days=1)) is Verdict.EXPIRED


def test_it_is_believed_as_a_page_shows_it() -> None:
    shown = CODE.replace("10 mg", "10\u00a0mg")
    assert shown != CODE
    assert verdict(f" {shown}\n") is Verdict.VALID


def test_another_clinics_key_is_told_from_a_changed_card() -> None:
    assert verdict(CODE, OTHER) is Verdict.OTHER_KEY
    assert verdict(CODE.replace("10 mg/mL", "20 mg/mL")) is Verdict.CHANGED


@given(st.integers(min_value=0, max_value=len(CODE) - 1), st.characters(min_codepoint=33))
def test_no_changed_character_is_believed(at: int, new: str) -> None:
    changed = CODE[:at] + new + CODE[at + 1 :]
    try:
        found = check_card(changed, KEY.public_key(), TODAY)
    except CardError:
        return
    assert found.verdict is not Verdict.VALID or changed == CODE


def test_a_signature_and_a_day_are_written_in_one_way_only() -> None:
    # The last character of a signature holds bits that no byte takes.
    last = CODE[:-1] + chr(ord(CODE[-1]) + 1)
    for changed in (last, CODE + "=", CODE.replace("2026-11-21", "20261121")):
        with pytest.raises(CardError, match="no code of a pump card"):
            check_card(changed, KEY.public_key(), TODAY)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_name_and_clinic_survive_the_way(name: str, clinic: str) -> None:
    facts = CardFacts("1", "p", "s", ("a; b | c",), TODAY, TODAY, "1", clinic, name)
    found = check_card(sign_card(facts, KEY), KEY.public_key(), TODAY)
    assert found.verdict is Verdict.VALID
    assert found.facts.drugs == ("a, b / c",)
    assert found.facts.name == " ".join(name.replace("|", "/").split())


@pytest.mark.parametrize("text", ["", "x", "THECAL-CARD-1|a", CODE[:-30].replace("|", " ")])
def test_what_is_no_code_says_so(text: str) -> None:
    with pytest.raises(CardError, match="no code of a pump card"):
        check_card(text, KEY.public_key(), TODAY)


def test_a_key_is_made_once_for_each_clinic(tmp_path) -> None:
    one = card_key(tmp_path, "a")
    assert card_key(tmp_path, "a").private_bytes_raw() == one.private_bytes_raw()
    assert card_key(tmp_path, "b").private_bytes_raw() != one.private_bytes_raw()
    assert {path.name for path in tmp_path.iterdir()} == {"card-a.key", "card-b.key"}


def test_a_key_that_cannot_be_read_is_not_replaced(tmp_path) -> None:
    (tmp_path / "card-a.key").write_text("torn")
    with pytest.raises(CardError, match="cannot be read"):
        card_key(tmp_path, "a")
    assert (tmp_path / "card-a.key").read_text() == "torn"


def test_the_command_tells_the_four_apart(tmp_path, capsys) -> None:
    mine, theirs = tmp_path / "clinic.pub", tmp_path / "other.pub"
    mine.write_text(public_text(KEY.public_key()))
    theirs.write_text(public_text(OTHER.public_key()))
    for code, key, day, status, words in (
        (CODE, mine, "2026-11-21", DONE, '"valid"'),
        (CODE, mine, "2027-11-21", REFUSED, '"expired"'),
        (CODE.replace("T-1001", "T-1002"), mine, "2026-11-21", REFUSED, '"changed"'),
        (CODE, theirs, "2026-11-21", REFUSED, '"other-key"'),
    ):
        given = ["verify-card", code, "--key", str(key), "--on", day, "--json"]
        assert main(given) == status
        assert words in capsys.readouterr().out


def test_the_command_says_in_words_what_it_found(tmp_path, capsys) -> None:
    path = tmp_path / "clinic.pub"
    path.write_text(public_text(KEY.public_key()))
    assert main(["verify-card", CODE, "--key", str(path), "--on", "2026-11-21"]) == DONE
    said = capsys.readouterr().out
    assert "VALID" in said
    assert "morphine 10 mg/mL; bupivacaine 20 mg/mL" in said
    assert fingerprint(KEY.public_key()) in said
    assert "21 December 2026" in said


def test_a_file_that_is_no_key_is_named(tmp_path, capsys) -> None:
    path = tmp_path / "clinic.pub"
    path.write_text("no key")
    with pytest.raises(CardError, match="no public key"):
        read_public(path)
    assert main(["verify-card", CODE, "--key", str(path)]) == BAD_INPUT
    assert "no public key" in capsys.readouterr().err
