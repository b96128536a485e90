"""Pure readers of the shops' bodies, and what is written back. One file a subject."""
