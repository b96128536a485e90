"""Demo data: two invented shops with products, customers, orders, parcels and returns; the same on every machine."""
