"""The bundle of measures against infection before an implantation, as a list to tick."""

from __future__ import annotations

from thecal.care.advice import Listing, Reason, Weight
from thecal.care.selection.rules import cited, entries

RULE = "infection-bundle"
_EVIDENCE = "infection-bundle-evidence"


def bundle_steps() -> tuple[str, ...]:
    """Return the ids of the measures, in order."""
    return tuple(entries("selection_rules", "rule")[RULE])


def bundle_listing(done: frozenset[str]) -> Listing:
    """Return the measures with what is done, and where each comes from."""
    rows = []
    for step, answers in entries("selection_rules", "rule")[RULE].items():
        fact = answers[0].of_kind(str)
        text = f"{fact.value} ({fact.note})" if fact.note else fact.value
        rows.append((text, "done" if step in done else "to do", fact.provenance()))
    return Listing("Infection bundle", ("measure", "standing", "source"), tuple(rows))


def bundle_reason(done: frozenset[str]) -> Reason:
    """Return a note on what the bundle did in one centre; it decides nothing."""
    count, all_steps = len(done), len(bundle_steps())
    text = f"{count} of {all_steps} measures against infection are done; the rest before implanting"
    figures = cited(_EVIDENCE, "infection-before", "infection-after", "carriers")
    return Reason(RULE, Weight.NOTE, text, figures)
