"""Floor 2: programs, line, deliveries: exact arithmetic of what a pump does."""
