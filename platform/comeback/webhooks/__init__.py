"""Owns outgoing webhooks: endpoints, their secrets, deliveries, the log of attempts, notices about endpoints.

May import merchants, vendors, core, kit.
Publishes nothing: it tells receivers outside what other rooms published.
"""
