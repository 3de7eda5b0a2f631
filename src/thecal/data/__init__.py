"""Every constant of thecal, as versioned rows with source and status; see `README.md` here."""

from thecal.data.fact import NUMBER, PLAIN_UNITS, STATUSES, TEXT, Fact, FactValue, Status, fact_of
from thecal.data.tables import FACT_COLUMNS, Row, cached, rows, table_names, use_clinic_tables

__all__ = [
    "FACT_COLUMNS",
    "NUMBER",
    "PLAIN_UNITS",
    "STATUSES",
    "TEXT",
    "Fact",
    "FactValue",
    "Row",
    "Status",
    "cached",
    "fact_of",
    "rows",
    "table_names",
    "use_clinic_tables",
]
