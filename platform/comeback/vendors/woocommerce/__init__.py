"""Owns WooCommerce's protocols: REST v3, webhook signatures.
May import: core, kit, vendors.errors, vendors.storefronts.
Publishes: adapter.WooStorefront (a Storefront)."""
