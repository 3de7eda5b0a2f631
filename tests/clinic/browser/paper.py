"""What stands on printed paper."""

from __future__ import annotations

import shutil
import subprocess

import pytest


def text_of_pdf(content: bytes) -> str:
    """Return the words of a PDF, each line break and no-break space a plain space."""
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.fail("these tests need pdftotext: install `poppler-utils`", pytrace=False)
    done = subprocess.run([tool, "-", "-"], input=content, capture_output=True, check=True)
    return " ".join(done.stdout.decode().replace("\u00a0", " ").split())
