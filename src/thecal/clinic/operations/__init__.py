"""Backup, restoring, rebuilding, redaction, serving."""
