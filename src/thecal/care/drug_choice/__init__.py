"""Which drugs: consensus lines by edition, what excludes a drug, label status, evidence."""
