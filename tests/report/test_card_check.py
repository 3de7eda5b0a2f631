"""The page for emergency rooms as a file: nothing outside it, only its own scripts, the command."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from thecal.cli.main import BAD_INPUT, DONE, main
from thecal.record.card import fingerprint, public_text
from thecal.report.card_check import card_check_page

KEY = Ed25519PrivateKey.from_private_bytes(bytes([5]) * 32).public_key()
PAGE = card_check_page(KEY, "Example Clinic", "+49 30 000001")


def test_nothing_in_it_leads_out_of_it() -> None:
    assert "://" not in PAGE
    assert not re.search(r"<[^>]*\b(?:src|href|action|srcset)=", PAGE.split("<script")[0])
    assert not re.search(r"@import|url\(", PAGE)


def test_its_policy_names_each_script_and_style_by_its_hash_and_nothing_else() -> None:
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', PAGE)
    inside = re.findall(r"<script>(.*?)</script>|<style>(.*?)</style>", PAGE, re.DOTALL)
    hashes = [
        base64.b64encode(hashlib.sha256((script or style).encode()).digest()).decode()
        for script, style in inside
    ]
    assert len(hashes) == 3
    said = policy.replace("&#39;", "'")
    assert said.startswith("default-src 'none'; ")
    assert set(re.findall(r"'sha256-([^']+)'", said)) == set(hashes)
    assert "unsafe" not in said
    assert "base-uri 'none'; form-action 'none'" in said


def test_the_same_clinic_gives_the_same_page_and_no_name_ends_its_data() -> None:
    assert card_check_page(KEY, "Example Clinic", "+49 30 000001") == PAGE
    assert "</script><b>" not in card_check_page(KEY, "A</script><b>", '"</script><b>')


def test_a_clinic_without_a_number_says_so() -> None:
    assert "It has left no telephone number here." in card_check_page(KEY, "Example Clinic")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "clinic.pub"
    path.write_text(public_text(KEY))
    return path


def test_the_command_writes_the_page(tmp_path, key, capsys) -> None:
    out = tmp_path / "check.html"
    given = ["verify-page", "--key", str(key), "--clinic", " Example  Clinic", "--out", str(out)]
    assert main([*given, "--telephone", "+49 30 000001"]) == DONE
    assert out.read_text(encoding="utf-8") == PAGE
    assert fingerprint(KEY) in capsys.readouterr().out
    assert main(given) == BAD_INPUT
    assert "would be lost" in capsys.readouterr().err
    assert out.read_text(encoding="utf-8") == PAGE
    assert main([*given, "--overwrite", "--json"]) == DONE
    assert out.read_text(encoding="utf-8") == card_check_page(KEY, "Example Clinic")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("--clinic", " "), "no name"),
        (("--out", "check.txt"), "no HTML page"),
        (("--key", "none.pub"), "no public key"),
    ],
)
def test_the_command_says_what_it_cannot_take(tmp_path, key, capsys, changed, said) -> None:
    given = {"--key": str(key), "--clinic": "A", "--out": str(tmp_path / "a.html")}
    given[changed[0]] = changed[1]
    assert main(["verify-page", *[part for pair in given.items() for part in pair]]) == BAD_INPUT
    assert said in capsys.readouterr().err
    assert not (tmp_path / "a.html").exists()
