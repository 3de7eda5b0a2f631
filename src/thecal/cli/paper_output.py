"""A paper on the disk as PDF or HTML, or on the terminal as text or JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from thecal.care.document import Document, Field, Section
from thecal.cli.overwrite import check_overwrite
from thecal.report.documents import Fit, document_page, document_pdf, fit_of, pdf_fit
from thecal.report.documents.localised import localised
from thecal.report.write import check_folder, write_files

PDF, HTML = ".pdf", ".html"
ENDINGS = (PDF, HTML)


def write_paper(document: Document, made_at: datetime, options: argparse.Namespace) -> None:
    """Write a paper to `--out`, and say on standard error where one page is not enough.

    Parameters
    ----------
    made_at
        Stands in a PDF as the time of its making: that of the record, so that the same record
        gives the same bytes.

    Raises
    ------
    UsageError
        If something is there and `--overwrite` is not given.
    BadFileError
        If the file cannot be written.
    """
    path, language = options.out, options.language
    check_overwrite(options, path, partial(str, path.name))
    check_folder(path.parent, path.name)
    if path.suffix == PDF:
        fit, pages = pdf_fit(document, language)
        content = document_pdf(document, language, made_at=made_at)
    else:
        fit, pages = fit_of(document, language), None
        content = document_page(document, language).encode("utf-8")
    write_files(path.parent, {path.name: content})
    if fit is Fit.TOO_LONG:
        print(f"thecal: {path.name} needs more than the one page it should", file=sys.stderr)
    if options.json:
        answer = {"kind": document.kind, "file": str(path), "fit": fit.value, "pages": pages}
        print(json.dumps(answer, indent=1))
    else:
        print(f"{document.title.get(language)}: {path}")


def print_paper(document: Document, options: argparse.Namespace) -> None:
    """Print what a paper says as text or JSON."""
    if options.json:
        print(json.dumps(_content(document, options), indent=1, ensure_ascii=False))
    else:
        print("\n".join(_lines(document, options)))


def _content(document: Document, options: argparse.Namespace) -> dict[str, object]:
    say = partial(localised, language=options.language)

    def section(one: Section) -> dict[str, object]:
        grid = one.grid
        return {
            "heading": say(one.heading),
            "paragraphs": [say(text) for text in one.paragraphs],
            "fields": [
                {"label": say(f.label), "value": say(f.value), "emphasis": f.emphasis}
                for f in one.fields
            ],
            "columns": [] if grid is None else [say(text) for text in grid.columns],
            "rows": [] if grid is None else [[say(text) for text in row] for row in grid.rows],
            "signatures": [say(text) for text in one.signatures],
        }

    return {
        "kind": document.kind,
        "title": say(document.title),
        "language": options.language,
        "sections": [section(one) for one in document.sections],
        "footnotes": [say(text) for text in document.footnotes],
    }


def _lines(document: Document, options: argparse.Namespace) -> Iterator[str]:
    say = partial(localised, language=options.language)

    def line(field: Field) -> str:
        return f"  {'*' if field.emphasis else ' '} {say(field.label)}: {say(field.value)}"

    yield say(document.title)
    if document.whose is not None:
        yield say(document.whose)
    for one in document.sections:
        yield ""
        yield say(one.heading)
        yield from (f"    {say(text)}" for text in one.paragraphs)
        yield from map(line, one.fields)
        if one.grid is not None:
            for row in (one.grid.columns, *one.grid.rows):
                yield "    " + " | ".join(say(text).replace("\n", "; ") for text in row)
        yield from (f"    {say(text)}: ________________" for text in one.signatures)
    yield ""
    yield from (f"- {say(text)}" for text in document.footnotes)
