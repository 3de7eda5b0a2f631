"""Schedules that track a diary at the effect site, beside the plain ones, with a band."""
