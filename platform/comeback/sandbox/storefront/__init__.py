"""Owns: stand-ins for two shop systems (Shopify, WooCommerce), their memory, the desk that acts for shop and buyer.
May import: kit and the sandbox's own http, hooks, clock.
Publishes: `server.StorefrontSandbox`."""
