"""How templates show times: the month spelled out, in the clinic's own zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.core.serializers.json import DjangoJSONEncoder

from thecal.care.document import Language, Text
from thecal.care.information.words import tell
from thecal.care.own.words import own_say
from thecal.clinic import clock
from thecal.clinic.ledger.kind_words import kind_words
from thecal.clinic.web.days import weekday_typed
from thecal.pharmacy import Mixture
from thecal.report.documents.localised import localised
from thecal.safety.catalogue import check_catalogue
from thecal.safety.finding import Amount
from thecal.safety.identity import shown_mixture
from thecal.units import NO_BREAK_SPACE, Volume, show, show_date, show_time, show_unit, show_weekday

register = template.Library()


@register.filter
def moment(value: datetime | str | None, zone: str = "UTC") -> str:
    """Return date and time of day in a zone, as in 20 November 2026, 14:05; else what stands there.

    No page of a patient fails for a time in the record that is none.
    """
    try:
        local = _local(value, zone)
    except (ValueError, OverflowError):
        return str(value)
    return "" if local is None else show_time(local)


@register.filter
def day(value: datetime | date | str | None, zone: str = "UTC") -> str:
    """Return the date in a zone, as in 20 November 2026; a day without a time is in every zone.

    What is neither is shown as it stands.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return show_date(value)
    try:
        if isinstance(value, str) and len(value) == len("2026-11-20"):
            return show_date(date.fromisoformat(value))
        local = _local(value, zone)
    except (ValueError, OverflowError):
        return str(value)
    return "" if local is None else show_date(local.date())


@register.filter
def full_day(value: datetime | date | str | None, zone: str = "UTC") -> str:
    """Return a date as `day` does, the day of the week before it, as in Monday, 2 March 2026."""
    shown, name = day(value, zone), _weekday(value, zone)
    return f"{name}, {shown}" if name else shown


@register.filter
def full_moment(value: datetime | str | None, zone: str = "UTC") -> str:
    """Return a moment as `moment` does, the day of the week before it."""
    shown, name = moment(value, zone), _weekday(value, zone)
    return f"{name}, {shown}" if name else shown


@register.filter
def weekday(value: object) -> str:
    """Return the day of the week of what stands in a field of a date; empty where it is none."""
    return weekday_typed(value)


@register.filter
def words(value: object) -> str:
    """Return an id as words, as in `trial passed`."""
    return "" if value is None else str(value).replace("-", " ").replace("_", " ")


@register.filter
def kind(value: str) -> str:
    """Return what a kind of entry is called."""
    return kind_words(value)


@register.filter
def english(value: Text) -> str:
    """Return a text in English as papers write it, dates with the month spelled out."""
    return localised(value, "en")


@register.filter
def plain_moment(value: datetime | None) -> str:
    """Return a time of the ward's clock, which has no offset."""
    return "" if value is None else show_time(value)


@register.filter
def plain_day(value: str) -> str:
    """Return a date as people read it, from one as entries hold it."""
    return show_date(date.fromisoformat(value))


@register.filter
def units(value: str) -> str:
    """Return a quantity that was typed, its unit as people read it, as in `50 mcg`."""
    number, _, unit = str(value).partition(" ")
    return f"{number}{NO_BREAK_SPACE}{show_unit(unit)}" if unit else number


@register.filter
def is_past(value: str) -> bool:
    """Return whether a moment, as entries hold it, has come."""
    return datetime.fromisoformat(value) <= clock.now()


@register.filter
def from_now(value: datetime | str | None, zone: str = "UTC") -> str:
    """Return how far away a moment is, in days or hours, as in `in 3 days`, `2 days ago`.

    Days are those of the calendar of a zone: who counts them there finds the same.
    """
    if value in (None, ""):
        return ""
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    now = clock.now()
    away = at - now
    size = abs(away)
    if size >= timedelta(days=2):
        here = ZoneInfo(zone)
        number = abs((at.astimezone(here).date() - now.astimezone(here).date()).days)
        unit = "days"
    elif size >= timedelta(hours=1):
        number, unit = size // timedelta(hours=1), "hours"
    elif size >= timedelta(minutes=1):
        number, unit = size // timedelta(minutes=1), "minutes"
    else:
        return "now"
    words = f"{number}{NO_BREAK_SPACE}{unit[:-1] if number == 1 else unit}"
    return f"in {words}" if away > timedelta(0) else f"{words} ago"


@register.filter
def json(value: object) -> str:
    """Return a value as JSON, for an attribute that a script of the page reads."""
    return DjangoJSONEncoder().encode(value)


@register.filter
def pump_time(value: str) -> str:
    """Return what a pump's clock showed, as it showed it: on its own offset."""
    return show_time(datetime.fromisoformat(value))


def _local(value: datetime | str | None, zone: str) -> datetime | None:
    if value in (None, ""):
        return None
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return at.astimezone(ZoneInfo(zone))


def _weekday(value: datetime | date | str | None, zone: str) -> str:
    """Return the day of the week of what `day` and `moment` show; empty where it is no time."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return show_weekday(value)
    if isinstance(value, str) and len(value) == len("2026-11-20"):
        return weekday_typed(value)
    try:
        local = _local(value, zone)
    except (ValueError, OverflowError):
        return ""
    return "" if local is None else show_weekday(local)


@register.filter
def amount(value: Amount | str | None) -> str:
    """Return the value or limit of a finding for people."""
    if value is None:
        return ""
    if isinstance(value, str):
        return localised(Text.same(value), "en")
    return show(value.quantity, value.unit)


@register.filter
def volume(value: Volume) -> str:
    """Return a volume in millilitre."""
    return show(value, "mL")


@register.filter
def solution(value: Mixture) -> str:
    """Return a solution with the concentration of every drug."""
    return shown_mixture(value)


@register.filter
def at(table: Mapping[str, str], key: str) -> str:
    """Return what a table says under a key; empty where it says nothing."""
    return table.get(key, "")


@register.filter
def check_title(check: str) -> str:
    """Return what a check looks at; its id again for one that is in no catalogue."""
    return next((one.title for one in check_catalogue() if one.id == check), check)


@register.filter
def own(name: str, language: Language) -> str:
    """Return a text of the patient's own pages in the language of the person who reads it."""
    return localised(own_say(name), language)


@register.filter
def role_in(role: str, language: Language) -> str:
    """Return what a role is called in the language of the person who reads it."""
    return localised(own_say(f"role-{role}"), language)


@register.filter
def about(name: str, language: Language) -> str:
    """Return a text of the pages of information in the language of the person who reads it."""
    return localised(tell(name), language)


@register.filter
def own_day(value: date | datetime | str, language: Language) -> str:
    """Return a day, or a day with its time, in a language, the month spelled out."""
    if isinstance(value, datetime):
        return localised(Text.same(f"{value:%Y-%m-%d %H:%M}"), language)
    return localised(Text.same(f"{value:%Y-%m-%d}" if isinstance(value, date) else value), language)


@register.filter
def dialled(telephone: str) -> str:
    """Return a telephone number as a link dials it: its digits, a plus before them if there."""
    digits = "".join(one for one in telephone if one.isdecimal())
    return f"+{digits}" if telephone.strip().startswith("+") else digits
