"""Letters, orders, labels and sheets as pages to print: what `care` says, laid out."""

from thecal.report.documents.fit import Fit, fit_of
from thecal.report.documents.page import document_page
from thecal.report.documents.write import file_name, write_documents

__all__ = ["Fit", "document_page", "file_name", "fit_of", "write_documents"]
