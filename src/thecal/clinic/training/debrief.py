"""The debrief of a run: its score, and what happened inside the pump beside what was done."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from functools import cached_property
from typing import Any, final
from zoneinfo import ZoneInfo

from thecal.care.document import Document, Field, Grid, Section, Text
from thecal.care.training.case import Case
from thecal.care.training.score import Score, followed_to, ratings, score
from thecal.care.training.true_course import TrueCourse, UnsafeState, course_of
from thecal.care.visit.steps import steps
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.kind_words import kind_words
from thecal.clinic.ledger.truth import case_of, true_therapy_of
from thecal.clinic.models import Clinic, TrainingRun
from thecal.clinic.patient.body_jobs import BodyJob
from thecal.clinic.training.body_on_paper import body_sections
from thecal.clinic.training.happenings import happenings
from thecal.clinic.training.pictures import WHICH, Picture, days_before, picture
from thecal.clinic.training.runs import ASKED, RATED, TIME, TrainingError, entries_of
from thecal.device import fault_kind
from thecal.pharmacy import drug
from thecal.report.events_table import event_words
from thecal.report.words import duration
from thecal.therapy.events import Event, Fault, Therapy
from thecal.units import Duration, show, show_time

_DAY = Fraction(86400)
SAME_WORDS = "The two lines are the same: what left the tip is what the record says."
TRUE_WORDS = (
    "True stands only where something was hidden or a dose became unsafe;"
    " everything else was as recorded."
)
_FOR_VISIT = ("visit.step", "visit.skipped")


@final
class Debrief:
    """A run that ended, looked at from outside: with what was hidden."""

    def __init__(self, chart: Chart, clinic: Clinic, run: TrainingRun) -> None:
        if run.ended is None or chart.therapy is None:
            raise TrainingError("this case has not ended", remedy="end it in the training box")
        self.chart, self.clinic, self.run = chart, clinic, run
        self.ended: datetime = run.ended
        self.recorded: Therapy = chart.therapy
        self.zone = ZoneInfo(clinic.timezone)

    @cached_property
    def case(self) -> Case:
        """The case of the run."""
        return case_of(self.run)

    @cached_property
    def truth(self) -> Therapy:
        """The record with what was hidden."""
        return true_therapy_of(self.run, self.recorded)

    @cached_property
    def until(self) -> Fraction:
        """How far the run is followed."""
        return followed_to(self.case, self.ended, self.truth)

    @cached_property
    def course(self) -> TrueCourse:
        """What really left the tip."""
        return course_of(self.truth, self.until)

    @cached_property
    def body(self) -> BodyJob:
        """The computation of the body, of what was true and not of the record."""
        return BodyJob.of_therapy(self.truth, self.truth.moment(self.until))

    def begin_body(self) -> None:
        """Begin to compute the body where it neither runs nor is done."""
        self.body.begin(self.truth, self.truth.moment(self.until))

    @cached_property
    def believed(self) -> TrueCourse:
        """What the record says left the tip."""
        return course_of(self.recorded, self.until)

    @cached_property
    def score(self) -> Score:
        """What the run is worth."""
        return score(
            self.case,
            happenings(self.chart, self.run),
            self.run.begun,
            self.ended,
            self.truth,
            self.course,
        )

    @property
    def rated(self) -> dict[str, Any] | None:
        """The newest global rating; None before somebody gave one."""
        found = [one for one in entries_of(self.run) if one.kind == RATED]
        if not found:
            return None
        number = int(found[-1].body["rating"])
        words = ratings()[number - 1]
        return {"rating": number, "words": words, "why": found[-1].reason, "by": found[-1].actor}

    def when(self, moment: datetime) -> str:
        """Return a time on the clinic's clock."""
        return show_time(moment.astimezone(self.zone))

    @property
    def checklist(self) -> list[dict[str, Any]]:
        """Every action with whether it was done."""
        return [
            {
                "what": one.action.what,
                "why": one.action.why,
                "critical": one.action.critical,
                "done": one.at is not None,
                "at": "missed" if one.at is None else self.when(one.at),
                "weight": one.weight,
            }
            for one in self.score.actions
        ]

    @property
    def mistakes(self) -> list[dict[str, str]]:
        """What failed the case."""
        return [
            {"what": one.mistake.what, "why": one.mistake.why, "at": self.when(one.at)}
            for one in self.score.mistakes
        ]

    @property
    def unsafe(self) -> list[tuple[str, ...]]:
        """Every unsafe state in words: drug, which, how much, from, to."""
        return [self._unsafe(one) for one in self.score.unsafe]

    @property
    def recognition(self) -> str:
        """How long it took to recognise; empty where the case does not ask."""
        asked = self.case.recognition
        if asked is None:
            return ""
        found = self.score.recognised
        if found is None:
            return f"{asked.what}: not recognised"
        minutes = int(found.total_seconds()) // 60
        return f"{asked.what}: after {minutes} min (aim: {duration(asked.aim)})"

    @property
    def overrides(self) -> list[tuple[str, ...]]:
        """Everything gone past, with its reason and whether that says enough."""
        return [
            (self.when(one.at), one.what, one.reason, "" if one.good else "thin: few words")
            for one in self.score.overrides
        ]

    @cached_property
    def hidden(self) -> list[str]:
        """What was hidden, in words."""
        return [
            f"{self.when(one.time)}: {_true_words(one)}"
            for one in self.truth.events
            if self._is_hidden(one)
        ]

    @cached_property
    def timeline(self) -> list[tuple[str, str, str]]:
        """What was done beside what was true, in order of time."""
        rows: list[tuple[datetime, str, str]] = []
        since = self.run.begun
        for one in happenings(self.chart, self.run):
            did = _did(one.kind, one.fields, self.case)
            rows.append((one.at, did, ""))
        for event in self.truth.events:
            if self._is_hidden(event):
                rows.append((event.time, "", _true_words(event)))
        for state in self.score.unsafe:
            which = "too much" if state.over else "too little"
            rows.append((self.truth.moment(state.begin), "", f"{state.drug}: {which} begins"))
        rows.sort(key=lambda row: row[0])
        return [
            (("before; " if at < since else "") + self.when(at), did, true)
            for at, did, true in rows
            if did or true
        ]

    @property
    def follows(self) -> str:
        """From when and to when the pictures go."""
        end = self.when(self.truth.moment(self.until))
        return f"Any 24 hours added up, from {duration(days_before())} before the case to {end}."

    which_words = WHICH
    true_words = TRUE_WORDS
    same_words = SAME_WORDS

    @cached_property
    def pictures(self) -> list[Picture]:
        """For each drug the sum of 24 hours as it was, as the record has it, and as meant."""
        drugs = sorted({*self.course.drugs, *self.believed.drugs})
        return [self._picture(one) for one in drugs]

    def document(self) -> Document:
        """Return the debrief to be printed."""
        found = self.score
        result = "passed" if found.passed else "not passed"
        rated = self.rated
        grid = [
            (one["what"], "critical" if one["critical"] else "", one["at"], one["why"])
            for one in self.checklist
        ]
        sections = [
            Section(
                _same("Result"),
                fields=(
                    _field("Learner", self.run.learner.user.name),
                    _field("Begun", self.when(self.run.begun)),
                    _field("Result", result, emphasis=True),
                    _field("Checklist", f"{found.points} of {found.of} points"),
                    _field("Recognised", self.recognition or "not asked in this case"),
                    _field(
                        "Global rating",
                        "not given" if rated is None else f"{rated['rating']}: {rated['words']}",
                    ),
                ),
            ),
            Section(
                _same("What was hidden"), tuple(_same(one) for one in self.hidden or ["nothing"])
            ),
            Section(_same("Checklist"), grid=_grid(("Action", "", "When", "Why it matters"), grid)),
            Section(
                _same("What failed the case"),
                tuple(_same(f"{one['what']}. {one['why']}") for one in self.mistakes)
                or (_same("nothing"),),
            ),
            Section(
                _same("Unsafe states"),
                () if self.unsafe else (_same("none: any 24 hours gave what they should"),),
                grid=_grid(("Drug", "", "At its worst, in 24 hours", "From", "To"), self.unsafe)
                if self.unsafe
                else None,
            ),
            *(self._printed(one) for one in self.pictures),
            *body_sections(self.body.answer),
            Section(
                _same("Overrides: what was answered, left out or gone past"),
                () if self.overrides else (_same("none"),),
                grid=_grid(("When", "What", "Reason", "Quality"), self.overrides)
                if self.overrides
                else None,
            ),
            Section(
                _same("What was done, and what was true"),
                (_same(TRUE_WORDS),),
                grid=_grid(("When", "Done", "True"), self.timeline),
            ),
            Section(_same("To take along"), tuple(_same(one) for one in self.case.lessons)),
        ]
        return Document(
            kind="training-debrief",
            title=_same(f"Debrief of case {self.case.id}: {self.case.title}"),
            sections=tuple(sections),
            footnotes=(
                _same("Project score after workflow.md 6: nobody has validated it."),
                _same("A passed case is evidence for a level of competence and not the level."),
            ),
            names_patient=True,
        )

    def _printed(self, one: Picture) -> Section:
        """Return a picture with its table, for paper."""
        said = [self.follows, WHICH, *one.meant, *([SAME_WORDS] if one.same else [])]
        columns = ("Until", "Really left the tip", "By the record")
        return Section(
            _same(f"{one.drug.capitalize()} in the 24 hours before"),
            tuple(_same(text) for text in said),
            grid=_grid(columns, one.rows),
            drawing=one.course,
        )

    def _is_hidden(self, event: Event) -> bool:
        return isinstance(event, Fault) or event not in self.recorded.events

    def _unsafe(self, one: UnsafeState) -> tuple[str, ...]:
        unit = drug(one.drug).mass_unit
        return (
            one.drug,
            "too much" if one.over else "too little",
            f"{show(one.worst, unit)} {'over' if one.over else 'under'}",
            self.when(self.truth.moment(one.begin)),
            self.when(self.truth.moment(one.end)),
        )

    def _picture(self, name: str) -> Picture:
        begun, case = self.truth.instant(self.run.begun), self.case
        rows = self._rows(name, begun, drug(name).mass_unit)
        true, told, end = self.course, self.believed, self.when(self.truth.moment(self.until))
        return picture(name, case, true, told, begun, self.until, end, rows)

    def _rows(self, name: str, begun: Fraction, unit: str) -> tuple[tuple[str, str, str], ...]:
        """Return the table twin: some times, and every one at which a state was at its worst."""
        span = self.until - begun
        at = {begun + span * step / 8 for step in range(9)}
        at |= {one.at for one in self.score.unsafe if one.drug == name}
        return tuple(
            (
                self.when(self.truth.moment(one)),
                show(self.course.within(name, one, Duration(_DAY)), unit),
                show(self.believed.within(name, one, Duration(_DAY)), unit),
            )
            for one in sorted(at)
        )


