"""What the rooms above are told of a mail with marketing in it: a reserved coupon stands or falls with the mail."""

from comeback.core import clock
from comeback.messages.events import MessageAccepted, MessageFailed
from comeback.messages.repository.queue import Claimed


def accepted(claimed: Claimed) -> MessageAccepted:
    """The receiving server took it."""
    return MessageAccepted(
        occurred_at=clock.now(), message_id=claimed.id, send_key=claimed.send_key,
        order_id=claimed.subjects.get("order"), customer_id=claimed.customer_id,
    )  # fmt: skip


def failed(claimed: Claimed, reason: str) -> MessageFailed:
    """It will not arrive."""
    return MessageFailed(
        occurred_at=clock.now(), message_id=claimed.id, send_key=claimed.send_key, reason=reason[:200],
        order_id=claimed.subjects.get("order"), customer_id=claimed.customer_id,
    )  # fmt: skip
