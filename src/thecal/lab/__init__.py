"""Floor 7: what is worked out over patients and years: economics."""
