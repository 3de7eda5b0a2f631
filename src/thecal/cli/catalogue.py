"""`thecal catalogue LIST`: what the shipped tables hold, with source and status."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from thecal.cli.jsonable import Json, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thecal.data import Fact, FactValue

LISTS = ("pumps", "catheters", "drugs", "indications", "faults", "checks")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("list", choices=LISTS, metavar="LIST", help=", ".join(LISTS))
    parser.add_argument("--json", action="store_true", help="answer as JSON, with every figure")


def run(options: argparse.Namespace) -> int:
    """Print one list."""
    entries = _READERS[options.list]()
    if options.json:
        print(json.dumps(entries, indent=1))
        return 0
    for entry in entries:
        print(f"{entry['id']:<32} {entry['name']}")
    return 0


def _facts(facts: Mapping[str, Fact[FactValue]]) -> Json:
    return {name: _fact(fact) for name, fact in sorted(facts.items())}


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


_READERS = {
    "pumps": _pumps,
    "catheters": _catheters,
    "drugs": _drugs,
    "indications": _indications,
    "faults": _faults,
    "checks": _checks,
}
