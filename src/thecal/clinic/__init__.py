"""The clinic: a Django application on the core: record, pages, documents."""
