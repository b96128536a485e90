"""Plan one message."""

from datetime import datetime
from typing import Literal

import msgspec

from comeback.flows.nodes.base import Moment, Node, Outcome


class Send(Node, frozen=True, kw_only=True, tag="send"):
    """A message from `template` to the customer; planned once per person and node, whatever is retried."""

    template: str
    class_: Literal["service", "marketing"] = msgspec.field(name="class", default="service")
    channel: Literal["email", "sms", "whatsapp"] = "email"
    topic: str | None = None
    next: str | None = None

    def ways(self) -> dict[str, str | None]:
        """See Node."""
        return {"next": self.next}

    def run(self, due_at: datetime | None, moment: Moment) -> Outcome:
        """What happens at `moment` to a person here; `due_at` is set where they already wait."""
        return Outcome("send", self.next)


def refusal(node: Send, address: str | None, may_market: bool, why_not: str) -> str:
    """Why the message is not even planned; empty where it is. Service needs no consent (GDPR art. 6(1)(b))."""
    if not address:
        return "no e-mail address" if node.channel == "email" else "no phone number"
    return (why_not or "no consent") if node.class_ == "marketing" and not may_market else ""
