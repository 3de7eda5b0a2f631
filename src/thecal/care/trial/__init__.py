"""Trials: doses, times, observation, scores, verdict, first daily dose, hand-over."""
