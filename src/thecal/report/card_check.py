"""The page on which an emergency room checks the code of a pump card: one file, no network.

It reads a code as `thecal.record.card` does and comes to the same verdict; the signature is checked
by TweetNaCl.js (docs/decisions/0010-card-page.md).
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib.resources import files

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from thecal import __version__
from thecal.care.document import LANGUAGES, Language
from thecal.care.names import drug_name, texts
from thecal.pharmacy import drugs
from thecal.record.card import MARK, fingerprint, key_digits, public_text
from thecal.report.page import render
from thecal.report.phrases import phrase
from thecal.report.words import clean

WORDS = "card_words"
LIBRARY = "tweetnacl-1.0.3.min.js"
_SCRIPTS = (LIBRARY, "card_check.js")


def card_check_page(key: Ed25519PublicKey, clinic: str, telephone: str = "") -> str:
    """Return the page of a clinic; the same clinic and key give the same bytes.

    Parameters
    ----------
    key
        With which the clinic's cards are checked.
    clinic, telephone
        What the page says of whose it is; without a number it says that there is none.
    """
    library, program = map(_text_of, _SCRIPTS)
    style = _text_of("card_check.css")
    given = {
        "mark": MARK,
        "key": public_text(key).strip(),
        "named": key_digits(key),
        "print": fingerprint(key),
        "clinic": clean(clinic),
        "telephone": clean(telephone),
        "drugs": {name.en: name.de for name in (drug_name(one.id) for one in drugs())},
        "words": {one: _words(one, has_number=bool(telephone)) for one in LANGUAGES},
    }
    return render(
        "card_check.html",
        policy=_policy((library, program), style),
        say=lambda name, language: phrase(WORDS, name, language),
        style=style,
        print=given["print"],
        version=__version__,
        given=_as_data(given),
        library=library,
        program=program,
    )


def _words(language: Language, *, has_number: bool) -> dict[str, str]:
    found = {name: text.get(language) for name, text in texts(WORDS).items()}
    if not has_number:
        found["call"] = found["call-no-number"]
    found["months"] = phrase("controller_words", "months", language)
    left = {one: f"{{{one}}}" for one in ("day", "month", "year")}
    found["date"] = phrase("controller_words", "date", language, **left)
    for name in ("dose-none", "dose-nothing"):
        found[name] = texts("paper_words")[name].get(language)
    for name in ("a-day", "per-day"):
        found[name] = phrase("document_words", name, "de").strip()
    return found


def _policy(scripts: tuple[str, ...], style: str) -> str:
    """Return what the page may do: run these scripts in this style, and reach nothing."""
    allowed = " ".join(_digest(one) for one in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_digest(style)};"
        " base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    made = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(made).decode('ascii')}'"


def _as_data(given: object) -> str:
    """Return JSON that cannot end the element it stands in."""
    return json.dumps(given, ensure_ascii=False).replace("<", "\\u003c")


@cache
def _text_of(name: str) -> str:
    return (files("thecal.report") / "templates" / name).read_text(encoding="utf-8")
