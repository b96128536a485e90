"""What Shopify signs: webhooks (HMAC-SHA256 of the raw body, base64) and the query of its OAuth redirects (hex)."""

import base64
import binascii
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlencode

from comeback.core.secrets import Secret

SIGNATURE = "x-shopify-hmac-sha256"
SHOP = re.compile(r"[a-z0-9][a-z0-9-]{0,59}\.myshopify\.com")


def verify_webhook(body: bytes, headers: Mapping[str, str], secrets: Sequence[Secret]) -> bool:
    """Whether one of the secrets (two while one is being changed) signed these very bytes; constant time."""
    try:
        given = base64.b64decode(headers.get(SIGNATURE, ""), validate=True)
    except (binascii.Error, ValueError):
        return False
    made = [hmac.digest(secret.reveal().encode(), body, "sha256") for secret in secrets]
    return any(hmac.compare_digest(one, given) for one in made)


def verify_query(pairs: Iterable[tuple[str, str]], secret: Secret) -> bool:
    """Whether Shopify signed a redirect: all parameters but `hmac`, sorted, as a query string."""
    values = list(pairs)
    given = [value for name, value in values if name == "hmac"]
    rest = sorted((name, value) for name, value in values if name not in ("hmac", "signature"))
    if len(given) != 1 or len({name for name, _ in rest}) != len(rest):
        return False
    text = "&".join(f"{name}={value}" for name, value in rest)
    made = hmac.digest(secret.reveal().encode(), text.encode(), "sha256").hex()
    encoded = hmac.digest(secret.reveal().encode(), urlencode(rest).encode(), "sha256").hex()
    wanted = given[0].lower().encode()
    return hmac.compare_digest(made.encode(), wanted) | hmac.compare_digest(encoded.encode(), wanted)


def shop_domain(text: str) -> str | None:
    """`name.myshopify.com` in lower case; None for anything else (no address of a stranger is ever called)."""
    name = text.strip().lower().removeprefix("https://").removesuffix("/")
    if "." not in name:
        name += ".myshopify.com"
    return name if SHOP.fullmatch(name) else None
