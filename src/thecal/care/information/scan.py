"""What to say before a scan, and what it does to this model (workflow.md 2.M, 1d S3.24)."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.document import Document, Field, Section, Text
from thecal.care.information.known import Known
from thecal.care.information.words import listed, remembered, tell
from thecal.care.mri_visit.steps import AFTER, BEFORE, during, scan_steps
from thecal.care.names import device_name, drug_names
from thecal.care.papers.scan import step_text
from thecal.care.papers.scan_status import scan_notes, scan_status
from thecal.care.papers.words import duration, say
from thecal.device import PumpModel
from thecal.safety.scan import CONTINUES, behaviour_in_scanner
from thecal.units import Duration

KIND = "scan"


def scan_page(known: Known) -> Document:
    """Return the page for a scan; the model decides what is said of an MRI."""
    model = known.model
    sections = [listed(tell("tell"), (tell("scan-say"), tell("scan-say-yourself")))]
    if model is None:
        sections.append(Section(tell("scan-your-pump"), paragraphs=(tell("no-pump"),)))
    else:
        sections += _of_model(known, model)
    others = (tell("scan-ct"), tell("scan-diathermy"))
    sections.append(listed(tell("scan-others"), others))
    return Document(
        kind=KIND,
        title=tell("title-scan-page"),
        sections=tuple(sections),
        footnotes=() if model is None else scan_notes(model),
        for_patient=True,
    )


def scan_words(model: PumpModel) -> Text:
    """Return what an MRI does to a model and what has to be done, for the patient."""
    return remembered(tell(f"scan-{behaviour_in_scanner(model)}"), during(model))


def _of_model(known: Known, model: PumpModel) -> Iterator[Section]:
    yield Section(
        tell("scan-your-pump"),
        paragraphs=(scan_words(model), *_more(known, model)),
        fields=(
            Field(say("pump"), device_name(model.id, model.name), emphasis=True),
            Field(say("mri-status"), scan_status(model), emphasis=True),
        ),
    )
    for phase, heading in ((BEFORE, "scan-before-clinic"), (AFTER, "scan-after-clinic")):
        steps = [step_text(model, one) for one in scan_steps(model) if one.phase == phase]
        if steps:
            yield listed(tell(heading), steps)


def _more(known: Known, model: PumpModel) -> Iterator[Text]:
    if known.hazards and behaviour_in_scanner(model) != CONTINUES:
        yield tell("scan-hazard", drugs=drug_names(known.hazards))
    wait = model.facts.get("mri-interrogate-after")
    if wait is not None:
        told = tell("scan-read-wait", wait=duration(wait.of_kind(Duration).value))
        yield remembered(told, wait)
