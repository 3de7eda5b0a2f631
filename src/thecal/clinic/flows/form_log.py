"""The forms of a patient as the log keeps them, and the facts that they print.

Entries: `form.filled` {form, values, facts, replaces}: one version of a form, with the facts of the
record as they stood; `form.answered` {form, findings, reason}: why it was signed although a rule
asked. A later version is a new entry and has to be signed anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, final

from thecal.care.document import Grid, Text
from thecal.care.emergency.status import SystemStatus, status_at
from thecal.care.forms import (
    Filled,
    Form,
    Known,
    Shown,
    filled_from_json,
    form,
    known_from,
)
from thecal.clinic.access.permissions import may
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft
from thecal.clinic.ledger.signatures import signed_by
from thecal.clinic.models import Role
from thecal.record.entry import Entry
from thecal.record.fold import effective

FILLED, ANSWERED = "form.filled", "form.answered"
_MEANING = " as "
_ANYBODY = frozenset({Role.PHYSICIAN, Role.NURSE, Role.PHARMACIST, Role.CHECKER, Role.TRAINEE})
_CARERS = frozenset({Role.PHYSICIAN, Role.NURSE})
SIGNERS: Mapping[str, frozenset[Role]] = {
    "physician": frozenset({Role.PHYSICIAN}),
    "nurse": frozenset({Role.NURSE}),
    "pharmacist": frozenset({Role.PHARMACIST}),
    "operator": _CARERS,
    "trainer": _CARERS,
    "checker": _ANYBODY - {Role.TRAINEE},
    "witness": _ANYBODY,
    "clinician": _ANYBODY,
    "reporter": _ANYBODY,
}
"""Who signs here in which capacity; a patient and the radiology sign on paper."""
_BESIDE = ("checker", "witness")
"""They sign where there was something to check or to witness: other rules ask for them."""


@final
@dataclass(frozen=True, slots=True)
class FiledForm:
    """One version of a form.

    Attributes
    ----------
    signatures
        Capacity to who signed in it.
    latest
        Whether no later version of this form is on record.
    """

    entry: Entry
    form: Form
    filled: Filled
    facts: Mapping[str, Shown]
    signatures: Mapping[str, Entry]
    latest: bool

    @property
    def needed(self) -> tuple[str, ...]:
        """The capacities without whose signature the form does not count as signed."""
        return tuple(one for one in self.form.signs if one in SIGNERS and one not in _BESIDE)

    @property
    def signed(self) -> bool:
        """Whether everybody has signed who has to."""
        return all(one in self.signatures for one in self.needed)

    @property
    def open_for(self) -> tuple[str, ...]:
        """The capacities in which somebody can still sign here."""
        return tuple(
            one for one in self.form.signs if one in SIGNERS and one not in self.signatures
        )

    def capacities(self, username: str, role: str) -> tuple[str, ...]:
        """Return in which capacities a person may sign: in one of those open, and in one only."""
        if any(one.actor == username for one in self.signatures.values()):
            return ()
        return tuple(one for one in self.open_for if role in SIGNERS[one])


def filed_forms(entries: Sequence[Entry]) -> tuple[FiledForm, ...]:
    """Return every version of every form, the newest first."""
    found: list[FiledForm] = []
    for one in reversed(effective(entries)):
        if one.entry.kind != FILLED or one.body is None:
            continue
        filled = filled_from_json(one.body["values"])
        corrected = bool(one.corrected_by)
        found.append(
            FiledForm(
                entry=one.entry,
                form=form(filled.form),
                filled=filled,
                facts=facts_from_json(one.body["facts"]),
                signatures={} if corrected else _signatures(entries, one.entry),
                latest=all(other.filled.form != filled.form for other in found),
            )
        )
    return tuple(found)


def signed_forms(entries: Sequence[Entry], since: datetime) -> frozenset[str]:
    """Return the ids of the forms whose latest version was filled in since then and is signed."""
    return frozenset(
        one.form.id
        for one in filed_forms(entries)
        if one.latest and one.signed and one.entry.written >= since
    )


def filled_draft(filled: Filled, facts: Mapping[str, Shown], replaces: int) -> Draft:
    """Return the entry of a version of a form; `replaces` is that of the one before it, or 0."""
    wanted = form(filled.form).facts()
    told = {name: one for name, one in facts.items() if name.partition(".")[0] in wanted}
    body = {
        "form": filled.form,
        "values": filled.to_json(),
        "facts": facts_to_json(told),
        "replaces": replaces,
    }
    return Draft(FILLED, body)


def may_fill(role: str, known: Form) -> bool:
    """Return whether a role fills in a form: who keeps the record, and who signs it by office."""
    return may(role, "write the record") or any(
        role in SIGNERS[one] for one in known.signs if one in SIGNERS and one not in _BESIDE
    )


def meaning_of(known: Form, capacity: str) -> str:
    """Return what a signature of a form says."""
    return f"{known.id} signed{_MEANING}{capacity}"


def status_of(chart: Chart, now: datetime) -> SystemStatus | None:
    """Return how the system stands now, or after its last event; None where there is none."""
    therapy = chart.therapy
    if therapy is None or not therapy.events:
        return None
    last = therapy.instant(therapy.events[-1].time)
    return status_at(therapy, max(therapy.instant(now), last))


def known_of(status: SystemStatus | None, previous_trial_dose: datetime | None = None) -> Known:
    """Return what the rules of the forms ask of the record."""
    if status is None:
        return Known(previous_trial_dose=previous_trial_dose)
    return known_from(status, previous_trial_dose)


def facts_to_json(facts: Mapping[str, Shown]) -> dict[str, Any]:
    """Return facts as plain values."""
    return {
        name: _said(one)
        if isinstance(one, Text)
        else {
            "columns": [_said(text) for text in one.columns],
            "rows": [[_said(text) for text in row] for row in one.rows],
        }
        for name, one in facts.items()
    }


def facts_from_json(values: Mapping[str, Any]) -> dict[str, Shown]:
    """Return the facts that `facts_to_json` wrote."""
    return {
        name: _text(one)
        if "en" in one
        else Grid(
            tuple(_text(text) for text in one["columns"]),
            tuple(tuple(_text(text) for text in row) for row in one["rows"]),
        )
        for name, one in values.items()
    }


def _said(text: Text) -> dict[str, str]:
    return {"en": text.en, "de": text.de}


def _text(values: Mapping[str, str]) -> Text:
    return Text(values["en"], values["de"])


def _signatures(entries: Sequence[Entry], entry: Entry) -> dict[str, Entry]:
    return {
        str(one.body["meaning"]).rpartition(_MEANING)[2]: one for one in signed_by(entries, entry)
    }
