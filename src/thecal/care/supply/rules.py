"""The figures of supply, from `supply_rules.csv`."""

from __future__ import annotations

from thecal.care.figures import Figures

RULES = Figures("supply_rules")
