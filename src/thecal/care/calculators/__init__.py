"""One file per family of calculators; each function returns a `Calculation` with its derivation."""
