"""Owns products, variants, places, stock, its reservations and its append-only moves.

May import merchants and below. Publishes nothing.
"""
