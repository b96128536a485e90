"""Owns templates, planned and sent messages, their links, hits and unsubscribes.
May import customers, merchants, vendors.smtp, core and kit; blocks and guards are plugged in by wiring.
Publishes message.accepted and message.failed."""
