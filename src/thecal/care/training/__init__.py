"""Training: a case with a hidden part, what happened in a run of it, and what that is worth."""
