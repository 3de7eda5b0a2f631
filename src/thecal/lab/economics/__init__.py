"""Economics of a pump: curves, break-even, cost per year in full health, and how sure they are."""
