"""Settings from the environment, nested by `__`: `COMEBACK_MAIL__DOMAIN` is `settings.mail.domain`.

`DATABASE_URL`, `REDIS_URL`, `SMTP_URL`, `STRIPE_API_BASE` are read without prefix, as every platform sets them.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from comeback.core.secrets import Secret

_PLAIN = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "BASE_URL", "STRIPE_API_BASE", "CARRIER_API_BASE")


class MailSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How mail leaves: the host in Message-ID and return path, connections per sender, its batch."""

    domain: str = "mail.localhost"
    connections: int = 20
    batch: int = 200
    dkim: bool = True
    resolver: str | None = None
    """The name server that records of sending domains are asked of, `host:port`; the system's own where unset."""
    mailbox_url: str | None = None
    """Where a local stack shows the mails it caught."""


class ShopifySettings(msgspec.Struct, frozen=True, kw_only=True):
    """The app that shops install. Without an id only tokens of custom apps connect."""

    api_version: str = "2026-04"
    api_base: str | None = None
    """Replaces every shop's own address (the rehearsal)."""
    client_id: str | None = None
    client_secret: Secret | None = None


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything an operator can set; secrets never show in repr or logs."""

    database_url: str
    redis_url: str = "redis://127.0.0.1:6379/0"
    smtp_url: str = "smtp://127.0.0.1:1025"
    base_url: str = "http://127.0.0.1:8000"
    stripe_api_base: str | None = None
    carrier_api_base: str | None = None
    secret_key: Secret
    kek: Secret
    """Key-encryption key: 32 bytes, base64. Stands outside the database and its backups."""
    local: bool = False
    """Plain http on loopback, no cookie prefix, the rehearsal routes; never in production."""
    blob_dir: str = ".comeback/blobs"
    media_dir: str = ".comeback/media"
    lease_seconds: float = 30.0
    sweep_seconds: float = 5.0
    statement_timeout_ms: int = 5000
    db_pool: int = 10
    query_filter: bool = True
    log_level: str = "info"
    redis_prefix: str = "comeback"
    trusted_proxies: int = 0
    metrics_token: Secret | None = None
    """What `/metrics` must be asked with (`Authorization: Bearer …`); unset: only direct callers of this machine or a
    private network may read it."""
    mail: MailSettings = MailSettings()
    shopify: ShopifySettings = ShopifySettings()

    @property
    def secure(self) -> bool:
        """Whether links and cookies must be https-only."""
        return not self.local


def _nest(env: Mapping[str, str]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in env.items():
        if name in _PLAIN:
            tree[name.lower()] = value
        elif name.startswith("COMEBACK_") and value != "":
            node = tree
            *path, leaf = name.removeprefix("COMEBACK_").lower().split("__")
            for step in path:
                node = node.setdefault(step, {})
            node[leaf] = value
    return tree


def load_settings(env: Mapping[str, str]) -> Settings:
    """The settings in `env`; raises msgspec.ValidationError that names the first bad one."""
    return msgspec.convert(_nest(env), Settings, strict=False, dec_hook=_decode_secret)


def _decode_secret(kind: type, value: object) -> object:
    if kind is Secret and isinstance(value, str):
        return Secret(value)
    raise NotImplementedError(f"no way to read {kind}")
