"""The texts of the papers in English and German, from `paper_words.csv`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from thecal.care.document import Text
from thecal.care.names import drug_name, texts
from thecal.errors import DataError
from thecal.pharmacy import Mixture, drug
from thecal.therapy.days import write_days
from thecal.units import Duration, show, show_number

_PAPERS, _CONTROLLER = "paper_words", "controller_words"
BLANK = Text.same("________________________________")
_DURATIONS = (("d", "days"), ("h", "hours"), ("min", "minutes"), ("s", "seconds"))


def say(name: str, /, **values: Text | str) -> Text:
    """Return a text by name with its places filled in both languages.

    Raises
    ------
    DataError
        If there is no such text, or a place of it is not filled.
    """
    return filled(_PAPERS, name, values)


def filled(table: str, name: str, values: Mapping[str, Text | str]) -> Text:
    """Return a text of a table with its places filled in both languages; raises `DataError`."""
    found = texts(table).get(name)
    if found is None:
        raise DataError(f"{table}.csv has no {name} in both languages", remedy="restore its rows")
    values_in = {
        key: Text.same(one) if isinstance(one, str) else one for key, one in values.items()
    }
    try:
        return Text(
            found.en.format(**{key: one.en for key, one in values_in.items()}),
            found.de.format(**{key: one.de for key, one in values_in.items()}),
        )
    except (KeyError, IndexError, ValueError) as error:
        raise DataError(f"nothing fills {error} of {name}", place=f"{table}.csv") from None


def series(name: str, /, **values: Text | str) -> tuple[Text, ...]:
    """Return the texts `name-1`, `name-2` and so on; at least one."""
    return tuple(_numbered(name, values)) or (say(f"{name}-1"),)


def _numbered(name: str, values: Mapping[str, Text | str]) -> Iterator[Text]:
    number = 1
    while f"{name}-{number}" in texts(_PAPERS):
        yield say(f"{name}-{number}", **values)
        number += 1


def joined(texts: Iterable[Text], between: str = ", ") -> Text:
    """Return texts one after the other."""
    found = tuple(texts)
    return Text(between.join(one.en for one in found), between.join(one.de for one in found))


def item(text: Text) -> Text:
    """Return a text as one of a list."""
    return Text(f"• {text.en}", f"• {text.de}")


def by_hand(text: str | None) -> Text:
    """Return a text as it was typed, or a line to write on."""
    return BLANK if text is None else Text.same(text)


def solution(mixture: Mixture) -> Text:
    """Return what a solution holds, each drug with its concentration."""
    if not mixture:
        return say("no-drug")
    return joined(
        (joined((drug_name(one), Text.same(concentration(mixture, one))), " ") for one in mixture),
        " + ",
    )


def concentration(mixture: Mixture, drug_id: str) -> str:
    """Return the concentration of one drug in the unit that is usual for it."""
    return show(mixture[drug_id], drug(drug_id).concentration_unit)


def duration(length: Duration) -> Text:
    """Return a duration in the largest unit that leaves it at one or more."""
    unit, word = next((one for one in _DURATIONS if length.in_unit(one[0]) >= 1), _DURATIONS[-1])
    number = show_number(length.in_unit(unit))
    name = "days-one" if (unit, number) == ("d", "1") else word
    return filled(_CONTROLLER, name, {"number": number})


def duration_days(days: int) -> Text:
    """Return a number of whole days."""
    if days == 1:
        return filled(_CONTROLLER, "days-one", {})
    return filled(_CONTROLLER, "days", {"number": show_number(days)})


def day(moment: date) -> Text:
    """Return a date as the page spells it."""
    return Text.same(f"{moment:%Y-%m-%d}")


def minute(moment: datetime) -> Text:
    """Return a date with its time of day as the page spells it."""
    return Text.same(f"{moment:%Y-%m-%d %H:%M}")


def weekdays(days: frozenset[int]) -> Text:
    """Return weekdays in short, as in `Mon-Fri,Sun`."""
    text = write_days(days)
    names = {one: say(f"days-{one}") for one in text.replace("-", ",").split(",")}
    english, german = text, text
    for short, name in names.items():
        english, german = english.replace(short, name.en), german.replace(short, name.de)
    return Text(english, german)
