"""Telemetry between a programmer and a pump: keys, session, update as one transaction, server."""
