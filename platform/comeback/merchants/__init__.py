"""Owns: shops, staff and their sessions, roles, API keys, brand, connections to vendors, sending domains, audit log.
May import: vendors, core, kit.
Publishes: `/api/v1/shop`, `staff`, `api-keys`, `sending-domains`; other rooms ask `merchants.service`.
"""
