"""The refill visit in the record: its entries, what is known at it, its steps, its end."""
