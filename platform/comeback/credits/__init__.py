"""Owns store credit: accounts, lots, append-only entries.

May import orders, customers, ledger, merchants, core, kit.
Publishes credit.issued and credit.redeemed.
"""
