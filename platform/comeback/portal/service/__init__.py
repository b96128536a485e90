"""Use cases of the customer pages, one file a subject."""
