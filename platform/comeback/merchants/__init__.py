"""Owns: shops, staff and their sessions, roles, API keys, brand, connections to vendors, sending domains, audit log.
May import: core, kit.
Publishes: nothing; other rooms ask `merchants.service`.
"""
