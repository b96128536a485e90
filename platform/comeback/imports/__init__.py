"""Owns imports of files: orders, shipments, products as CSV; their columns, mappings and bad rows.

May import orders, shipments, catalog, merchants, core, kit.
Publishes nothing of its own: the rooms that take the rows in publish.
"""
