"""Use cases of storefronts, one file a subject."""
