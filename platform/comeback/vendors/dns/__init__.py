"""Owns: questions to the domain name system.
May import: core and kit.
Publishes: `resolver.Resolver`."""
