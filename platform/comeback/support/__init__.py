"""Owns tickets, their messages, and macros.

May import shipments, orders, messages, customers, merchants, core, kit.
Publishes ticket.* events.
"""
