"""Prometheus metrics; labels never carry personal data or ids of shops."""

from prometheus_client import Counter, Gauge, Histogram

JOBS = Counter("comeback_jobs_total", "Outbox rows by job and outcome", ["job", "outcome"])
REQUESTS = Histogram(
    "comeback_request_seconds", "Requests by operation and status class", ["operation", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)  # fmt: skip
INBOX = Counter("comeback_inbox_total", "Webhook deliveries by kind and outcome", ["kind", "outcome"])
MESSAGES = Counter("comeback_messages_total", "Messages by class and state", ["message_class", "state"])
WEBHOOKS = Counter("comeback_webhooks_total", "Outgoing webhook calls by outcome", ["outcome"])
HITS = Counter("comeback_hits_total", "Opens and clicks recorded", ["kind"])
REFUNDS = Counter("comeback_refunds_total", "Refund attempts by state", ["state"])
OUTBOX_DEAD = Gauge("comeback_outbox_dead", "Outbox rows that gave up")
OUTBOX_LAG = Gauge("comeback_outbox_lag_seconds", "Age of the oldest due outbox row")
INVARIANTS = Gauge("comeback_invariant_offences", "Rows that break a promise, as of last night", ["invariant"])
