"""The section of the body: heat maps, courses and effects, and the tables under them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.body.course import BodyCourse
from thecal.report.body_columns import drawable
from thecal.report.body_notes import band_words, stand_in_lines
from thecal.report.body_tables import body_balance_table, facts_table, stand_ins_table
from thecal.report.figure import Figure, Table
from thecal.report.figure_body_courses import draw_levels_courses, draw_plasma
from thecal.report.figure_body_effects import draw_effect
from thecal.report.figure_body_heat import draw_heat
from thecal.therapy.events import Therapy


@final
@dataclass(frozen=True, slots=True)
class BodyPart:
    """What the template lays out; `drugs` are pairs of a drug and its figures.

    `lacking` says whose figures stand in for those that the drugs lack.
    """

    band: str
    drugs: tuple[tuple[str, tuple[Figure, ...]], ...]
    effects: tuple[Figure, ...]
    balance: Table
    lacking: tuple[str, ...]
    stand_ins: Table
    facts: Table
    notes: tuple[str, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure in its order on the page."""
        return (*(one for _, figures in self.drugs for one in figures), *self.effects)


def body_part(therapy: Therapy, body: BodyCourse) -> BodyPart:
    """Return the section of one run; a run without any length has tables alone."""
    windows = drawable(body)
    drugs = tuple(
        (drug, _drug_figures(therapy, body, drug)) for drug in (windows[0].drugs if windows else ())
    )
    names = [effect.name for effect in windows[0].effects] if windows else []
    return BodyPart(
        band=band_words(body),
        drugs=drugs,
        effects=tuple(draw_effect(therapy, body, name) for name in names),
        balance=body_balance_table(body),
        lacking=tuple(stand_in_lines([body], body.balance)),
        stand_ins=stand_ins_table(body.stand_ins),
        facts=facts_table(body.facts),
        notes=body.notes,
    )


def _drug_figures(therapy: Therapy, body: BodyCourse, drug: str) -> tuple[Figure, ...]:
    windows = drawable(body)
    return (
        *(draw_heat(therapy, body, window, drug) for window in windows),
        *(draw_levels_courses(therapy, body, window, drug) for window in windows),
        draw_plasma(therapy, body, drug),
    )
