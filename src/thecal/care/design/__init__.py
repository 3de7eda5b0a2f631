"""Flex schedules and patient boluses from a symptom diary, within limits and on the pump's grid."""
