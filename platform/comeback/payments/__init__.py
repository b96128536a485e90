"""Owns refund attempts, their observations and payout tasks.

May import orders, merchants, ledger, customers, vendors, core, kit.
Publishes refund.created, refund.submitted, refund.succeeded, refund.failed.
"""
