"""Owns Shopify's protocols: the Admin GraphQL API, webhook signatures, OAuth.
May import: core, kit, vendors.errors, vendors.storefronts.
Publishes: ShopifyStorefront (a Storefront) and ShopifyOAuth."""
