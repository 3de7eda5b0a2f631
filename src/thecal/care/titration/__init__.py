"""From the start to the dose that works: next dose, earliest time, calendar, when to go back."""
