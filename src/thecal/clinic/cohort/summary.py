"""What one patient brings to the figures of a clinic, kept for as long as their record stands."""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import final
from zoneinfo import ZoneInfo

from thecal.care.complications.exposure import Exposure, exposure
from thecal.care.complications.recorded import Recorded
from thecal.care.complications.tally import Observed
from thecal.care.escalation.by_age import DoseCourse
from thecal.care.outcomes.case import OutcomeCase, Visit
from thecal.care.outcomes.cohort import CohortPatient
from thecal.care.outcomes.over_time import satisfied
from thecal.care.outcomes.schedule import BASELINE
from thecal.care.survival.life import DeviceLife, End, device_lives
from thecal.care.titration.history import DoseChange, DoseHistory
from thecal.clinic import clock
from thecal.clinic.flows.complication_log import Noted, noted
from thecal.clinic.flows.outcome_log import Asked, asked, outcome_case
from thecal.clinic.flows.paper_details import DEATH
from thecal.clinic.ledger.folding import Folded, fold_all
from thecal.clinic.ledger.projection import FIRST_STAGE, REGISTERED, STAGE
from thecal.clinic.models import Clinic, Stream
from thecal.clinic.patient.courses import courses
from thecal.clinic.plans.doses import doses_over_time
from thecal.errors import BadFileError
from thecal.record.fold import Effective, effective
from thecal.therapy.days import whole_years
from thecal.units import MassRate, parse_quantity

_KEPT = 2000
_kept: OrderedDict[tuple[str, str, date], Summary] = OrderedDict()
_lock = threading.Lock()
_ENDS = {
    "deceased": End.DEATH,
    "transferred-out": End.TRANSFERRED,
    "ceased": End.CEASED,
    "explanted": End.REMOVED,
}
_MME = "mme"


@final
@dataclass(frozen=True)
class Summary:
    """One patient.

    Attributes
    ----------
    today
        The day of the question on the clinic's clock.
    """

    patient: uuid.UUID
    folded: Folded
    today: date
    _standing: tuple[Effective, ...] = field(repr=False)

    @cached_property
    def who(self) -> dict[str, str]:
        """What the registration says, without what is sealed."""
        found: dict[str, str] = {}
        for one in self._standing:
            if one.entry.kind == REGISTERED and one.body is not None:
                found = {key: str(value) for key, value in one.body.items() if key != "sealed"}
        return found

    @cached_property
    def born(self) -> date:
        """The day of birth."""
        return date.fromisoformat(self.who["birth_date"])

    @cached_property
    def noted(self) -> Noted:
        """The complications."""
        return noted(self._standing)

    @property
    def recorded(self) -> tuple[Recorded, ...]:
        """The complications that can be read."""
        return self.noted.found

    @cached_property
    def last(self) -> tuple[date, End]:
        """The last day of observation, and what ended it."""
        stage, since, died = FIRST_STAGE, self.today, None
        for one in self._standing:
            if one.body is None:
                continue
            if one.entry.kind == DEATH:
                died = datetime.fromisoformat(str(one.body["died"])).date()
            elif one.entry.kind == STAGE:
                told = dict(one.body.get("given", {})).get("day", "")
                stage = str(one.body["to"])
                since = date.fromisoformat(told) if told else one.entry.written.date()
        if died is not None:
            return died, End.DEATH
        return (since, _ENDS[stage]) if stage in _ENDS else (self.today, End.RUNNING)

    @cached_property
    def exposure(self) -> Exposure:
        """What the patient was exposed to."""
        therapy = self.folded.therapy
        return Exposure() if therapy is None else exposure(therapy, self.last[0])

    @property
    def observed(self) -> Observed:
        """What the counts ask for."""
        return Observed(self.recorded, self.exposure)

    @cached_property
    def lives(self) -> tuple[DeviceLife, ...]:
        """The pumps and catheters."""
        therapy = self.folded.therapy
        return () if therapy is None else device_lives(therapy, self.recorded, *self.last)

    @cached_property
    def began(self) -> date | None:
        """Day 0: the first event of the pump; None before it."""
        therapy = self.folded.therapy
        return None if therapy is None else therapy.events[0].time.date()

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """What the patient said."""
        return asked(self._standing)

    @cached_property
    def visits(self) -> tuple[Visit, ...]:
        """What the patient said, scored; nothing where the rules cannot read it."""
        try:
            return self._case().visits
        except BadFileError:
            return ()

    def _case(self) -> OutcomeCase:
        values = [one.values for one in self.asked]
        return outcome_case(self.who["pathway"], self.began, self.today, values)

    @cached_property
    def for_figures(self) -> CohortPatient:
        """What the four figures ask for: the last answer to each question."""
        satisfaction = [one for visit in self.visits if (one := satisfied(visit)) is not None]
        later = [one for one in self.visits if one.visit != BASELINE]
        before = next((one for one in self.visits if one.visit == BASELINE), None)
        after = [dose for one in later if (dose := _opioid(one)) is not None]
        return CohortPatient(
            patient=str(self.patient),
            pathway=self.who["pathway"],
            would_recommend=_last([one.recommend for one in self.asked]),
            opioid_before=None if before is None else _opioid(before),
            opioid_after=after[-1] if after else None,
            would_choose_again=_last([one.again for one in self.asked]),
            satisfied=satisfaction[-1] if satisfaction else None,
        )

    @cached_property
    def dose_courses(self) -> tuple[DoseCourse, ...]:
        """The doses of each drug over time."""
        return tuple(self._dose_courses())

    def _dose_courses(self) -> Iterator[DoseCourse]:
        log = courses(self.folded).dose_changes
        if not log:
            return
        end = datetime.combine(self.last[0], datetime.min.time())
        for drug in sorted({name for one in log for name in one.after}):
            told = doses_over_time(log, drug)
            if not told:
                continue
            history = DoseHistory(
                tuple(
                    DoseChange(one["time"], parse_quantity(one["dose"], MassRate)) for one in told
                )
            )
            age = whole_years(self.born, history.started.date())
            yield DoseCourse(drug, age, history, end - history.started)


def summaries(clinic: Clinic) -> tuple[Summary, ...]:
    """Return what every patient of a clinic brings, in the order of their registration."""
    today = clock.now().astimezone(ZoneInfo(clinic.timezone)).date()
    streams = Stream.objects.filter(clinic=clinic, kind=Stream.Kind.PATIENT, head_seq__gt=0)
    streams = streams.filter(patient__run=None)
    found = list(streams.order_by("patient__created", "pk"))
    return tuple(
        _summary(stream, folded, today)
        for stream, folded in zip(found, fold_all(found), strict=True)
    )


def summary_of(patient: uuid.UUID, folded: Folded, today: date) -> Summary:
    """Return what one patient brings."""
    return Summary(patient, folded, today, effective(folded.entries))


def _summary(stream: Stream, folded: Folded, today: date) -> Summary:
    key = (str(stream.pk), stream.head_hash, today)
    with _lock:
        known = _kept.pop(key, None)
        if known is None:
            assert stream.patient_id is not None
            known = summary_of(stream.patient_id, folded, today)
        _kept[key] = known
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return known


def _last(answers: list[bool | None]) -> bool | None:
    known = [one for one in answers if one is not None]
    return known[-1] if known else None


def _opioid(visit: Visit) -> MassRate | None:
    score = visit.scores.get(_MME)
    if score is None or score.value is None:
        return None
    return MassRate.of(score.value, "mg/d")
