"""Floor 6: what a clinician computes and plans. In this release: calculators and the refill."""
