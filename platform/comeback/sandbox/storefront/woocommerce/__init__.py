"""Owns: WooCommerce's protocols over the shop's memory: REST v3 and webhooks.
May import: the storefront's memory and rules.
Publishes: `server.WooApi`, `webhooks.outgoing`."""
