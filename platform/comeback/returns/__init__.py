"""Owns return cases, policies, receipts, settlements and exchanges.

May import shipments, payments, credits, orders, catalog, customers, ledger, merchants, core, kit.
Publishes return.* and exchange.* events.
"""
