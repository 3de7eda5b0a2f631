"""What the demonstration's register and inbox hold: `register.toml`, by the rules of the pages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from thecal.care.complications.recorded import read_recorded
from thecal.care.enquiry import read_sent
from thecal.clinic.flows.complication_log import RECORDED
from thecal.clinic.flows.enquiry_log import receive
from thecal.clinic.flows.outcome_log import ASKED
from thecal.clinic.ledger.case_values import case_to_json
from thecal.clinic.ledger.log import Author, Draft, write
from thecal.clinic.models import Clinic, Patient
from thecal.errors import DataError

_FILE = Path(__file__).with_name("register.toml")
_NO_SENDER = "demonstration"


def add_register(
    clinic: Clinic, author: Author, patients: Mapping[str, Patient], today: date
) -> None:
    """Write complications and outcomes of patients, by name, and what outsiders sent.

    Raises
    ------
    DataError
        If the file names somebody whom the demonstration does not have, or a message is refused.
    """
    values = tomllib.loads(_FILE.read_text())
    drafts: dict[str, list[Draft]] = {}
    for name, draft in (*_complications(values, today), *_visits(values, today)):
        if name not in patients:
            raise DataError(f"register.toml names {name}, whom the demonstration does not have")
        drafts.setdefault(name, []).append(draft)
    for name, mine in drafts.items():
        write(patients[name], author, mine, expected=None)
    for one in values["messages"]:
        sent = read_sent(one["kind"], one["typed"], today)
        if sent.errors:
            raise DataError(f"register.toml: a message is refused: {sorted(sent.errors)}")
        receive(clinic, _NO_SENDER, one["language"], sent)


def _complications(values: Mapping[str, Any], today: date) -> Iterator[tuple[str, Draft]]:
    for one in values["complications"]:
        body = {key: value for key, value in one.items() if key not in ("patient", "day")}
        body["began"] = (today + timedelta(one["day"])).isoformat()
        if "ended" in one:
            body["ended"] = (today + timedelta(one["ended"])).isoformat()
        yield one["patient"], Draft(RECORDED, read_recorded(0, body).to_json())


def _visits(values: Mapping[str, Any], today: date) -> Iterator[tuple[str, Draft]]:
    for one in values["visits"]:
        on = today + timedelta(one["day"])
        visit = {"visit": one["visit"], "date": on, "scores": one["scores"]}
        answers = {name: one.get(name) for name in ("recommend", "again")}
        yield one["patient"], Draft(ASKED, {"visit": case_to_json(visit), **answers})
