"""Every page of information by the word in its address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from thecal.care.document import Document
from thecal.care.information import (
    comparison,
    glossary,
    journey,
    questions,
    recovery,
    scan,
    service,
)
from thecal.care.information.known import Known

PAGES: Mapping[str, Callable[[Known], Document]] = MappingProxyType(
    {
        journey.KIND: journey.journey_page,
        scan.KIND: scan.scan_page,
        recovery.KIND: recovery.recovery_page,
        service.KIND: service.service_page,
        questions.KIND: questions.questions_page,
        comparison.KIND: comparison.comparison_page,
        glossary.KIND: glossary.glossary_page,
    }
)
