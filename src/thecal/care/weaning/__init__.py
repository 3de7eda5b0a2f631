"""Lowering systemic opioids around a pump, and the low-dose protocols that follow."""
