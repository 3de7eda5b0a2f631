"""The words of a patient controller's screen, in the patient's language.

The words are rows of `data/controller_words.csv`. Figures keep the point and the units of the rest
of the project in every language: a comma for a point has cost lives.
"""

from __future__ import annotations

from fractions import Fraction

from thecal.care.document import Language
from thecal.pharmacy import both_units, drug
from thecal.program.clock import SECONDS_PER_DAY, Instant
from thecal.pump.alarms import Alarm
from thecal.pump.guard import Denial
from thecal.pump.press_outlook import NextBolus
from thecal.report.phrases import has_phrase, phrase, spelled_date
from thecal.therapy.controller import ControllerView, PressAnswer
from thecal.units import NO_BREAK_SPACE, Duration

_TABLE = "controller_words"


def word(name: str, language: Language, /, **values: object) -> str:
    """Return a phrase with its values filled in; raises `DataError` where there is none."""
    return phrase(_TABLE, name, language, **values)


def denial_words(denial: Denial, language: Language) -> str:
    """Return why a press is denied, as a patient would be told."""
    name = f"denial-{denial.name.lower().replace('_', '-')}"
    return word(name if has_phrase(_TABLE, name, language) else "denial-other", language)


def alarm_words(view: ControllerView, alarm: Alarm, language: Language) -> str:
    """Return what an alarm means and what to do; a kind without words has those of its priority."""
    name = f"alarm-{alarm.kind.value}"
    if not has_phrase(_TABLE, name, language):
        name = f"alarm-{alarm.priority.value}"
    return word(name, language, time=time_words(view, alarm.time, language))


def duration_words(value: Duration, language: Language) -> str:
    """Return a duration in days, hours and minutes, rounded up to the whole minute."""
    seconds = value.base
    if seconds < 60 and seconds.denominator == 1:
        return word("seconds", language, number=seconds).replace(" ", NO_BREAK_SPACE)
    minutes = int(-(-seconds // 60))
    days, rest = divmod(minutes, SECONDS_PER_DAY // 60)
    parts = []
    if days:
        name = "days-one" if days == 1 else "days"
        parts.append(word(name, language, number=days))
    for name, number in (("hours", rest // 60), ("minutes", rest % 60)):
        if number:
            parts.append(word(name, language, number=number))
    return " ".join(part.replace(" ", NO_BREAK_SPACE) for part in parts) or word(
        "minutes", language, number=0
    )


def date_words(view: ControllerView, instant: Instant, language: Language) -> str:
    """Return a date of the pump clock with the month spelled out."""
    moment = view.therapy.moment(instant)
    return spelled_date(moment.day, moment.month, moment.year, language)


def time_words(view: ControllerView, instant: Instant, language: Language) -> str:
    """Return date and time on the pump clock; seconds only where there are any."""
    moment = view.therapy.moment(instant)
    clock = moment.strftime("%H:%M:%S" if moment.second else "%H:%M")
    return word("time", language, date=date_words(view, instant, language), clock=clock)


def screen_lines(view: ControllerView, language: Language) -> list[str]:
    """Return the screen, line by line."""
    lines = [
        word(
            "title",
            language,
            name=view.controller.name.value,
            time=time_words(view, view.at, language),
        ),
        *_press_lines(view, language),
        *_setting_lines(view, language),
        _refill_line(view, language),
        word("refill-clinic", language),
        *(
            [alarm_words(view, alarm, language) for alarm in view.alarms]
            or [word("no-alarm", language)]
        ),
    ]
    if view.unread_scan is not None:
        time = time_words(view, view.unread_scan, language)
        lines.append(word("after-scan", language, time=time))
    if view.controller.hold_still is not None:
        length = duration_words(view.controller.hold_still.value, language)
        lines.append(word("hold-still", language, length=length))
    return lines


def answer_lines(view: ControllerView, answer: PressAnswer, language: Language) -> list[str]:
    """Return how one press was answered, and when the next is possible."""
    time = time_words(view, answer.time, language)
    if answer.denial is None:
        return [word("granted-at", language, time=time)]
    reason = denial_words(answer.denial, language)
    return [
        word("denied-at", language, time=time, reason=reason),
        *([] if answer.later is None else [_later_line(view, answer.time, answer.later, language)]),
    ]


def _press_lines(view: ControllerView, language: Language) -> list[str]:
    lines = []
    if view.denial is None:
        lines.append(word("allowed", language))
    else:
        lines.append(word("denied", language, reason=denial_words(view.denial, language)))
        lines.append(_later_line(view, view.at, view.later, language))
    for name, instant in (("running", view.running_until), ("last", view.last_bolus)):
        if instant is not None:
            lines.append(word(name, language, time=time_words(view, instant, language)))
    return lines


def _later_line(view: ControllerView, now: Instant, later: NextBolus, language: Language) -> str:
    """Say when the next bolus is possible, never too early: rounded up to the whole minute."""
    if later.granted is None:
        reason = word("denial-other", language)
        if later.blocked is not None:
            reason = denial_words(later.blocked, language)
        return word("next-never", language, reason=reason)
    wait = duration_words(Duration(later.granted - now), language)
    minute = Fraction(-(-later.granted // 60) * 60)
    return word("next", language, wait=wait, time=time_words(view, minute, language))


def _setting_lines(view: ControllerView, language: Language) -> list[str]:
    program = view.program
    order = None if program is None else program.program.patient_bolus
    if program is None or order is None or program.program.primary is None:
        return []
    primary = program.program.primary
    if view.left is None:
        left = word("left-unlimited", language)
    elif order.max_per_day is None:
        left = word("left-by-dose", language, left=view.left)
    else:
        left = word("left", language, left=view.left, most=order.max_per_day)
    return [
        left,
        word(
            "bolus",
            language,
            dose=both_units(primary, order.dose),
            drug=_drug_words(primary, language),
            length=duration_words(order.duration, language),
        ),
        word("lockout", language, lockout=duration_words(order.lockout, language)),
    ]


def _drug_words(drug_id: str, language: Language) -> str:
    name = f"drug-{drug_id}"
    return word(name, language) if has_phrase(_TABLE, name, language) else drug(drug_id).name


def _refill_line(view: ControllerView, language: Language) -> str:
    if view.refill is None:
        return word("refill-unknown", language)
    if view.refill <= view.at:
        return word("refill-due", language)
    return word("refill", language, date=date_words(view, view.refill, language))
