"""The clinical rules that are asked with a sheet of fields: each topic in its own module."""
