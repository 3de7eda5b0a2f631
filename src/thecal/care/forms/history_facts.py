"""The therapy facts of the forms that are told by the course of the record, not by its last state.

Each carries the day on which it was so: a form may be filled in before or after what it reports.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from thecal.care.forms.dose_facts import DOSE_FACTS
from thecal.care.forms.fill_facts import DESTROYED, FILL_FACTS, WASTED
from thecal.care.forms.history import History, Told
from thecal.care.forms.print_form import Shown
from thecal.care.forms.pump_facts import PUMP_FACTS
from thecal.care.forms.refill_record import recorded_fills
from thecal.care.papers.record import PaperRecord
from thecal.care.titration.log import titration_log
from thecal.units import Volume

__all__ = ["DESTROYED", "NONE_TYPED", "TOLD", "WASTED", "history_facts"]
NONE_TYPED: Mapping[str, Volume] = MappingProxyType({})
TOLD: Told = MappingProxyType({**FILL_FACTS, **DOSE_FACTS, **PUMP_FACTS})


def history_facts(
    record: PaperRecord, wanted: Collection[str], volumes: Mapping[str, Volume] = NONE_TYPED
) -> dict[str, Shown]:
    """Return those of the wanted facts that the course of the record tells.

    Parameters
    ----------
    record
        The therapy replayed to the time of the form.
    wanted
        Names of facts, as `Form.facts` gives them; others are not computed.
    volumes
        `WASTED` and `DESTROYED` to the volume that was typed, whose drug is told.
    """
    asked = [name for name in TOLD if name.partition(".")[0] in wanted]
    if not asked:
        return {}
    history = History(
        record,
        recorded_fills(record.therapy, record.done.end),
        tuple(one for one in titration_log(record.therapy) if one.time <= record.status.at),
        volumes,
    )
    told = {name: TOLD[name](history) for name in asked}
    return {name: one for name, one in told.items() if one is not None}
