"""The pages, one module per part of the work; each reads a request, calls the core, renders."""
