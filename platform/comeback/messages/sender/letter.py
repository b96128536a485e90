"""One mail: a claimed row, its template and its data become signed bytes. No session, no input or output."""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from comeback.core.settings import Settings
from comeback.kit.tokens import Signer
from comeback.messages.mime import dkim
from comeback.messages.mime.builder import Draft, Mail, draft
from comeback.messages.render.render import Bound, Links, Rendered, render
from comeback.messages.repository.queue import Claimed
from comeback.messages.sender import addresses
from comeback.messages.sender.stationery import Sender, Stationery
from comeback.messages.service.publish import language

LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,4}")

SEALERS = 2
"""Threads that sign; RSA runs outside of Python, so they use the cores that rendering leaves free."""


@dataclass(slots=True)
class Letter:
    """A mail ready to be handed over. `context`: what it was rendered from. `fresh`: made now, not taken from store.

    `digest`: the SHA-256 of its head followed by the SHA-256 of its body. `draft` and `key` are there until it is
    sealed.
    """

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
    digest: bytes = b""
    draft: Draft | None = None
    key: dkim.Key | None = None


def seal(letters: Sequence[Letter]) -> None:
    """Signs letters and puts their bytes together; most of it is done outside of Python, so it may run in a thread."""
    for letter in letters:
        made = letter.draft
        if made is None or letter.date is None:
            continue
        body = sha256(made.body).digest()
        mark = dkim.seal(made, letter.key, int(letter.date.timestamp()), body) if letter.key else b""
        head = b"".join([mark, *made.lines, b"\r\n"])
        letter.mime, letter.digest, letter.draft = head + made.body, sha256(head + body).digest(), None


class Writer:
    """Writes letters; holds what is the same for all of them."""

    def __init__(self, settings: Settings, signer: Signer) -> None:
        self.base, self.signer = settings.base_url.rstrip("/"), signer
        self.bounce_domain = settings.mail.domain
        self.secret = settings.secret_key.reveal()
        self.sealers = ThreadPoolExecutor(max_workers=SEALERS, thread_name_prefix="sealer")

    def stored(self, claimed: Claimed, mime: bytes) -> Letter:
        """A letter from frozen bytes: the same Message-ID, the same Date, byte for byte."""
        return Letter(claimed, mime, self._path(claimed.id), offers=claimed.offers, fresh=False)

    def write(
        self, claimed: Claimed, stationery: Stationery, template: tuple[int, Bound], data: dict[str, Any], now: datetime
    ) -> Letter:
        """Renders and builds; `seal` ends it.

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
        made = draft(self._mail(claimed, stationery, sender, rendered, message_id, date, unsubscribe, bound))
        return Letter(
            claimed, b"", self._path(claimed.id), message_id, rendered.subject, version, date, rendered.marketing,
            links.urls if links else [], data, sender.sending_domain_id, draft=made, key=sender.key,
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
        date: datetime, unsubscribe: str | None, bound: Bound,
    ) -> Mail:  # fmt: skip
        extra = [("X-Message-Ref", str(claimed.id)), *_language(bound.compiled.locale, claimed.locale)]
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
            reply_to=stationery.reply_to, extra=extra, ready=True,
        )  # fmt: skip

    def _path(self, message: UUID) -> str:
        return addresses.return_path(message, self.bounce_domain, self.secret)


def _language(written: str, wished: str) -> list[tuple[str, str]]:
    """The language of the mail (RFC 3282), and the one wished for where the mail fell back from it."""
    found = [("Content-Language", written)]
    if wished and language(wished) != language(written) and LANGUAGE_TAG.fullmatch(wished):
        found.append(("X-Language-Wished", wished.replace("_", "-")))
    return found
