"""All SQL of flows: people on their way, and the flows themselves."""
