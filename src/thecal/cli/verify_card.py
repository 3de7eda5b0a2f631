"""`thecal verify-card`: whether the code of a pump card is the clinic's, unchanged, and in time."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from thecal.cli.main import DONE, REFUSED
from thecal.errors import UsageError
from thecal.record.card import CardFacts, CheckedCard, Verdict, check_card, fingerprint, read_public
from thecal.report.phrases import phrase
from thecal.units import show_date

_WORDS = "card_words"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("code", metavar="CODE", help="the scanned text in quotes; - reads it")
    parser.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help="the clinic's clinic.pub"
    )
    parser.add_argument("--on", metavar="DAY", help="the day on which it is checked: today")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


def run(options: argparse.Namespace) -> int:
    """Check a code; `REFUSED` where it is not to be believed."""
    code = sys.stdin.read() if options.code == "-" else options.code
    key = read_public(options.key)
    found = check_card(code, key, _day(options.on))
    if options.json:
        print(json.dumps(_as_json(found), indent=1, ensure_ascii=False))
    else:
        print("\n".join(_as_text(found, fingerprint(key))))
    return DONE if found.verdict is Verdict.VALID else REFUSED


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).astimezone().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f'"{text}" is no day', remedy="write it as 2026-11-20") from None


def _code(found: CheckedCard) -> str:
    """Return the word of a verdict in the table of words and in JSON."""
    return found.verdict.name.lower().replace("_", "-")


def _as_text(found: CheckedCard, key: str) -> list[str]:
    facts = found.facts
    return [
        phrase(_WORDS, f"verdict-{_code(found)}", "en", until=show_date(facts.until)),
        f"Pump: {facts.pump}, serial number {facts.serial}",
        f"In the pump: {'; '.join(facts.drugs) or 'no drug on the card'}",
        f"Card: {facts.number}{f', {facts.name}' if facts.name else ''}",
        f"Made {show_date(facts.made)}, to be believed until {show_date(facts.until)}",
        f"Clinic: {facts.clinic}, telephone {facts.telephone or 'not on the card'}",
        f"Checked with the key {key}",
        *(_limits(facts) if found.verdict in (Verdict.VALID, Verdict.EXPIRED) else ()),
        phrase(_WORDS, "information", "en"),
    ]


def _limits(facts: CardFacts) -> tuple[str, str]:
    """Return what is in the doses of a card, and what it cannot tell."""
    made = show_date(facts.made)
    return phrase(_WORDS, "dose-note", "en"), phrase(_WORDS, "cannot-know", "en", made=made)


def _as_json(found: CheckedCard) -> dict[str, Any]:
    facts = found.facts
    return {
        "verdict": _code(found),
        "believed": found.verdict is Verdict.VALID,
        "key": found.key,
        "number": facts.number,
        "pump": facts.pump,
        "serial": facts.serial,
        "drugs": list(facts.drugs),
        "made": facts.made.isoformat(),
        "until": facts.until.isoformat(),
        "telephone": facts.telephone,
        "clinic": facts.clinic,
        "name": facts.name,
    }
