"""Outcomes: scores from the values of items, what changed, when to ask again, the four figures."""
