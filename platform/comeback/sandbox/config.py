"""What the sandbox process is told: addresses, the web it serves, and who owns which key."""

from pathlib import Path

import msgspec


class StripeAccount(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One merchant's Stripe account. `events` is the endpoint's filter, `("*",)` for all."""

    api_key: str
    webhook_url: str | None = None
    webhook_secret: str = "whsec_sandbox"
    events: tuple[str, ...] = ("*",)


class CarrierAccount(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One merchant's carrier account. Tracking webhooks are signed with `webhook_secret` (HMAC-SHA256, hex)."""

    api_key: str
    webhook_url: str | None = None
    webhook_secret: str = ""
    scenario: str = "normal"


class Accounts(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The body of `POST /config` too: given accounts are added, or replace the one of the same key."""

    stripe: list[StripeAccount] = []
    carrier: list[CarrierAccount] = []
    web_url: str | None = None


class SandboxConfig(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Port 0 takes a free one. Without `state_dir` nothing outlives the process. `seed` fixes every random choice."""

    host: str = "127.0.0.1"
    stripe_port: int = 0
    carrier_port: int = 0
    mailbox_port: int = 0
    smtp_port: int = 0
    control_port: int = 0
    accounts: Accounts = msgspec.field(default_factory=Accounts)
    state_dir: str | None = None
    seed: int = 1
    keep_messages: int = 20_000

    def file(self, name: str) -> Path | None:
        return Path(self.state_dir, name) if self.state_dir else None


class Urls(msgspec.Struct, kw_only=True, frozen=True):
    """Where a running sandbox answers."""

    stripe: str
    carrier: str
    mailbox: str
    smtp: str
    control: str
