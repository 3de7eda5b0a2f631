"""`thecal catalogue LIST`: what the shipped tables hold, with source and status."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from thecal.cli.jsonable import Json, number
from thecal.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thecal.data import Fact, FactValue

LISTS = (
    "pumps",
    "catheters",
    "drugs",
    "indications",
    "faults",
    "checks",
    "tables",
    "references",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("list", nargs="?", choices=LISTS, metavar="LIST", help=", ".join(LISTS))
    parser.add_argument(
        "--archive",
        type=Path,
        metavar="DIR",
        help="keep all tables in force in a new folder, to decide with them again by --tables",
    )
    parser.add_argument("--json", action="store_true", help="answer as JSON, with every figure")


def run(options: argparse.Namespace) -> int:
    """Print one list, or write an archive."""
    if (options.list is None) == (options.archive is None):
        raise UsageError(
            "either a LIST or an archive is to be named",
            remedy="name one of " + ", ".join(LISTS) + ", or --archive DIR",
        )
    if options.archive is not None:
        return _archive(options)
    entries = _READERS[options.list]()
    if options.json:
        print(json.dumps(entries, indent=1))
        return 0
    for entry in entries:
        brands = ", ".join(entry.get("brands", ()))
        print(f"{entry['id']:<32} {entry['name']}" + (f" ({brands})" if brands else ""))
    return 0


def _archive(options: argparse.Namespace) -> int:
    from thecal.data.versions import archive_tables

    found = archive_tables(options.archive)
    if options.json:
        answer = {"archive": str(options.archive), "set": found.id, "date": found.date}
        print(json.dumps(answer, indent=1))
    else:
        print(f"{options.archive}: tables {found.short} of {found.date}")
    return 0


def _tables() -> list[Json]:
    from thecal.data.versions import table_set

    return [
        {
            "id": one.table,
            "name": f"{one.date} {one.base[:12]}" + (" and the clinic's own" * bool(one.clinic)),
            "sha256": one.base,
            "clinic_sha256": one.clinic or None,
            "date": one.date,
        }
        for one in table_set().tables
    ]


def _facts(facts: Mapping[str, Fact[FactValue]]) -> Json:
    return {name: _fact(fact) for name, fact in sorted(facts.items())}


def _disagreements(answers: Mapping[str, tuple[Fact[FactValue], ...]]) -> Json:
    return {name: [_fact(one) for one in facts] for name, facts in sorted(answers.items())}


def _fact(fact: Fact[FactValue]) -> Json:
    from fractions import Fraction

    value = fact.value
    if isinstance(value, str):
        shown: Json = value
    elif isinstance(value, Fraction):
        shown = number(value)
    else:
        shown = number(value.in_unit(fact.unit))
    return {
        "value": shown,
        "unit": fact.unit,
        "source": fact.source,
        "status": fact.status,
        "note": fact.note,
    }


def _pumps() -> list[Json]:
    from thecal.device import pump_models

    return [
        {
            "id": model.id,
            "name": model.name,
            "maker": model.maker,
            "kind": model.kind,
            "programmable": model.programmable,
            "facts": _facts(model.facts),
            "disagreements": _disagreements(model.disagreements),
        }
        for model in pump_models()
    ]


def _catheters() -> list[Json]:
    from thecal.device import catheter_models

    return [
        {
            "id": model.id,
            "name": model.name,
            "maker": model.maker,
            "trim_end": model.trim_end,
            "access": model.access,
            "facts": _facts(model.facts),
        }
        for model in catheter_models()
    ]


def _drugs() -> list[Json]:
    from thecal.pharmacy import drugs

    return [
        {
            "id": drug.id,
            "name": drug.name,
            "class": drug.drug_class,
            "basis": drug.basis,
            "salt": drug.salt,
            "brands": list(drug.brands),
            "enzymes": list(drug.enzymes),
            "facts": _facts(drug.facts),
        }
        for drug in drugs()
    ]


def _indications() -> list[Json]:
    from thecal.pharmacy import indications

    return [{"id": one.id, "name": one.name} for one in indications()]


def _faults() -> list[Json]:
    from thecal.device import fault_kinds

    return [
        {
            "id": kind.id,
            "name": kind.meaning.value,
            "simulated": kind.simulated,
            "part": kind.part,
            "pumps": list(kind.pumps),
            "keys": list(kind.keys),
            "alarms": list(kind.alarms),
            "alarms_external": list(kind.alarms_external),
            "refill": kind.refill,
            "detected_by": kind.detected_by,
            "facts": _facts(kind.facts),
        }
        for kind in fault_kinds()
    ]


def _checks() -> list[Json]:
    from thecal.safety.catalogue import check_catalogue

    return [
        {
            "id": check.id,
            "name": check.title if check.severities else f"{check.title} ({check.state})",
            "family": check.family,
            "severities": list(check.severities),
            "state": check.state,
            "source": check.source,
            "status": check.status,
        }
        for check in check_catalogue()
    ]


def _references() -> list[Json]:
    from thecal.care.evidence.reference import references

    return [
        {
            "id": one.id,
            "name": f"{one.name}: {one.says}",
            "inventory": list(one.inventory),
            "supports": one.supports,
            "facts": _facts(one.facts),
        }
        for one in references()
    ]


_READERS = {
    "pumps": _pumps,
    "catheters": _catheters,
    "drugs": _drugs,
    "indications": _indications,
    "faults": _faults,
    "checks": _checks,
    "tables": _tables,
    "references": _references,
}
