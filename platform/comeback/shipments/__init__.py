"""Owns parcels in both directions: their events, the pure fold to a status, milestones, labels, the tracking view.
May import: orders, messages, customers, catalog, ledger, merchants, vendors, core, kit.
Publishes: shipment.* and return_shipment.* events; a block provider, a timeline provider and job functions."""
