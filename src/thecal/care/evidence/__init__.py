"""The evidence library: references as data, what each supports, and whether a citation holds."""
