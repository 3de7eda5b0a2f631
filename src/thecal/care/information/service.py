"""How often the pump is filled and when it is replaced, with what the sources disagree about.

Sources: workflow.md 1d S3.22, S3.23, 1c S2.13, 11; the model's own figures go before general ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.care.document import Document, Field, Grid, Section, Text
from thecal.care.information.known import CONSTANT_FLOW, Known
from thecal.care.information.words import tell
from thecal.care.papers.words import day, duration_days, item
from thecal.care.refill_interval.interval import DUE, TABLE, replacement
from thecal.device import PumpModel
from thecal.units import show_number

KIND = "service"
_OF_MODEL = (
    ("battery-life-low", "low"),
    ("battery-life-high", "high"),
    ("battery-shut-off", "shut-off"),
    ("design-life", "design"),
)


def service_page(known: Known) -> Document:
    """Return the page of refills and of the replacement."""
    return Document(
        kind=KIND,
        title=tell("title-service"),
        sections=(_refills(known), _replacement(known)),
        for_patient=True,
    )


def _refills(known: Known) -> Section:
    told = TABLE.every("any", "interval-told")
    rows = tuple(
        (tell(f"interval-told-{rank}"), Text.same(fact.provenance()))
        for rank, fact in enumerate(told, start=1)
    )
    return Section(
        tell("refills"),
        paragraphs=(tell("refill-why"),),
        fields=(Field(tell("refill-yours"), _refill_by(known), emphasis=True),),
        grid=Grid((tell("refill-told"), tell("life-who")), rows),
    )


def _refill_by(known: Known) -> Text:
    by, last = known.refill_by, known.last_fill
    if by is None:
        return tell("ask-clinic")
    if last is None or by <= last:
        return day(by)
    days = duration_days((by - last).days)
    return tell("refill-yours-days", day=day(by), days=days, filled=day(last))


def _replacement(known: Known) -> Section:
    paragraphs = [tell("life-conflict")]
    if known.model is not None and known.model.kind != CONSTANT_FLOW and not known.external:
        paragraphs.append(tell("life-alarm"))
    return Section(
        tell("replacement"),
        paragraphs=tuple(item(one) for one in paragraphs),
        fields=(Field(tell("life-yours"), _dates(known), emphasis=True),),
        grid=Grid((tell("life-years"), tell("life-who")), tuple(_lives(known.model))),
    )


def _dates(known: Known) -> Text:
    model = known.model
    if model is None or known.began is None:
        return tell("ask-clinic")
    if known.external:
        return tell("life-external")
    if model.kind == CONSTANT_FLOW:
        return tell("life-no-battery")
    found = replacement(model, known.began, known.today)
    last = day(found.ends_on)
    if found.state == DUE or found.plan_from <= known.today:
        return tell("life-over", last=last)
    return tell("life-yours-dates", plan=day(found.plan_from), last=last)


def _lives(model: PumpModel | None) -> Iterator[tuple[Text, Text]]:
    """Yield every answer, those of pumps in general first: none is left out."""
    lows, highs = TABLE.every("any", "life-low"), TABLE.every("any", "life-high")
    for low, high in zip(lows, highs, strict=True):
        span = tell("life-span", low=_years(low.value), high=_years(high.value))
        yield span, tell("life-general", source=high.provenance())
    for parameter, name in _OF_MODEL if model is not None else ():
        stated = None if model is None else model.facts.get(parameter)
        if model is None or stated is None:
            continue
        for fact in model.disagreements.get(parameter, (stated,)):
            years = tell("life-single", high=_years(fact.value))
            yield years, tell(f"life-model-{name}", source=fact.provenance())


def _years(value: object) -> str:
    assert isinstance(value, Fraction)
    return show_number(value)
