"""An advice as JSON, or for people: verdict, reasons, figures, tables, where sources disagree."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from thecal import BANNER
from thecal.care.advice import Advice, Cited, Disagreement, Listing, Reason
from thecal.cli.calc_output import (
    finding_lines,
    result_lines,
    step_json,
    step_lines,
    value_json,
    value_text,
)
from thecal.cli.finding_output import finding_json
from thecal.cli.jsonable import Json, number, quantity
from thecal.data import Fact, FactValue
from thecal.units import Quantity, show, show_number, show_unit

_INDENT = "  "


def advice_json(advice: Advice, written: Sequence[Path] | None = None) -> str:
    """Return the whole advice as JSON, with the documents written for it where any were asked."""
    answer: dict[str, Json] = {
        "purpose": BANNER,
        "topic": advice.topic,
        "verdict": advice.verdict,
        "summary": advice.summary,
        "results": {key: value_json(value) for key, value in advice.results.items()},
        "reasons": [_reason_json(one) for one in advice.reasons],
        "listings": [_listing_json(one) for one in advice.listings],
        "disagreements": [_disagreement_json(one) for one in advice.disagreements],
        "findings": [finding_json(one) for one in advice.findings],
        "not_checked": list(advice.not_checked),
        "unverified": [_cited_json(one) for one in advice.unverified()],
        "derivation": [step_json(one) for one in advice.steps],
    }
    if written is not None:
        answer["documents"] = [str(path) for path in written]
    return json.dumps(answer, indent=1, allow_nan=False)


def advice_text(advice: Advice, written: Sequence[Path] = ()) -> str:
    """Return the advice for people, with the documents written for it."""
    lines = [*_lines(advice), *([""] if written else [])]
    return "\n".join([*lines, *(f"written: {path}" for path in written)])


def fact_shown(fact: Fact[FactValue]) -> str:
    """Return the value of a fact for people, with its unit."""
    if isinstance(fact.value, str):
        return fact.value
    if isinstance(fact.value, Quantity):
        return show(fact.value, fact.unit)
    unit = "" if fact.unit == "1" else f" {show_unit(fact.unit)}"
    return f"{show_number(fact.value)}{unit}"


def _lines(advice: Advice) -> Iterator[str]:
    yield f"{advice.topic} - {BANNER}"
    yield from ("", f"{advice.verdict.replace('-', ' ').upper()}: {advice.summary}")
    if advice.reasons:
        yield from ("", "Why")
    for reason in advice.reasons:
        yield f"{_INDENT}{reason.weight.value} [{reason.rule}] {reason.text}"
        yield from (f"{_INDENT * 2}{_cited(one)}" for one in reason.figures)
    if advice.results:
        yield ""
    yield from result_lines(advice.results)
    for listing in advice.listings:
        yield from _listing_lines(listing)
    if advice.disagreements:
        yield from ("", "Where the sources disagree")
    for one in advice.disagreements:
        yield f"{_INDENT}{one.question}"
        for place, answer in enumerate(one.answers):
            used = " (used here)" if one.used and place == 0 else ""
            yield f"{_INDENT * 2}{_cited(answer)}{used}"
    yield from step_lines(advice.steps)
    yield from finding_lines(advice.findings)
    if advice.not_checked:
        yield from ("", "Not checked")
    yield from (f"{_INDENT}{one}" for one in advice.not_checked)
    unverified = len(advice.unverified())
    if unverified:
        yield from ("", f"Unverified: {unverified} of {len(advice.figures())} figures above.")


def _listing_lines(listing: Listing) -> Iterator[str]:
    texts = [[value_text(one) for one in row] for row in listing.rows]
    widths = [
        max(len(row[place]) for row in [list(listing.columns), *texts])
        for place in range(len(listing.columns))
    ]
    yield from ("", listing.title)
    for row in [list(listing.columns), *texts]:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield (_INDENT + _INDENT.join(cells)).rstrip()


def _cited(one: Cited) -> str:
    return f"{one.what}: {fact_shown(one.fact)} - {one.fact.provenance()}"


def _cited_json(one: Cited) -> Json:
    return {
        "what": one.what,
        "value": _fact_value_json(one.fact),
        "source": one.fact.source,
        "status": one.fact.status,
        "note": one.fact.note,
    }


def _fact_value_json(fact: Fact[FactValue]) -> Json:
    if isinstance(fact.value, str):
        return fact.value
    if isinstance(fact.value, Quantity):
        return quantity(fact.value, fact.unit)
    return number(fact.value)


def _reason_json(one: Reason) -> Json:
    return {
        "rule": one.rule,
        "weight": one.weight.value,
        "text": one.text,
        "figures": [_cited_json(figure) for figure in one.figures],
    }


def _listing_json(one: Listing) -> Json:
    return {
        "title": one.title,
        "columns": list(one.columns),
        "rows": [[value_json(cell) for cell in row] for row in one.rows],
    }


def _disagreement_json(one: Disagreement) -> Json:
    return {
        "question": one.question,
        "used": one.used,
        "answers": [_cited_json(answer) for answer in one.answers],
    }
