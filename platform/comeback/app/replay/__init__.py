"""A real shop's year through the running product: `comeback replay`."""
