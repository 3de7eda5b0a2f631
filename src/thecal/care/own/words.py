"""The texts of the patient's own pages in English and German, from `own_words.csv`."""

from __future__ import annotations

from datetime import date

from thecal.care.document import Text
from thecal.care.figures import Figures
from thecal.care.names import texts
from thecal.errors import DataError

_TABLE = "own_words"
RULES = Figures("own_rules")


def own_say(name: str, /, **values: Text | str | int) -> Text:
    """Return a text by name with its places filled in both languages.

    Raises
    ------
    DataError
        If there is no such text, or a place of it is not filled.
    """
    found = texts(_TABLE).get(name)
    if found is None:
        raise DataError(f"{_TABLE}.csv has no {name} in both languages", remedy="restore its rows")
    given = {key: _text(one) for key, one in values.items()}
    try:
        return Text(
            found.en.format(**{key: one.en for key, one in given.items()}),
            found.de.format(**{key: one.de for key, one in given.items()}),
        )
    except (KeyError, IndexError) as error:
        raise DataError(f"nothing fills {error} of {name}", place=f"{_TABLE}.csv") from None


def own_list(parameter: str) -> tuple[str, ...]:
    """Return a list of the diary, as its side effects; raises `DataError`."""
    return tuple(RULES.text("diary", parameter).split("; "))


def red_flags() -> tuple[Text, ...]:
    """Return the signs on which a patient calls at once (workflow.md 8)."""
    return tuple(own_say(f"flag-{one}") for one in own_list("red-flags"))


def days_until(day: date, today: date) -> Text:
    """Return how far away a day is; one that has passed says to call."""
    days = (day - today).days
    if days < 0:
        return own_say("refill-over")
    if days == 0:
        return own_say("refill-today")
    return own_say("refill-one-day") if days == 1 else own_say("refill-days", days=days)


def _text(value: Text | str | int) -> Text:
    return value if isinstance(value, Text) else Text.same(str(value))
