"""The mechanisms every room stands on: unit of work, outbox, inbox, tenancy, failpoints, and their helpers.

May import: kit. Publishes nothing of its own.
"""
