"""Notices about software and devices: whom each touches, and who has not read it yet (K21).

An incident came of a changed software that a site had not heard of (workflow.md 4b E1). An unread
notice warns before programming and at a refill; it refuses nothing, and no stop waits for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, final

from thecal.device import PumpModel
from thecal.safety.finding import Finding, Severity
from thecal.therapy.table import Table
from thecal.units import show_date


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice of new or changed software, or of a device, as its maker or an authority wrote it.

    Attributes
    ----------
    day
        Of the notice itself.
    models
        Ids of the pump models it names; empty where it names none.
    programmer_versions
        Versions of programmer software it is about, as it writes them; empty where about none.
    action
        What has to be done.
    source
        Who gave it, and where it can be read.
    """

    id: str
    title: str
    day: date
    models: tuple[str, ...]
    programmer_versions: tuple[str, ...]
    action: str
    source: str

    def touches(self, model: PumpModel) -> bool:
        """Whether it is about a pump: one that it names; without names every one it can be about.

        What is about programmers alone touches every pump that has one.
        """
        if self.models:
            return model.id in self.models
        return model.programmable or not self.programmer_versions


@final
@dataclass(frozen=True, slots=True)
class UnreadNotice:
    """A notice, and the people at work who have not confirmed that they read it."""

    notice: Notice
    people: tuple[str, ...]


def check_unread(unread: Iterable[UnreadNotice]) -> Iterator[Finding]:
    """Warn of each notice that somebody at work has not confirmed to have read."""
    for one in unread:
        notice = one.notice
        versions = ", ".join(notice.programmer_versions)
        about = f", programmer software {versions}" if versions else ""
        yield Finding(
            check="K21",
            severity=Severity.WARN,
            message=(
                f"not read yet by {' and '.join(one.people)}: {notice.title}"
                f" ({show_date(notice.day)}{about}); to do: {notice.action}; read it under Notices"
                " and sign there before the pump is programmed; nothing waits for it"
            ),
            source="workflow.md 4c K21",
        )


def write_notice(notice: Notice) -> dict[str, Any]:
    """Return a notice as a dict for JSON, which `read_notice` turns into the same notice."""
    written: dict[str, Any] = {
        "id": notice.id,
        "title": notice.title,
        "day": notice.day.isoformat(),
        "action": notice.action,
        "source": notice.source,
    }
    if notice.models:
        written["models"] = list(notice.models)
    if notice.programmer_versions:
        written["programmer_versions"] = list(notice.programmer_versions)
    return written


def read_notice(table: Table) -> Notice:
    """Return the notice of a table; raises `BadFileError` naming place and key."""
    day = table.take_text("day")
    try:
        issued = date.fromisoformat(day)
    except ValueError:
        raise table.error(f'"{day}" is no date', 'write "2026-03-02"', "day") from None
    notice = Notice(
        id=table.take_text("id"),
        title=table.take_text("title"),
        day=issued,
        models=_listed(table, "models"),
        programmer_versions=_listed(table, "programmer_versions"),
        action=table.take_text("action"),
        source=table.take_text("source"),
    )
    table.finish()
    return notice


def _listed(table: Table, key: str) -> tuple[str, ...]:
    return tuple(str(one) for one in table.optional(key, table.take_list) or ())
