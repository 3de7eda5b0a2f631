"""Writing the documents of an advice: every page, or none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from thecal.care.document import Document, Language
from thecal.errors import DataError
from thecal.report.documents.page import document_page
from thecal.report.write import check_folder, write_files


def file_name(document: Document, language: Language) -> str:
    """Return the name of a document's file, as in `selection-letter.de.html`."""
    return f"{document.kind}.{language}.html"


def write_documents(
    documents: Sequence[Document],
    folder: Path,
    languages: Sequence[Language],
    *,
    open_checks: tuple[str, ...] = (),
) -> list[Path]:
    """Write each document in each language into `folder`, whole or not at all.

    Parameters
    ----------
    folder
        Is created where it is missing; what stands in the place of a page is lost.
    open_checks
        Ids of the checks whose questions are open.

    Returns
    -------
    The files written, in the order of the documents.

    Raises
    ------
    BadFileError
        If the folder cannot be written to, or something stands in the place of a page.
    DataError
        If two documents are of one kind.
    """
    pages = {
        file_name(document, language): document_page(document, language, open_checks=open_checks)
        for document in documents
        for language in languages
    }
    if len(pages) < len(documents) * len(languages):
        raise DataError("two documents are of one kind", remedy="give each a kind of its own")
    for name in pages:
        check_folder(folder, name)
    write_files(folder, {name: page.encode("utf-8") for name, page in pages.items()})
    return [folder / name for name in pages]
