"""From a symptom back: what left the tip before it, what was in the line, what would explain it.

All of it is the replay of the record: a model, not a measurement.
"""

from thecal.care.look_back.causes import Explained, explain
from thecal.care.look_back.window import (
    Hour,
    LookBack,
    PressAnswer,
    look_back,
    window_span,
)

__all__ = ["Explained", "Hour", "LookBack", "PressAnswer", "explain", "look_back", "window_span"]
