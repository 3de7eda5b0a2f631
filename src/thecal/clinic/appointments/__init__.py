"""The clinic's calendar: what it offers, who is booked, and a plan that a person confirms."""
