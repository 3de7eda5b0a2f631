"""What the pages of one patient show."""
