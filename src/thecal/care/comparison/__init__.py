"""Pump, spinal cord stimulation or systemic drugs: both sides of the evidence, nothing ranked."""
