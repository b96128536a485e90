"""Owns: stand-ins with memory that speak the real protocols (stripe, carrier, mailbox) and their control.
May import: kit.
Publishes: `server.serve`, `server.running`, `config.SandboxConfig`; `python -m comeback.sandbox`."""
