"""What stands around every page, and what pages are made of."""
