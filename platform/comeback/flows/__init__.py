"""Owns: flows, their frozen versions, enrolments of people and the steps they took.
May import: messages, orders, offers, shipments and below; never returns, whose events it only hears.
Publishes: nothing; it plans messages."""
