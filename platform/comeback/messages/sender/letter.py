"""One mail: a claimed row, its template and its data become signed bytes. No session, no input or output."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from comeback.core.settings import Settings
from comeback.kit.tokens import Signer
from comeback.messages.mime.builder import Mail, build
from comeback.messages.mime.dkim import signed
from comeback.messages.render.render import Bound, Links, Rendered, render
from comeback.messages.repository.queue import Claimed
from comeback.messages.sender import addresses
from comeback.messages.sender.stationery import Sender, Stationery


@dataclass(slots=True)
class Letter:
    """A mail ready to be handed over. `context`: what it was rendered from. `fresh`: made now, not taken from store."""

    claimed: Claimed
    mime: bytes
    sender_path: str
    message_id: str = ""
    subject: str = ""
    version: int = 0
    date: datetime | None = None
    offers: bool = False
    urls: list[str] = field(default_factory=list)
    context: dict[str, Any] = field(default_factory=dict)
    sending_domain_id: UUID | None = None
    fresh: bool = True


class Writer:
    """Writes letters; holds what is the same for all of them."""

    def __init__(self, settings: Settings, signer: Signer) -> None:
        self.base, self.signer = settings.base_url.rstrip("/"), signer
        self.bounce_domain = settings.mail.domain
        self.secret = settings.secret_key.reveal()

    def stored(self, claimed: Claimed, mime: bytes) -> Letter:
        """A letter from frozen bytes: the same Message-ID, the same Date, byte for byte."""
        return Letter(claimed, mime, self._path(claimed.id), offers=claimed.offers, fresh=False)

    def write(
        self, claimed: Claimed, stationery: Stationery, template: tuple[int, Bound], data: dict[str, Any], now: datetime
    ) -> Letter:
        """Renders, builds and signs.

        Raises:
            MissingVariable, BadTemplate, BadHeader: this one mail cannot be made.
        """
        version, bound = template
        marketing = claimed.class_ == "marketing" or any(name in data for name in bound.compiled.marketing)
        links, pixel, unsubscribe = self._marks(claimed, stationery, marketing)
        marks = {"unsubscribe_url": unsubscribe, "opt_out_url": unsubscribe} if unsubscribe else {}
        rendered = render(bound, {**data, **marks}, links, pixel)
        sender = stationery.senders[claimed.class_]
        date = claimed.mime_date or now
        message_id = f"{claimed.id}@{sender.domain}"
        raw = build(self._mail(claimed, stationery, sender, rendered, message_id, date, unsubscribe))
        mime = signed(raw, sender.key, int(date.timestamp())) if sender.key else raw
        return Letter(
            claimed, mime, self._path(claimed.id), message_id, rendered.subject, version, date, rendered.marketing,
            links.urls if links else [], data, sender.sending_domain_id,
        )  # fmt: skip

    def _marks(
        self, claimed: Claimed, stationery: Stationery, marketing: bool
    ) -> tuple[Links | None, str | None, str | None]:
        shop, message = claimed.shop_id, claimed.id
        unsubscribe = addresses.unsubscribe_url(self.base, self.signer, shop, message) if marketing else None
        if not stationery.tracking:
            return None, None, unsubscribe
        prefix = addresses.click_prefix(self.base, self.signer, shop, message)
        return Links(lambda n: f"{prefix}{n}"), addresses.pixel_url(self.base, self.signer, shop, message), unsubscribe

    def _mail(
        self, claimed: Claimed, stationery: Stationery, sender: Sender, rendered: Rendered, message_id: str,
        date: datetime, unsubscribe: str | None,
    ) -> Mail:  # fmt: skip
        extra = [("X-Message-Ref", str(claimed.id))]
        if claimed.class_ == "service":
            extra.append(("Auto-Submitted", "auto-generated"))
        if unsubscribe and rendered.marketing:
            extra += [
                ("List-Unsubscribe", f"<{unsubscribe}>"),
                ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
                ("Feedback-ID", f"{claimed.template}:{claimed.class_}:{claimed.shop_id.hex}:comeback"),
            ]
        if claimed.class_ == "marketing":
            extra.append(("List-Id", f"<{claimed.template.replace('_', '-')}.{sender.domain}>"))
        return Mail(
            sender_name=stationery.name, sender=sender.address, to_name=None, to=claimed.recipient,
            subject=rendered.subject, date=date, message_id=message_id, text=rendered.text, html=rendered.html,
            reply_to=stationery.reply_to, extra=extra,
        )  # fmt: skip

    def _path(self, message: UUID) -> str:
        return addresses.return_path(message, self.bounce_domain, self.secret)
