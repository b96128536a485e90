"""Owns: the agent's view under /api/studio (read models of every room, and the buttons that call their services).
May import: returns, shipments, payments, credits, messages, orders, customers, catalog, merchants, core, kit.
Publishes: nothing; it has no tables of its own."""
