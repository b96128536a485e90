"""Who asks, and whether what they say of an order is right."""

import base64
import hashlib
import hmac

from comeback.customers.rules import normalise_email

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Signs that nobody mistakes for another (no 0 O 1 I L U)."""
CODE_LENGTH = 6
MAX_TRIES = 5
MINUTES = 15
SESSION_HOURS = 2


def plain(text: str) -> str:
    """A postcode as it is compared: letters and digits alone."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def proves(proof: str, email: str | None, postcode: str | None) -> bool:
    """Whether `proof` is the order's mail address or postcode; compared in constant time."""
    said = (normalise_email(proof) or "") if "@" in proof else plain(proof)
    real = (email or "") if "@" in proof else plain(postcode or "")
    return bool(said) and bool(real) and hmac.compare_digest(said.encode(), real.encode())


def code_digest(key: str, claim: object, code: str) -> bytes:
    """What is stored of a code: keyed and bound to its claim, so that a stolen table opens nothing."""
    said = "".join(sign for sign in code.upper() if sign.isalnum())[:50]
    return hmac.new(key.encode(), f"portal-code\x1f{claim}\x1f{said}".encode(), hashlib.sha256).digest()


def form_token(key: str, session: str) -> str:
    """The token in forms of a session (OWASP: signed double submit, bound to the session)."""
    mac = hmac.new(key.encode(), b"portal-form\x1f" + session.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac[:20]).rstrip(b"=").decode()


def same(one: str, other: str) -> bool:
    """Equality in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())
