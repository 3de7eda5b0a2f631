"""The letter for a journey (workflow.md 2.17, F9, S3.25)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import final

from thecal.care.document import Document, Field, Section, Text
from thecal.care.names import drug_names
from thecal.care.papers.contact import contact_fields
from thecal.care.papers.parts import (
    as_of,
    drug_grid,
    footnotes,
    pump_fields,
    refill_by,
    when,
)
from thecal.care.papers.record import PaperRecord
from thecal.care.papers.summary import FIGURES
from thecal.care.papers.surroundings import surroundings, surroundings_notes
from thecal.care.papers.words import BLANK, by_hand, day, duration, duration_days, say
from thecal.device.controller import patient_controller
from thecal.errors import EntryError
from thecal.pharmacy import drug
from thecal.units import DAY, Duration


@final
@dataclass(frozen=True, slots=True)
class Journey:
    """A journey as far as it is known.

    Attributes
    ----------
    clinic_there
        Who can help on the way, as it was typed.

    Raises
    ------
    EntryError
        If it ends before it begins.
    """

    leaves: date | None = None
    returns: date | None = None
    destination: str | None = None
    clinic_there: str | None = None

    def __post_init__(self) -> None:
        if self.leaves is not None and self.returns is not None and self.returns < self.leaves:
            raise EntryError(
                "the return lies before the day of leaving", remedy="exchange the two days"
            )

    def to_json(self) -> dict[str, str]:
        """Return the values that `from_json` reads back to the same journey."""
        days = {"leaves": self.leaves, "returns": self.returns}
        values = {name: one.isoformat() for name, one in days.items() if one is not None}
        texts = {"destination": self.destination, "clinic_there": self.clinic_there}
        return values | {name: text for name, text in texts.items() if text is not None}

    @classmethod
    def from_json(cls, values: Mapping[str, str]) -> Journey:
        """Return the journey of what `to_json` gave; raises `EntryError` for a wrong date."""
        try:
            leaves, returns = (
                date.fromisoformat(values[name]) if name in values else None
                for name in ("leaves", "returns")
            )
        except ValueError as error:
            raise EntryError("a day of the journey is no date", why=str(error)) from None
        return cls(leaves, returns, values.get("destination"), values.get("clinic_there"))


@final
@dataclass(frozen=True, slots=True)
class Reserve:
    """The time from a return to the refill that is due: `enough`, `tight` or `late`."""

    days: int
    word: str


def travel_letter(record: PaperRecord, journey: Journey | None = None) -> Document:
    """Return the letter for border, airline and a clinic on the way."""
    trip = journey or Journey()
    title = "travel-title-external" if record.external else "travel-title"
    reserve, ask = (FIGURES.get("travel", name, Duration) for name in ("reserve", "ask-before"))
    contact = contact_fields(record.contact)
    return Document(
        kind="travel-letter",
        title=say(title),
        sections=(
            Section(
                say("travel-to"),
                paragraphs=tuple(_statements(record)),
                fields=(as_of(record), *pump_fields(record), *_carried(record)),
                grid=drug_grid(record),
            ),
            Section(say("journey"), fields=tuple(_journey(record, trip))),
            Section(say("advice"), fields=surroundings(record.model)),
            Section(say("contact"), fields=contact, signatures=(say("sign-physician"),)),
        ),
        footnotes=(
            *footnotes(record),
            say("travel-plan", weeks=duration(ask.value)),
            say("source-line", what=say("travel-reserve"), source=reserve.provenance()),
            *surroundings_notes(record.model),
        ),
        one_page=True,
        names_patient=True,
        for_patient=True,
        whose=record.whose(),
    )


def reserve_of(record: PaperRecord, journey: Journey) -> Reserve | None:
    """Return how the return lies to the refill that is due; None where either is not known."""
    plan = record.status.plan
    if journey.returns is None or plan is None or plan.refill_by is None:
        return None
    days = (record.therapy.moment(plan.refill_by).date() - journey.returns).days
    wanted = FIGURES.get("travel", "reserve", Duration).value
    if days < 0:
        return Reserve(days, "late")
    return Reserve(days, "enough" if DAY.scaled(days) >= wanted else "tight")


def _statements(record: PaperRecord) -> Iterator[Text]:
    yield say("travel-1-external" if record.external else "travel-1")
    yield say("travel-2")
    controlled = [one for one in record.drugs if FIGURES.has("controlled", drug(one).drug_class)]
    if controlled:
        yield say("travel-controlled", drugs=drug_names(controlled))
    elif record.drugs:
        yield say("travel-uncontrolled")


def _carried(record: PaperRecord) -> Iterator[Field]:
    yield Field(say("travel-kit"), say("travel-kit-none"))
    controller = patient_controller(record.model.id)
    written = record.done.program
    if controller is not None and written is not None and written.bolus is not None:
        name = say("travel-controller", name=controller.name.value)
        yield Field(say("travel-kit"), name)


def _journey(record: PaperRecord, trip: Journey) -> Iterator[Field]:
    yield Field(say("travel-leaves"), BLANK if trip.leaves is None else day(trip.leaves))
    yield Field(say("travel-returns"), BLANK if trip.returns is None else day(trip.returns))
    yield Field(say("travel-destination"), by_hand(trip.destination))
    yield Field(say("travel-clinic-there"), by_hand(trip.clinic_there))
    yield Field(say("refill-by"), refill_by(record), emphasis=True)
    outlook = record.done.outlook
    if record.has_alarms:
        yield Field(say("alarm-date"), when(record, outlook.low_reservoir))
    else:
        yield Field(say("empty-date"), when(record, outlook.empty))
    reserve = reserve_of(record, trip)
    if reserve is None:
        yield Field(say("travel-reserve"), say("travel-no-return"))
    else:
        words = say(f"travel-{reserve.word}", days=duration_days(max(0, reserve.days)))
        yield Field(say("travel-reserve"), words, emphasis=reserve.word != "enough")
    plan = record.status.plan
    if plan is not None and plan.refill_by is not None:
        valid = say("travel-valid-words", date=when(record, plan.refill_by))
        yield Field(say("travel-valid"), valid)
