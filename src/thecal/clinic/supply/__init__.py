"""Supply of the clinic: orders, labels, the book of controlled drugs, the stock of kits."""
