"""Floor 7: the report of a run, one self-contained page with its figures."""

from thecal.report.write import write_report

__all__ = ["write_report"]
