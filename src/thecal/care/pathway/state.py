"""Where a person stands on the pathway, and where one step leads; nothing is judged here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import final

from thecal.care.pathway.pathways import pathway_ids
from thecal.care.pathway.stages import (
    REFERRED,
    TRANSFERRED_IN,
    is_side,
    refuse_unknown,
    rule,
    stages,
    words,
)
from thecal.errors import UnknownIdError
from thecal.therapy.table import Table

ASSESSED = "assessed"


@final
@dataclass(frozen=True, slots=True)
class PathwayState:
    """Where a person stands.

    Attributes
    ----------
    pathway
        `non-cancer`, `cancer` or `spasticity`.
    since
        When the stage began.
    implanted
        Whether a pump is in the body.
    landmarks
        Of `assessed`, `cleared` and `tried`, those of this episode that are behind.
    beside
        In a side stage: the stage that goes on beside it, as `titrating`; None elsewhere.
    """

    pathway: str
    stage: str
    since: datetime
    implanted: bool = False
    landmarks: frozenset[str] = frozenset()
    beside: str | None = None

    def to_json(self) -> dict[str, object]:
        """Return it as plain values."""
        return {
            "pathway": self.pathway,
            "stage": self.stage,
            "since": self.since.isoformat(),
            "implanted": self.implanted,
            "landmarks": sorted(self.landmarks),
            "beside": self.beside or "",
        }


def read_state(table: Table) -> PathwayState:
    """Return what `PathwayState.to_json` wrote; raises `BadFileError`."""
    moment = table.take_text("since")
    try:
        since = datetime.fromisoformat(moment)
    except ValueError:
        raise table.error(f'"{moment}" is no time', "write it with its offset", "since") from None
    if since.tzinfo is None:
        raise table.error("the time has no offset", "write it with its offset", "since")
    found = PathwayState(
        pathway=table.take_choice("pathway", pathway_ids()),
        stage=table.take_choice("stage", stages()),
        since=since,
        implanted=table.take_flag("implanted"),
        landmarks=frozenset(str(one) for one in table.take_any("landmarks")),
        beside=table.take_any("beside") or None,
    )
    table.finish()
    return found


def begin(pathway: str, now: datetime, *, with_pump: bool = False) -> PathwayState:
    """Return where a person begins: referred, or transferred in with a pump from elsewhere.

    Raises
    ------
    UnknownIdError
        If there is no such pathway.
    """
    if pathway not in pathway_ids():
        raise UnknownIdError(
            f'"{pathway}" is no pathway', remedy="use one of " + ", ".join(pathway_ids())
        )
    stage = TRANSFERRED_IN if with_pump else REFERRED
    return PathwayState(pathway, stage, now, implanted=with_pump)


def follow(state: PathwayState, to: str, now: datetime) -> PathwayState:
    """Return the state after a step that was taken, whether or not it should have been.

    The record is a fold of this over its steps; `transition` judges a step before it is taken.

    Raises
    ------
    UnknownIdError
        If there is no such stage.
    """
    refuse_unknown(to)
    landmark = rule(to, "landmark")
    landmarks = state.landmarks
    if to in (REFERRED, ASSESSED):
        landmarks = frozenset()  # a new assessment supersedes what came before
    if landmark is not None:
        landmarks |= {landmark.value}
    moved = words(to, "implant")
    beside = None
    if is_side(to):
        beside = state.beside if is_side(state.stage) else state.stage
    return replace(
        state,
        stage=to,
        since=now,
        implanted="in" in moved or (state.implanted and "out" not in moved),
        landmarks=landmarks,
        beside=beside,
    )
