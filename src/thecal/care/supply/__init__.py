"""Supply: compounding orders, their labels, the book of controlled drugs, the stock of kits."""
