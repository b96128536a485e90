"""The roof: HTTP application, worker, command line, wiring, the local stack and demo data.

May import: everything. Nothing imports it.
"""
