"""What a file says: its text, its columns, its cells, its records. Pure."""
