"""Programs on a page: drafts and orders."""
