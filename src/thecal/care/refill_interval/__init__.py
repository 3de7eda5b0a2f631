"""How often a pump is refilled and when it is replaced, with what the sources tell patients."""
