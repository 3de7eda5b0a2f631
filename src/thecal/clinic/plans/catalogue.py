"""Every topic that a page asks, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from thecal.clinic.plans.cessation import CESSATION
from thecal.clinic.plans.compounding import COMPOUNDING
from thecal.clinic.plans.escalation import ESCALATION
from thecal.clinic.plans.plan import Plan
from thecal.clinic.plans.selection import SELECTION
from thecal.clinic.plans.titration import TITRATION
from thecal.clinic.plans.weaning import WEANING

PLANS: Mapping[str, Plan] = MappingProxyType(
    {one.topic: one for one in (SELECTION, TITRATION, ESCALATION, WEANING, CESSATION, COMPOUNDING)}
)
