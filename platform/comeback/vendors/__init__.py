"""Owns: one folder for each outside company, speaking our structs; its SDK is imported nowhere else.
May import: core and kit; knows no room above.
Publishes: `errors`, `stripe.gateway.StripeGateway`, `carriers.base.Carrier` and its adapters, `smtp`."""