def _true_words(event: Event) -> str:
    """Return what was hidden in words: of a fault its name and what it does."""
    if not isinstance(event, Fault):
        return event_words(event)
    kind = fault_kind(event.kind)
    return f"{kind.name} mended" if event.mended else f"{kind.name}: {kind.meaning.value}"


def _did(kind: str, fields: Any, case: Case) -> str:
    if kind in _FOR_VISIT:
        key = str(fields.get("step", ""))
        title = next((one.title.value for one in steps() if one.key == key), key)
        if kind == "visit.skipped" and key == "decide":
            return f"decided: {title}: {fields.get('reason', '')}"
        return f"{kind_words(kind)}: {title}"
    if kind == ASKED:
        asked = str(fields.get("question", ""))
        words = next((one.question for one in case.answers if one.id == asked), asked)
        return f"asked the virtual patient: {words} Answer: {fields.get('words', '')}"
    if kind == "therapy.event":
        return f"recorded: {fields.get('type', '')}"
    if kind == TIME:
        return f"let {fields.get('minutes')} min pass"
    return kind_words(kind)


def _same(text: str) -> Text:
    return Text.same(text)


def _field(label: str, value: str, *, emphasis: bool = False) -> Field:
    return Field(_same(label), _same(value), emphasis)


def _grid(columns: tuple[str, ...], rows: Any) -> Grid:
    return Grid(
        tuple(_same(one) for one in columns),
        tuple(tuple(_same(cell) for cell in row) for row in rows),
    )
