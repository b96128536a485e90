"""Owns: the adapter of the rehearsal carrier.
May import: vendors.carriers.base, vendors.errors, core, kit.
Publishes: `adapter.SandboxCarrier`."""
