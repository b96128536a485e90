"""Opaque tokens and signed ids.

A random token carries its own entropy; a signed id carries the ids it stands for, so a hot path can trust it
without asking the database. Both are URL-safe and survive clients that re-encode `%`.
"""

import base64
import hashlib
import hmac
import secrets
from uuid import UUID

_MAC_BYTES = 8


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _decode(text: str) -> bytes | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None


def random_token(bits: int = 160) -> str:
    """A random URL-safe token of at least `bits` bits."""
    return secrets.token_urlsafe((bits + 7) // 8)


def digest(token: str) -> bytes:
    """What is stored of a token: its SHA-256 (32 bytes)."""
    return hashlib.sha256(token.encode()).digest()


def derive_token(key: str, *parts: object) -> str:
    """A token of 160 bits that the same key and parts always give again (mails can name a page made earlier)."""
    mac = hmac.new(key.encode(), "\x1f".join(map(str, parts)).encode(), hashlib.sha256)
    return _encode(mac.digest()[:20])


class Signer:
    """Signs short tuples of ids; the kind is part of the signature, so a pixel id is no click id."""

    __slots__ = ("_key",)

    def __init__(self, key: str) -> None:
        self._key = hashlib.sha256(b"signer\x00" + key.encode()).digest()

    def __repr__(self) -> str:
        return "Signer(***)"

    def _mac(self, kind: str, body: bytes) -> bytes:
        return hmac.digest(self._key, kind.encode() + b"\x00" + body, "sha256")[:_MAC_BYTES]

    def sign(self, kind: str, *ids: UUID) -> str:
        """A URL-safe text that `read` turns back into the same ids."""
        body = b"".join(i.bytes for i in ids)
        return _encode(body + self._mac(kind, body))

    def read(self, kind: str, token: str) -> tuple[UUID, ...] | None:
        """The signed ids, or None where the token is not ours or of another kind."""
        raw = _decode(token)
        if raw is None or len(raw) < _MAC_BYTES + 16 or (len(raw) - _MAC_BYTES) % 16:
            return None
        body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(kind, body)) or _encode(raw) != token:
            return None
        return tuple(UUID(bytes=body[i : i + 16]) for i in range(0, len(body), 16))

    def seal_text(self, kind: str, text: str) -> str:
        """`text` with a 128-bit signature in front (quotes and drafts that travel through a browser)."""
        mac = hmac.digest(self._key, kind.encode() + b"\x00" + text.encode(), "sha256")[:16]
        return _encode(mac + text.encode())

    def open_text(self, kind: str, token: str) -> str | None:
        """The text of `seal_text`, or None where it was altered."""
        raw = _decode(token)
        if raw is None or len(raw) < 16:
            return None
        mac, body = raw[:16], raw[16:]
        good = hmac.digest(self._key, kind.encode() + b"\x00" + body, "sha256")[:16]
        return body.decode() if hmac.compare_digest(mac, good) else None
