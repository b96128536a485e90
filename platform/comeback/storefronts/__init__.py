"""Owns connections to shop systems: intake of their webhooks, back-fill, reconciliation, what is written back.
May import: returns, credits, offers, payments, shipments, orders, customers, catalog, merchants, vendors, core, kit.
Publishes: storefront.connected, storefront.disconnected."""
