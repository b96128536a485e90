"""Use cases of the desk, one file a page."""
