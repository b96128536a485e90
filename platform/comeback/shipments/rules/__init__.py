"""Pure decisions of the shipments room: no session, no await, no clock reads."""
