"""The patients of a clinic taken together: every figure is a fold of their streams."""
