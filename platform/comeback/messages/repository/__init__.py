"""All SQL of messages, by the one who asks: plan, queue, reading, templates, hits.
May import core and models.
Publishes nothing."""
