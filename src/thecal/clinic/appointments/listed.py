"""Every patient of a clinic as the calendar sees them: one question to the database for all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, final
from zoneinfo import ZoneInfo

from thecal.care.appointments.risk import Point, Transport, risk
from thecal.care.pathway.ending import CEASED
from thecal.care.pathway.stages import ends
from thecal.clinic.models import Clinic, Projection

HOME, CLINIC = "home", "clinic"
_INPATIENT = "inpatient"


@final
@dataclass(frozen=True)
class Listed:
    """One patient with a pump, by the projection; times on the clinic's clock.

    Attributes
    ----------
    seq
        How many entries it was made from.
    solution
        What is in the pump, in words: patients of one solution share a delivery.
    booked, at
        Day and time of the appointment that stands.
    planning
        As `appointment.details` says it.
    """

    patient: str
    name: str
    number: str
    seq: int
    stage: str
    refill_by: datetime | None
    alarm: datetime | None
    empty: datetime | None
    last_fill: datetime | None
    solution: str
    drugs: tuple[str, ...]
    booked: date | None
    at: datetime | None
    place: str
    missed: int
    planning: Mapping[str, Any]
    visit_open: bool

    @property
    def time(self) -> str:
        """The time of day of the appointment on the clinic's clock; empty where none is named."""
        return "" if self.at is None else f"{self.at:%H:%M}"

    @property
    def at_home(self) -> bool:
        """Whether refills are done at home."""
        return bool(self.planning.get("at_home"))

    @property
    def district(self) -> str:
        """Where somebody travels to, or has to be fetched from; empty where nobody has to."""
        arranged = self.planning.get("transport") == Transport.ARRANGED
        named = str(self.planning.get("district", ""))
        if self.at_home:
            return named or "no district named"
        return named if arranged else ""

    @property
    def blocked(self) -> tuple[tuple[date, date], ...]:
        """First and last days on which the patient cannot come."""
        day = date.fromisoformat
        spans = self.planning.get("blocked", ())
        return tuple((day(first), day(last)) for first, last in spans)

    @property
    def interval(self) -> int | None:
        """Days from fill to refill, as the pump runs now; None where nothing says so."""
        if self.refill_by is None or self.last_fill is None:
            return None
        return max((self.refill_by.date() - self.last_fill.date()).days, 1)

    def risk(self, now: datetime) -> tuple[Point, ...]:
        """Return the lines of the risk score."""
        transport, far = self.planning.get("transport"), self.planning.get("kilometres")
        return risk(
            missed=self.missed,
            transport=Transport(transport) if transport else None,
            kilometres=None if far is None else int(far),
            drugs=self.drugs,
            empty=self.empty,
            inpatient=self.stage == _INPATIENT,
            now=now,
        )


def listed(clinic: Clinic) -> tuple[Listed, ...]:
    """Return the patients of a clinic who have a pump that is refilled here, by name."""
    zone = ZoneInfo(clinic.timezone)
    found = (
        _listed(row, zone)
        for row in Projection.objects.filter(clinic=clinic).order_by("name_key", "pk")
    )
    return tuple(one for one in found if one is not None)


def listed_of(projection: Projection, clinic: Clinic) -> Listed | None:
    """Return one patient; None where no pump is refilled here."""
    return _listed(projection, ZoneInfo(clinic.timezone))


def _listed(row: Projection, zone: ZoneInfo) -> Listed | None:
    content = json.loads(row.content)
    if not content["therapy"] or (ends(row.stage) and row.stage != CEASED):
        return None
    dates = {
        name: datetime.fromisoformat(text).astimezone(zone)
        for name, text in content["dates"].items()
    }
    # A projection that an older version stored says nothing of appointments until it is remade.
    mixture, booked = content["therapy"]["mixture"], content.get("appointment")
    at = datetime.fromisoformat(booked["at"]).astimezone(zone) if booked and booked["at"] else None
    return Listed(
        patient=str(row.patient_id),
        name=content["name"],
        number=content["number"],
        seq=row.seq,
        stage=row.stage,
        refill_by=dates.get("refill_by"),
        alarm=dates.get("low_reservoir_all_boluses"),
        empty=dates.get("empty"),
        last_fill=dates.get("last_fill"),
        solution=", ".join(f"{drug} {strength}" for drug, strength in sorted(mixture.items())),
        drugs=tuple(sorted(mixture)),
        booked=date.fromisoformat(booked["day"]) if booked else None,
        at=at,
        place=booked["place"] if booked else CLINIC,
        missed=content.get("missed", 0),
        planning=content.get("planning", {}),
        visit_open=content["visit_open"],
    )


def on_day(people: Iterable[Listed], day: date, without: str = "") -> list[Listed]:
    """Return who is booked on a day, by time; those without a time come last."""
    found = [one for one in people if one.booked == day and one.patient != without]
    late = timedelta(days=1)
    return sorted(
        found,
        key=lambda one: (
            late if one.at is None else timedelta(hours=one.at.hour, minutes=one.at.minute),
            one.name,
        ),
    )


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())
