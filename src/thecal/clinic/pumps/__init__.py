"""Virtual pumps of the clinic and the talk with them."""
