"""Reading a training case: one TOML file in, a `Case` out, or one error that names the place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar

from thecal.care.counted_days import event_values, therapy_counted
from thecal.care.pathway.stages import stages
from thecal.care.training.case import (
    Action,
    Answer,
    Case,
    Delivered,
    DoseBand,
    Mistake,
    Person,
    Recognition,
    Target,
    Tell,
)
from thecal.care.training.conditions import FIGURES, OPERATORS, Condition, FieldTest, is_figure
from thecal.care.visit.visit import RECORDS
from thecal.errors import BadFileError, ThecalError
from thecal.pharmacy import drugs
from thecal.therapy.file_reader import read_bytes, read_event_table, read_toml
from thecal.therapy.table import Table, shown
from thecal.units import Duration, Mass

SCHEMA = "thecal.case/1"
PAGES = ("patient", "refill", "programming", "troubleshooting", "mri", "emergency", "trial")
"""Where a case may begin: names of pages of a patient."""
ROLES = ("nurse", "physician")
_HIDDEN = ("fault", "environment", "press", "mri")
"""Types of events that may be true without standing in the record."""
_LONGEST = 36_525
"""Days: what lies further away cannot be a date."""
_PLAIN = (str, int, bool)
_TRY = date(2026, 3, 2)
_ZONE = timezone(timedelta(hours=1))
T = TypeVar("T")


def read_case_file(path: Path) -> Case:
    """Return the case of a file; raises `BadFileError` naming place and remedy."""
    return read_case(read_bytes(path), path.name)


def read_case(data: bytes, name: str) -> Case:
    """Return the case of the bytes of a file called `name`.

    Raises
    ------
    BadFileError
        If a key is missing, unknown or malformed, if an action names another that is not there, or
        if record and hidden events cannot be a therapy; place and remedy are named.
    """
    root = read_toml(data, name)
    root.take_choice("schema", (SCHEMA,))
    setup = root.take_table("setup")
    for key in ("patient", "pump", "catheter"):
        setup.take_table(key)
    setup.finish()
    actions = _several(root, "actions", _action, needed=True)
    case = Case(
        id=root.take_text("id"),
        title=root.take_text("title"),
        story=_texts(root, "story"),
        task=_texts(root, "task"),
        lessons=_texts(root, "lessons"),
        page=root.take_choice("page", PAGES),
        role=root.take_choice("role", ROLES),
        starts=_time_of_day(root, "starts"),
        person=_person(root.take_table("person")),
        setup=setup.keys(),
        events=_events(root, "events", needed=True),
        next_visit=root.optional("next_visit", lambda key: _days_ahead(root, key)),
        stage=root.take_choice("stage", stages()),
        hidden=_events(root, "hidden", needed=False),
        tells=_several(root, "tells", _tell),
        answers=_several(root, "answers", _answer),
        actions=actions,
        mistakes=_several(root, "mistakes", _mistake),
        target=_target(root.take_table("target")),
        recognition=_recognition(root.take_table("recognition"))
        if root.has("recognition")
        else None,
        source=root.take_text("source"),
    )
    root.finish()
    _check(case, root)
    return case


def _check(case: Case, root: Table) -> None:
    """Refuse what no key alone can tell: ids that stand twice, and a record that cannot be."""
    for name, ids in (
        ("actions", [one.id for one in case.actions]),
        ("mistakes", [one.id for one in case.mistakes]),
        ("tells", [one.id for one in case.tells]),
    ):
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise root.error(f"the id {shown(twice[0])} stands twice", "give each its own", name)
    known = [one.id for one in case.actions]
    for action in case.actions:
        for other in (*action.before, *action.after):
            if other not in known or other == action.id:
                raise root.error(
                    f"action {action.id} is ordered by {shown(other)}, which is no other action",
                    "name one of " + ", ".join(known),
                    "actions",
                )
    if not any(action.critical for action in case.actions):
        raise root.error("no action is critical", "write critical = true at one", "actions")
    _check_record(case, root)


def _check_record(case: Case, root: Table) -> None:
    try:
        therapy_counted(
            case.id,
            case.person.birth_date,
            case.person.sex,
            case.setup,
            case.events,
            today=_TRY,
            offset=_ZONE,
            next_visit=case.next_visit,
        )
        for number, event in enumerate(case.hidden, start=1):
            values = event_values(event, _TRY, _ZONE)
            read_event_table(values, f"{root.place}: hidden {number}", _ZONE.utcoffset(None))
    except ThecalError as error:
        place = getattr(error, "place", "") or root.place
        raise BadFileError(error.what, why=error.why, remedy=error.remedy, place=place) from None
    late = [one for one in case.events if one["day"] > 0]
    if late:
        raise root.error(
            f"an event lies on day {late[0]['day']}, after the case begins",
            "the learner's record ends before the case begins: day = 0 or less",
            "events",
        )
    first = min((one["day"], one["at"]) for one in case.events)
    early = [one for one in case.hidden if (one["day"], one["at"]) < first]
    if early:
        raise root.error(
            f"what is hidden on day {early[0]['day']} at {early[0]['at']} lies before the record",
            f"nothing can happen to a pump before its first event, day {first[0]} at {first[1]}",
            "hidden",
        )


def _days_ahead(root: Table, key: str) -> int:
    days = root.take_count(key)
    if days > _LONGEST:
        raise root.error(f"{shown(days)} is a hundred years away", "write a nearer day", key)
    return days


def _person(table: Table) -> Person:
    found = Person(
        name=table.take_text("name"),
        birth_date=table.take_date("birth_date"),
        sex=table.take_choice("sex", ("female", "male")),
        pathway=table.take_choice("pathway", ("non-cancer", "cancer", "spasticity")),
    )
    table.finish()
    return found


def _events(root: Table, key: str, *, needed: bool) -> tuple[Mapping[str, Any], ...]:
    if not needed and not root.has(key):
        return ()
    found = []
    for number, values in enumerate(root.take_list(key), start=1):
        table = Table(values, f"{root.place}: {key} {number}")
        day = table.take_any("day")
        if isinstance(day, bool) or not isinstance(day, int):
            raise table.error(f"{shown(day)} is no day", "write day = -84, or day = 0", "day")
        if abs(day) > _LONGEST:
            raise table.error(f"{shown(day)} is a hundred years away", "write a nearer day", "day")
        _time_of_day(table, "at")
        if key == "hidden":
            table.take_choice("type", _HIDDEN)
        found.append(table.keys())
    return tuple(found)


def _tell(table: Table) -> Tell:
    return Tell(
        id=table.take_text("id"),
        text=table.take_text("text"),
        step=table.optional("step", lambda key: table.take_choice(key, tuple(RECORDS))),
        after=table.optional("after", lambda key: table.take_quantity(key, Duration)),
        when=_conditions(table, "when"),
        delivered=table.optional("delivered", lambda key: _delivered(table.take_table(key))),
    )


def _answer(table: Table) -> Answer:
    return Answer(
        id=table.take_text("id"),
        question=table.take_text("question"),
        words=table.take_text("words"),
        after=table.optional("after", lambda key: table.take_quantity(key, Duration)),
        when=_conditions(table, "when"),
        delivered=table.optional("delivered", lambda key: _delivered(table.take_table(key))),
    )


def _action(table: Table) -> Action:
    return Action(
        id=table.take_text("id"),
        what=table.take_text("what"),
        why=table.take_text("why"),
        critical=table.take_flag("critical"),
        done=_conditions(table, "done", needed=True),
        unless=_conditions(table, "unless"),
        before=_texts(table, "before") if table.has("before") else (),
        after=_texts(table, "after") if table.has("after") else (),
    )


def _mistake(table: Table) -> Mistake:
    found = Mistake(
        id=table.take_text("id"),
        what=table.take_text("what"),
        why=table.take_text("why"),
        when=_conditions(table, "when"),
        unless=_conditions(table, "unless"),
        delivered=table.optional("delivered", lambda key: _delivered(table.take_table(key))),
    )
    if not found.when and found.delivered is None:
        raise table.error(
            "nothing says when this mistake was made", "add when = [...] or delivered = {...}"
        )
    return found


def _delivered(table: Table) -> Delivered:
    found = Delivered(
        drug=_drug(table),
        window=table.take_quantity("window", Duration),
        above=table.optional("above", lambda key: table.take_quantity(key, Mass)),
        below=table.optional("below", lambda key: table.take_quantity(key, Mass)),
    )
    table.finish()
    if found.above is None and found.below is None:
        raise table.error("neither above nor below is said", 'add above = "2 mg"')
    return found


def _target(table: Table) -> Target:
    found = Target(
        table.take_quantity("horizon", Duration),
        _several(table, "bands", _band),
        table.has("until_next_visit") and table.take_flag("until_next_visit"),
    )
    table.finish()
    return found


def _band(table: Table) -> DoseBand:
    found = DoseBand(
        drug=_drug(table),
        least=table.take_quantity("least", Mass, zero_allowed=True),
        most=table.take_quantity("most", Mass, zero_allowed=True),
        since=table.take_quantity("since", Duration, zero_allowed=True),
        until=table.optional("until", lambda key: table.take_quantity(key, Duration)),
    )
    if found.least > found.most:
        raise table.error("least is more than most", "change one of them", "least")
    return found


def _drug(table: Table) -> str:
    return table.take_choice("drug", [one.id for one in drugs()])


def _recognition(table: Table) -> Recognition:
    found = Recognition(
        what=table.take_text("what"),
        sign=_conditions(table, "sign"),
        seen=_conditions(table, "seen", needed=True),
        aim=table.take_quantity("aim", Duration),
    )
    table.finish()
    return found


def _conditions(table: Table, key: str, *, needed: bool = False) -> tuple[Condition, ...]:
    if not needed and not table.has(key):
        return ()
    return tuple(
        _condition(Table(values, f"{table.place}: {key} {number}"))
        for number, values in enumerate(table.take_list(key), start=1)
    )


def _condition(table: Table) -> Condition:
    kind = table.take_text("kind")
    ever = table.has("ever") and table.take_flag("ever")
    within = table.optional("within", lambda key: table.take_quantity(key, Duration))
    tests: tuple[FieldTest, ...] = ()
    if table.has("where"):
        inner = table.take_table("where")
        tests = tuple(
            test for path, value in inner.keys().items() for test in _tests(inner, path, value)
        )
    table.finish()
    return Condition(kind, tests, ever, within)


def _tests(table: Table, path: str, value: Any) -> tuple[FieldTest, ...]:
    """Return the tests of one value: itself, or one for each operator of a table."""
    if not isinstance(value, dict):
        if not isinstance(value, _PLAIN):
            raise table.error(
                f"{shown(value)} is nothing that a value can be",
                'write a text in quotes, a whole number, true or false; of several one_of = ["…"]',
                path,
            )
        return (FieldTest(path, "is", value),)
    inner = Table(value, f"{table.place}: {path}")
    for operator in value:
        inner_key = operator if operator in OPERATORS else ""
        if not inner_key:
            raise inner.error(
                f"{shown(operator)} asks nothing that is known here",
                'quote a path with a point, as in "record.volume"; else one of '
                + ", ".join(OPERATORS),
            )
        _check_asked(inner, operator, value[operator])
    if not value:
        raise inner.error("nothing is asked", "write one of " + ", ".join(OPERATORS))
    return tuple(FieldTest(path, operator, wanted) for operator, wanted in value.items())


def _check_asked(table: Table, operator: str, wanted: Any) -> None:
    """Refuse what an operator cannot ask: the case could never be passed, or never be failed."""
    if operator == "says":
        fits = isinstance(wanted, list) and bool(wanted)
        fits = fits and all(isinstance(one, str) and one.strip() for one in wanted)
        remedy = 'write a list of words, as in ["pharmacy", "pharmacist"]'
    elif operator in FIGURES:
        fits, remedy = is_figure(wanted), 'write a figure, as in "2 mg" or 3'
    elif operator == "one_of":
        fits = isinstance(wanted, list) and bool(wanted)
        fits = fits and all(isinstance(one, _PLAIN) for one in wanted)
        remedy = 'write a list, as in ["yes", "no"]'
    elif operator == "present":
        fits, remedy = isinstance(wanted, bool), "write true or false"
    else:
        fits = isinstance(wanted, _PLAIN) and wanted != ""
        remedy = "write a text in quotes, a whole number, true or false"
    if not fits:
        raise table.error(f"{shown(wanted)} is nothing that {operator} can ask", remedy, operator)


def _several(
    root: Table, key: str, read: Callable[[Table], T], *, needed: bool = False
) -> tuple[T, ...]:
    """Return what `read` makes of each table of a list; a key that it does not know is refused."""
    if not needed and not root.has(key):
        return ()
    found = []
    for number, values in enumerate(root.take_list(key), start=1):
        name = values.get("id", number) if isinstance(values, dict) else number
        table = Table(values, f"{root.place}: {key} {name}")
        found.append(read(table))
        table.finish()
    return tuple(found)


def _texts(table: Table, key: str) -> tuple[str, ...]:
    return tuple(
        Table({key: value}, f"{table.place}: {key} {number}").take_text(key)
        for number, value in enumerate(table.take_list(key), start=1)
    )


def _time_of_day(table: Table, key: str) -> time:
    text = table.take_text(key)
    try:
        found = time.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or f"{found:%H:%M}" != text:
        raise table.error(f"{shown(text)} is no time of day", 'write "09:00"', key)
    return found
