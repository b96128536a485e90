"""Where the worker that tells receivers dies."""

CASES = tuple(
    f"webhook.{name}" for name in ("after_claim", "before_call", "after_call", "before_record", "after_record")
)
