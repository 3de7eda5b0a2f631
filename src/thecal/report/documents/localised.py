"""Dates and daily doses in a document in the words of its language.

Rules hand over figures as the floors below show them: `2026-11-20`, `2 mg/day`. What stands on
paper has the month spelled out, for `03/04` has been read in two ways. `1,200 mcg` is 1.2 to a
German reader: there a narrow space parts thousands, in figures that were shown by `thecal.units`
alone (they hold a no-break space before the unit); what a person typed is never touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from thecal.care.document import Language, Text
from thecal.report.phrases import phrase, spelled_date
from thecal.units import NO_BREAK_SPACE

_SECONDS = r"(?::\d\d(?:Z|[+-]\d\d:\d\d)?)?"
"""Behind the minute, with the clock's offset, of a time that was written by a machine."""
_CLOCK = rf"(?:,? (?:at )?|T)(?P<clock>[0-2]\d:[0-5]\d){_SECONDS}(?: Uhr)?(?![\d:])"
_NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"
_ISO = re.compile(
    rf"(?<![\w.-])(?P<year>\d{{4}})-(?P<month>\d{{2}})-(?P<day>\d{{2}})(?:{_CLOCK})?(?![\w-])"
)
_DOTTED = re.compile(
    rf"(?<![\w.])(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<year>\d{{4}})(?:{_CLOCK})?(?!\w|\.\d)"
)
_THOUSANDS = re.compile(rf"(?<![\w.,])[1-9]\d{{0,2}}(?:,\d{{3}})+(?=(?:\.\d+)?{NO_BREAK_SPACE})")
_DAYS = {"/day": "per-day", " a day": "a-day"}
_STANDING = re.compile(
    r"(?:\b(?P<kind>project rule|general knowledge), )?unverified \((?P<standing>read|recalled)\)"
)
_PER_DAY = re.compile(r"(?<=[a-zL)])(/day| a day)\b")


def localised(text: Text, language: Language) -> str:
    """Return a text in one language, its dates with the month spelled out.

    A date that no calendar has stays as it was typed.
    """
    said = _ISO.sub(_spell(language), text.get(language))
    if language == "en":
        return said
    said = _english_date().sub(_spell(language), _DOTTED.sub(_spell(language), said))
    said = _THOUSANDS.sub(lambda found: found[0].replace(",", _NARROW_SPACE), said)
    said = _STANDING.sub(lambda found: _standing(found, language), said)
    return _PER_DAY.sub(lambda found: phrase("document_words", _DAYS[found[1]], language), said)


def _standing(found: re.Match[str], language: Language) -> str:
    """Return how far a source was read, in the words of the language."""
    kind = found["kind"]
    words = phrase("document_words", f"standing-{found['standing']}", language)
    if kind is None:
        return words
    return f"{phrase('document_words', kind.replace(' ', '-'), language)}, {words}"


def _english_date() -> re.Pattern[str]:
    months = "|".join(_english_months())
    return re.compile(rf"\b(?P<day>\d{{1,2}}) (?P<name>{months}) (?P<year>\d{{4}})(?:{_CLOCK})?")


def _english_months() -> list[str]:
    return phrase("controller_words", "months", "en").split("; ")


def _spell(language: Language) -> Callable[[re.Match[str]], str]:
    def spell(found: re.Match[str]) -> str:
        parts = found.groupdict()
        named = parts.get("name")
        month = int(parts["month"]) if named is None else _english_months().index(named) + 1
        year, day, clock = int(parts["year"]), int(parts["day"]), parts["clock"]
        try:
            date(year, month, day)
        except ValueError:
            return found[0]
        spelled = spelled_date(day, month, year, language)
        if clock is None:
            return spelled
        return phrase("controller_words", "time", language, date=spelled, clock=clock)

    return spell
