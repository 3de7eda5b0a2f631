"""Floor 5: events, the therapy file, replay, and what is known now."""
