"""Injections through the catheter access port, folded from a patient's record.

Kinds of entries
----------------
`port.ordered`
    `order` (as `care.access_port` writes it), `reason`, `answered` (the checks that the reason
    answers), `findings`; signed. A second person checks its body.
`port.drawn`
    `drawn`: a needle in the port, its kit, and what it drew; beside it stands the therapy event.
`port.injected`
    `order`, `drawn`: the numbers of both entries, `findings`; signed, beside it the therapy event.
`port.withdrawn`
    `order`; the reason is the entry's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

from thecal.care.access_port import Drawn, PortOrder
from thecal.care.visit import read_record
from thecal.clinic.access.second import Given, Request, digest_of, is_given, open_about
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.web.flow import bodies
from thecal.record.entry import Entry
from thecal.therapy.events import Override
from thecal.therapy.table import Table

ORDERED, DRAWN = "port.ordered", "port.drawn"
INJECTED, WITHDRAWN = "port.injected", "port.withdrawn"


@final
@dataclass(frozen=True)
class Waiting:
    """An order that was neither carried out nor withdrawn.

    Attributes
    ----------
    drawn
        What was drawn last since the order, with its entry; None where nothing was.
    given
        The check of a second person; None where nobody gave it.
    asked
        The request for it, while it is open.
    """

    entry: Entry
    order: PortOrder
    drawn: tuple[Entry, Drawn] | None
    given: Given | None
    asked: Request | None

    @property
    def answers(self) -> tuple[Override, ...]:
        """The prescriber's reason, as answers of the therapy's event."""
        body = self.entry.body
        return tuple(
            Override(str(one), str(body["reason"]), self.entry.actor) for one in body["answered"]
        )


def waiting(chart: Chart) -> Waiting | None:
    """Return the order that waits; None where none does."""
    order: tuple[Entry, Mapping[str, Any]] | None = None
    drawn: tuple[Entry, Drawn] | None = None
    for one, body in bodies(chart, ORDERED, DRAWN, INJECTED, WITHDRAWN):
        if one.entry.kind == ORDERED:
            order, drawn = (one.entry, body), None
        elif one.entry.kind == DRAWN:
            place = f"entry {one.entry.seq}"
            drawn = (one.entry, read_record(Drawn, Table(body["drawn"], place)))
        elif order is not None and int(body["order"]) == order[0].seq:
            order = None
    if order is None:
        return None
    entry, body = order
    digest = digest_of(body)
    return Waiting(
        entry=entry,
        order=read_record(PortOrder, Table(body["order"], f"entry {entry.seq}")),
        drawn=drawn,
        given=is_given(chart.entries, digest),
        asked=open_about(chart.entries, digest),
    )
