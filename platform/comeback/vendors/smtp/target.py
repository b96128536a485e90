"""Where mail goes: an SMTP URL with its way of encryption and credentials."""

from urllib.parse import unquote, urlsplit

import msgspec

from comeback.core.secrets import Secret

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class Target(msgspec.Struct, frozen=True):
    """`tls`: "implicit" (smtps), "required" (smtp+starttls), "offered" (smtp: used where the server offers it)."""

    host: str
    port: int
    tls: str
    user: str | None = None
    password: Secret | None = None


def parse_target(url: str) -> Target:
    """`smtp://host:port`, `smtp+starttls://user:password@host`, `smtps://…`.

    Raises:
        ValueError: another scheme, or no host. The URL is not repeated, it may hold a password.
    """
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("an SMTP URL is smtp://, smtp+starttls:// or smtps:// and a host")
    tls = {"smtps": "implicit", "smtp+starttls": "required", "smtp": "offered"}[parts.scheme]
    return Target(
        parts.hostname,
        parts.port or PORTS[parts.scheme],
        tls,
        unquote(parts.username) if parts.username else None,
        Secret(unquote(parts.password)) if parts.password else None,
    )
