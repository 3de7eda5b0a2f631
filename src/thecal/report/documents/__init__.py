"""Letters, orders, labels and sheets as pages to print: what `care` says, laid out."""

from thecal.report.documents.fit import Fit, fit_of
from thecal.report.documents.page import document_page
from thecal.report.documents.pdf import document_pdf, pdf_fit
from thecal.report.documents.write import file_name, write_documents

__all__ = [
    "Fit",
    "document_page",
    "document_pdf",
    "file_name",
    "fit_of",
    "pdf_fit",
    "write_documents",
]
