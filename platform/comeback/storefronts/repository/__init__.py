"""SQL of the storefronts room, one file a subject."""
