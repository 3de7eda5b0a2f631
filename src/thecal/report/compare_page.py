"""The page of a comparison: what differs first, then key figures, maps and courses."""

from __future__ import annotations

from thecal import BANNER, __version__
from thecal.body.course import UsedFact
from thecal.report.body_notes import band_words, stand_in_lines
from thecal.report.body_tables import body_balance_table, facts_table, stand_ins_table
from thecal.report.compare_courses import (
    draw_effect_pair,
    draw_levels_pair,
    draw_plasma_pair,
    effect_names,
)
from thecal.report.compare_differences import differences_table
from thecal.report.compare_heat import View, draw_heat_pair, views_of
from thecal.report.compare_keys import key_figures_tables
from thecal.report.compare_side import Pair, Side
from thecal.report.figure import Figure
from thecal.report.findings import standing
from thecal.report.page import Page, render
from thecal.report.words import when


def build_comparison(pair: Pair) -> Page:
    """Return the page of two runs side by side; the same runs give the same page."""
    views = views_of(pair)
    drugs = [(drug, _drug_figures(pair, views, drug)) for drug in pair.drugs] if views else []
    effects = [draw_effect_pair(pair, views, name) for name in effect_names(views)]
    figures = (*(one for _, found in drugs for one in found), *effects)
    both = {
        "stand_ins": stand_ins_table(
            dict.fromkeys((*pair.a.body.stand_ins, *pair.b.body.stand_ins))
        ),
        "facts": facts_table(_facts(pair)),
        "notes": list(dict.fromkeys((*pair.a.body.notes, *pair.b.body.notes))),
    }
    html = render(
        "compare.html",
        banner=BANNER,
        version=__version__,
        sides=[_side(letter, side) for letter, side in pair.named],
        differences=differences_table(pair),
        keys=key_figures_tables(pair),
        alone=_alone(pair),
        lacking=stand_in_lines(pair.bodies, pair.drugs),
        drugs=drugs,
        effects=effects,
        balances=[(letter, body_balance_table(side.body)) for letter, side in pair.named],
        numbers={figure.name: index for index, figure in enumerate(figures, start=1)},
        **both,
    )
    return Page(html, figures)


def _drug_figures(pair: Pair, views: list[View], drug: str) -> list[Figure]:
    return [
        *(draw_heat_pair(pair, view, drug) for view in views),
        *(draw_levels_pair(pair, view, drug) for view in views),
        draw_plasma_pair(pair, views, drug),
    ]


def _side(letter: str, side: Side) -> dict[str, str]:
    therapy = side.therapy
    return {
        "letter": letter,
        "file": side.file_name,
        "patient": therapy.patient.id,
        "run": f"{when(therapy, side.start)} to {when(therapy, side.result.end)}",
        "standing": standing(side.answer, as_recorded=side.as_recorded),
        "band": band_words(side.body),
    }


def _alone(pair: Pair) -> list[str]:
    """Say which drug reaches the body on one side only."""
    return [
        f"{drug.capitalize()} reaches the body only in {letter}."
        for letter, side, other in (("A", pair.a, pair.b), ("B", pair.b, pair.a))
        for drug in side.drugs
        if drug not in other.drugs
    ]


def _facts(pair: Pair) -> list[UsedFact]:
    found = (*pair.a.body.facts, *pair.b.body.facts)
    return list({(one.owner, one.parameter, repr(one.fact)): one for one in found}.values())
