"""What the program's own log says of a failure: where, and of what sort, never the words.

The words of an exception may hold what somebody typed, and a query's may hold a name.
"""

from __future__ import annotations

import copy
import logging
import traceback


class QuietFormatter(logging.Formatter):
    """Formats a record without the text of its exception and of those that caused it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the message, then the places and the sorts of the exceptions."""
        quiet = copy.copy(record)
        quiet.exc_info = quiet.exc_text = quiet.stack_info = None
        error = record.exc_info[1] if record.exc_info else None
        return "\n".join([super().format(quiet), *_places(error)])


def _places(error: BaseException | None) -> list[str]:
    lines: list[str] = []
    while error is not None:
        lines.append(type(error).__qualname__)
        for place in traceback.extract_tb(error.__traceback__):
            lines.append(f"  {place.filename}:{place.lineno} in {place.name}")
        error = error.__cause__ or error.__context__
    return lines
