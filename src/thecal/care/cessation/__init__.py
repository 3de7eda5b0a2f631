"""Ending a therapy or taking it up again: weaning by class, cover, and the dose after a gap."""
