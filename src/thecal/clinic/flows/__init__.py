"""Folds of the flows: the pathway, forms, trial, scan, troubleshooting, what is due."""
