"""SQL of the desk: read models over the tables of the rooms below, one file a page."""
