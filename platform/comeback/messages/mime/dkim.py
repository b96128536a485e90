"""DKIM signatures (RFC 6376, 8463) by OpenSSL: relaxed/relaxed, rsa-sha256 with 2048 bits or ed25519-sha256."""

import base64
import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from comeback.messages.mime.builder import Draft

SIGNED = (
    b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type", b"reply-to",
    b"list-unsubscribe", b"list-unsubscribe-post", b"list-id", b"auto-submitted", b"feedback-id", b"x-message-ref",
)  # fmt: skip
OVERSIGNED = (b"from", b"to", b"subject", b"date")
BLANKS = re.compile(rb"[ \t]+")
BLANKS_BEFORE_END = re.compile(rb"[ \t]+\r\n")


class BadKey(ValueError):
    """Not an RSA key of 2048 bits or more, nor an Ed25519 key."""


@dataclass(frozen=True, slots=True)
class Key:
    """A domain's signing key, loaded once."""

    domain: str
    selector: str
    algorithm: str
    private: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey

    def sign(self, data: bytes) -> bytes:
        """Ed25519 signs the SHA-256 of the input (RFC 8463 §3)."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.private.sign(sha256(data).digest())


def load_key(domain: str, selector: str, pem: bytes) -> Key:
    """A key from PEM (PKCS #8).

    Raises:
        BadKey: of another kind, or too short.
    """
    try:
        private = serialization.load_pem_private_key(pem, password=None)
    except ValueError as error:
        raise BadKey("not a private key") from error
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return Key(domain, selector, "ed25519-sha256", private)
    if isinstance(private, rsa.RSAPrivateKey) and private.key_size >= 2048:
        return Key(domain, selector, "rsa-sha256", private)
    raise BadKey("RSA keys need 2048 bits")


def seal(made: Draft, key: Key, at: int, body_digest: bytes | None = None) -> bytes:
    """The `DKIM-Signature` header line for a draft; `at` is the signing time in seconds since 1970.

    `body_digest`: the SHA-256 of the body as it is, where the caller has it. Hashing and the RSA operation leave
    Python to other threads, so many mails are signed side by side.
    """
    fields = {line.partition(b":")[0].lower(): line for line in made.lines}
    names = tuple(name for name in SIGNED if name in fields)
    digest = body_digest if made.flat and body_digest else sha256(relaxed_body(made.body)).digest()
    body_hash = base64.b64encode(digest)
    before, after = _frame(key.algorithm, key.domain, key.selector, names)
    line = b"%b%d%b%b;\r\n b=" % (before, at, after, body_hash)
    signed = b"".join([relaxed_header(fields[name]) for name in names])
    mark = base64.b64encode(key.sign(signed + relaxed_header(line).removesuffix(b"\r\n")))
    return line + b"\r\n ".join([mark[start : start + 72] for start in range(0, len(mark), 72)]) + b"\r\n"


@lru_cache(maxsize=1024)
def _frame(algorithm: str, domain: str, selector: str, names: tuple[bytes, ...]) -> tuple[bytes, bytes]:
    """The tags before the time and those up to the body hash; a long list of names is broken where it may be folded
    (RFC 6376 §3.2)."""
    listed = [name.decode() for name in (*names, *(name for name in OVERSIGNED if name in names))]
    rows = ":\r\n  ".join(":".join(listed[start : start + 6]) for start in range(0, len(listed), 6))
    before = f"DKIM-Signature: v=1; a={algorithm}; c=relaxed/relaxed; d={domain}; s={selector};\r\n t="
    return before.encode(), f"; h={rows};\r\n bh=".encode()


def signature(message: bytes, key: Key, at: int) -> bytes:
    """The `DKIM-Signature` header line for the bytes of a message."""
    head, _, body = message.partition(b"\r\n\r\n")
    return seal(Draft(list(_fields(head + b"\r\n").values()), body, flat=False), key, at)


def signed(message: bytes, key: Key, at: int) -> bytes:
    """`message` with its signature in front."""
    return signature(message, key, at) + message


def relaxed_header(line: bytes) -> bytes:
    """One header by the relaxed algorithm (RFC 6376 §3.4.2), ending in CRLF."""
    name, _, value = line.partition(b":")
    value = value.replace(b"\r\n", b"")
    if b"  " in value or b"\t" in value:
        value = BLANKS.sub(b" ", value)
    return name.strip().lower() + b":" + value.strip(b" \t") + b"\r\n"


def relaxed_body(body: bytes) -> bytes:
    """A body by the relaxed algorithm (RFC 6376 §3.4.4). Ours rarely need a change, so that is looked for first."""
    if b"\t" in body or b"  " in body or b" \r\n" in body:
        body = BLANKS.sub(b" ", BLANKS_BEFORE_END.sub(b"\r\n", body))
    if body.endswith(b"\r\n") and not body.endswith(b"\r\n\r\n") and len(body) > 2:
        return body
    stripped = body.rstrip(b"\r\n")
    return stripped + b"\r\n" if stripped else b""


def _fields(head: bytes) -> dict[bytes, bytes]:
    """Header lines by lower-case name; of a repeated one the last, as verifiers take them from the bottom."""
    fields: dict[bytes, bytes] = {}
    name = b""
    for line in head.split(b"\r\n"):
        if line[:1] in (b" ", b"\t"):
            fields[name] += b"\r\n" + line
        elif line:
            name = line.partition(b":")[0].lower()
            fields[name] = line
    return fields
