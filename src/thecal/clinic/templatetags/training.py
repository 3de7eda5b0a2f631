"""The training box on the pages of a run's patient."""

from __future__ import annotations

from typing import Any

from django import template

from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.truth import UnreadableCaseError
from thecal.clinic.training.box import Box

register = template.Library()


@register.inclusion_tag("clinic/training_box.html", takes_context=True)
def training_box(context: dict[str, Any]) -> dict[str, Any]:
    """Return what the box of a page shows; nothing outside of a learner's own run."""
    request, chart = context["request"], context.get("chart")
    run = getattr(request, "run", None)
    if run is None or not isinstance(chart, Chart) or run.learner_id != request.member.pk:
        return {}
    box = Box(chart, request.clinic, run)
    try:
        _ = box.case
    except UnreadableCaseError as error:
        return {"error": error, "run": run}
    return {
        "box": box,
        "to_do": box.to_do_on(context.get("here", "")),
        "run": run,
        "chart": chart,
        "here": request.path,
        "csrf_token": context.get("csrf_token"),
    }
