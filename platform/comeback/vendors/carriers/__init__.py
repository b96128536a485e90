"""Owns: carriers' adapters and the meaning of their codes.
May import: core, kit, vendors.errors.
Publishes: `base.Carrier`, `codes`, `sandbox.adapter.SandboxCarrier`."""
