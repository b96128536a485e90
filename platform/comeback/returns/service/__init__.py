"""The use cases of returns, one file a subject; other rooms call them as `returns.service.<name>`."""

from comeback.returns.service.creating import create_return
from comeback.returns.service.deciding import approve, cancel, decline, expire
from comeback.returns.service.inbox import CaseView, case_view, inbox_counts, list_cases
from comeback.returns.service.loading import find, known_id
from comeback.returns.service.options import options
from comeback.returns.service.policies import draft, list_policies, publish
from comeback.returns.service.quoting import quote_return
from comeback.returns.service.receiving import receive, revise
from comeback.returns.service.settling import due_now, settle, settled_units
from comeback.returns.service.tokens import by_token, label_of, status_url
from comeback.returns.service.viewing import get_case, get_settlement, receipt_out

__all__ = [
    "CaseView",
    "approve",
    "by_token",
    "cancel",
    "case_view",
    "create_return",
    "decline",
    "draft",
    "due_now",
    "expire",
    "find",
    "get_case",
    "get_settlement",
    "inbox_counts",
    "known_id",
    "label_of",
    "list_cases",
    "list_policies",
    "options",
    "publish",
    "quote_return",
    "receipt_out",
    "receive",
    "revise",
    "settle",
    "settled_units",
    "status_url",
]
