"""Owns templates, planned and sent messages, their links, hits and unsubscribes.
May import customers, merchants, vendors.smtp, core and kit; blocks and guards are plugged in by wiring.
Publishes MessageAccepted, MessageFailed and MessageBlocked."""
