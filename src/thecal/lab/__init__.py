"""Floor 7: what is computed at length over patients and years: proposals, economics."""
