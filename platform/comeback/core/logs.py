"""Structured logs by an allow list of keys: ids and counts, never personal data."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    [
        "event",
        "level",
        "timestamp",
        "logger",
        "job",
        "id",
        "ids",
        "attempt",
        "error",
        "dead",
        "exc_info",
        "exception",
        "shop_id",
        "order_id",
        "shipment_id",
        "return_id",
        "customer_id",
        "message_id",
        "refund_id",
        "count",
        "seconds",
        "status",
        "operation",
        "method",
        "path",
        "state",
        "kind",
        "code",
        "reason",
        "vendor",
        "port",
        "url",
        "pid",
        "name",
        "topic",
        "outcome",
        "size",
    ]
)


def only_allowed(_logger: Any, _method: str, values: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drops every key that is not on the list and says how many were dropped."""
    kept = {k: v for k, v in values.items() if k in ALLOWED}
    if len(kept) < len(values):
        kept["dropped"] = len(values) - len(kept)
    return kept


def _safe_trace(exc: Any) -> str:
    """Where it broke, without the message: texts of exceptions can carry what a customer typed."""
    kind, _value, trace = exc
    frames: list[str] = []
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f"{kind.__name__} at {' > '.join(frames[-8:])}"


def _format_exception(_logger: Any, _method: str, values: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    exc = values.pop("exc_info", None)
    if exc is True:
        exc = sys.exc_info()
    elif isinstance(exc, BaseException):
        exc = (type(exc), exc, exc.__traceback__)
    if isinstance(exc, tuple) and exc[0] is not None:
        values["exception"] = _safe_trace(exc)
    return values


def setup(level: str = "info") -> None:
    """Sends our logs to standard error as JSON lines and quietens libraries that log arguments."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _format_exception,
            only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    for noisy in ("arq", "httpx", "litestar", "stripe", "sqlalchemy"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
