"""Floor 7: every document, plot and page for people."""
