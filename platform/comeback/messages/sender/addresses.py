"""The addresses a mail carries: pixel, clicks, unsubscribe, return path. All are signed ids, none holds a URL."""

import base64
import hmac
from uuid import UUID

from comeback.kit.tokens import Signer

OPEN, CLICK, UNSUBSCRIBE = "open", "click", "unsubscribe"
_RETURN_MAC = 5


def pixel_url(base: str, signer: Signer, shop: UUID, message: UUID) -> str:
    """`/o/{id}.gif`"""
    return f"{base}/o/{signer.sign(OPEN, shop, message)}.gif"


def click_prefix(base: str, signer: Signer, shop: UUID, message: UUID) -> str:
    """`/c/{id}-`; a link's position follows. The signature covers the ids; positions not stored are unknown."""
    return f"{base}/c/{signer.sign(CLICK, shop, message)}."


def unsubscribe_url(base: str, signer: Signer, shop: UUID, message: UUID) -> str:
    """`/u/{token}` (RFC 8058 §3.1: opaque and hard to forge)."""
    return f"{base}/u/{signer.sign(UNSUBSCRIBE, shop, message)}"


def read_pair(signer: Signer, kind: str, token: str) -> tuple[UUID, UUID] | None:
    """Shop and message of a signed id."""
    found = signer.read(kind, token)
    return (found[0], found[1]) if found is not None and len(found) == 2 else None


def return_path(message: UUID, domain: str, secret: str) -> str:
    """A return path of its own for each mail, so that a bounce tells which one it is about (VERP, messages D4).

    Lower-case letters and digits only: some servers fold the case of local parts.
    """
    raw = message.bytes + _return_mac(message, secret)
    return f"bounce+{base64.b32encode(raw).decode().rstrip('=').lower()}@{domain}"


def read_return_path(address: str, secret: str) -> UUID | None:
    """The message behind a return path, or None where it is none of ours."""
    token = address.partition("@")[0].lower().partition("+")[2].upper()
    try:
        raw = base64.b32decode(token + "=" * (-len(token) % 8))
    except ValueError:
        return None
    if len(raw) != 16 + _RETURN_MAC:
        return None
    message = UUID(bytes=raw[:16])
    return message if hmac.compare_digest(raw[16:], _return_mac(message, secret)) else None


def _return_mac(message: UUID, secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"return-path\x00" + message.bytes, "sha256")[:_RETURN_MAC]
