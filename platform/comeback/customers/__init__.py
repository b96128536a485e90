"""Owns: the people a shop sells to, the ledger of their consents, suppressed addresses.
May import: merchants and below.
Publishes: nothing."""
