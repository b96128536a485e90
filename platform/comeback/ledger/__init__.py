"""Owns the double entry ledger: append-only transactions whose entries sum to zero in each currency.

May import merchants and below. Publishes nothing.
"""
