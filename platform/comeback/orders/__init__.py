"""Owns orders: lines, tenders, units taken by cases, holds on marketing, and what may still be refunded.

May import customers, catalog, ledger and below. Publishes order.placed, order.updated, order.cancelled.
"""
