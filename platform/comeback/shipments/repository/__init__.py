"""All SQL of the shipments room: parcels, carrier events, and what it reads of orders."""
