"""Floor 3: checks and verdicts over a Situation."""
