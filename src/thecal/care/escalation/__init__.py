"""Watching a dose over years: escalation, tolerance, hyperalgesia, granuloma, use of boluses."""
