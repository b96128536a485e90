"""Owns: every call to Stripe; the only folder that imports its client.
May import: vendors.errors, core, kit.
Publishes: `gateway.StripeGateway` and the structs of `schemas`."""
