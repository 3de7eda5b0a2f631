"""What makes the database itself refuse to change or delete an entry."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "clinic_entryrow"
_WORDS = "entries of the record are never changed or deleted"

_SQLITE = (
    f"""CREATE TRIGGER IF NOT EXISTS entry_never_changes BEFORE UPDATE ON {TABLE}
    BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END""",
    f"""CREATE TRIGGER IF NOT EXISTS entry_never_goes BEFORE DELETE ON {TABLE}
    BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END""",
)
_POSTGRESQL = (
    f"""CREATE OR REPLACE FUNCTION entry_never_changes() RETURNS trigger AS $$
    BEGIN RAISE EXCEPTION '{_WORDS}'; END $$ LANGUAGE plpgsql""",
    f"DROP TRIGGER IF EXISTS entry_never_changes ON {TABLE}",
    f"""CREATE TRIGGER entry_never_changes BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION entry_never_changes()""",
    f"DROP TRIGGER IF EXISTS entry_never_truncated ON {TABLE}",
    f"""CREATE TRIGGER entry_never_truncated BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION entry_never_changes()""",
)


def install(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the triggers. Every migration that remakes the table has to end with this."""
    for statement in _SQLITE if editor.connection.vendor == "sqlite" else _POSTGRESQL:
        editor.execute(statement)
