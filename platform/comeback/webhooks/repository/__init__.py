"""All SQL of webhooks: the queue of deliveries, and what people see and change."""
