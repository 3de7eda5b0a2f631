"""Floor 4: the virtual pumps."""
