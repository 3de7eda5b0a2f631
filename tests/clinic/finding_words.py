"""What a page says of a finding: its severity in words, and behind it the check that speaks."""

from __future__ import annotations

import re


def tells(page: str, severity: str, check: str) -> bool:
    """Return whether a page shows a finding of a check under the words of a severity."""
    found = re.findall(r'<div class="finding.*?</div>', page, re.DOTALL)
    return any(
        f"<strong>{severity}:</strong>" in one and f'check-id">{check}<' in one for one in found
    )
