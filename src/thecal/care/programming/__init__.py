"""A program while it is drafted: what was typed, what the review says of it, what changes."""
