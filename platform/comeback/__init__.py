"""Comeback: returns and post-purchase marketing for online shops."""
