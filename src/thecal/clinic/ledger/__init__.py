"""The record at work: writing, folding, what lists show, corrections, tasks."""
