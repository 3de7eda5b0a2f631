"""The figures of training, from `training_rules.csv`."""

from __future__ import annotations

from thecal.care.figures import Figures

RULES = Figures("training_rules", "rule")
