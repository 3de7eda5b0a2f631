"""The form of every step, by its key; the dose decision has fields of its own beside it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from thecal.clinic.refill import arrival, drug, leaving, needle, pump
from thecal.clinic.refill.form import Form

FORMS: Mapping[str, Form] = MappingProxyType(
    {one.key: one for module in (arrival, drug, needle, pump, leaving) for one in module.FORMS}
)
