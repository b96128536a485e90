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


class StorefrontShop(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What both kinds of shop have. `url` is where its goods are sold; `plan` (standard, advanced, plus) sets how
    much its interface may be asked."""

    name: str = ""
    webhook_url: str | None = None
    currency: str = "EUR"
    country: str = "DE"
    timezone: str = "Europe/Berlin"
    locale: str = "en"
    taxes_included: bool = True
    plan: str = "plus"
    url: str = ""


class ShopifyShop(StorefrontShop, kw_only=True, forbid_unknown_fields=True):
    """A Shopify shop with our app. `api_secret` is the app's: it signs webhooks and the install. Without an
    `access_token` the app is not installed yet; without `scopes` the token may do everything. Privacy requests go to
    `app_url`, or to `webhook_url`."""

    domain: str
    access_token: str = ""
    api_secret: str
    scopes: tuple[str, ...] = ()
    app_url: str | None = None


class WooShop(StorefrontShop, kw_only=True, forbid_unknown_fields=True):
    """A WooCommerce shop with a pair of REST keys; `webhook_secret` signs what goes to `webhook_url`."""

    consumer_key: str
    consumer_secret: str
    webhook_secret: str = ""


class Accounts(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The body of `POST /config` too: given accounts are added, or replace the one of the same key."""

    stripe: list[StripeAccount] = []
    carrier: list[CarrierAccount] = []
    shopify: list[ShopifyShop] = []
    woocommerce: list[WooShop] = []
    web_url: str | None = None


class SandboxConfig(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Port 0 takes a free one. Without `state_dir` nothing outlives the process. `seed` fixes every random choice."""

    host: str = "127.0.0.1"
    stripe_port: int = 0
    carrier_port: int = 0
    mailbox_port: int = 0
    smtp_port: int = 0
    storefront_port: int = 0
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
    storefront: str
    control: str
