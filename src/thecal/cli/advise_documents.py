"""The documents of an advice on the disk, and what is said of them on standard error."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from itertools import product
from pathlib import Path

from thecal.care.advice import Advice
from thecal.care.document import LANGUAGES, Document
from thecal.cli.overwrite import check_overwrite
from thecal.report.documents import Fit, file_name, fit_of, write_documents
from thecal.safety.finding import Verdict, verdict_of


def write_documents_of(
    advice: Advice, documents: Sequence[Document], options: argparse.Namespace
) -> list[Path]:
    """Write the documents of an advice to `--documents` and return their files.

    What a person has to know of them goes to standard error.

    Raises
    ------
    UsageError
        If one is there already and `--overwrite` is not given.
    BadFileError
        If the folder cannot be written to.
    """
    languages = LANGUAGES if options.language is None else (options.language,)
    for document, language in product(documents, languages):
        path = options.documents / file_name(document, language)
        check_overwrite(options, path, partial(str, document.title.en))
    if not documents:
        refused = verdict_of(advice.findings) is Verdict.REFUSED
        why = "the advice refuses, and says why" if refused else "none follows from this answer"
        _say(f"no document is written: {why}")
        return []
    open_checks = tuple(one.check for one in advice.findings if one.blocks)
    written = write_documents(documents, options.documents, languages, open_checks=open_checks)
    for document, language in product(documents, languages):
        if fit_of(document, language) is Fit.TOO_LONG:
            _say(f"{file_name(document, language)} may need more than the one page it should")
    return written


def _say(line: str) -> None:
    print(f"thecal: {line}", file=sys.stderr)
