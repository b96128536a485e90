"""Owns: Shopify's protocols over the shop's memory: OAuth, Admin GraphQL and REST, webhooks.
May import: the storefront's memory and rules.
Publishes: `server.ShopifyApi`, `topics.outgoing`."""
