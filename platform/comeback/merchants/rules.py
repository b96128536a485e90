"""Pure decisions: what a role may do, how long a session lives, what a key, a password and a short name look like."""

import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

IDLE = timedelta(hours=12)
"""A session that nobody used this long is over."""
ABSOLUTE = timedelta(days=14)
"""No session outlives this, used or not."""
TOUCH = timedelta(minutes=5)
"""The last use is written down at most this often."""

PASSWORD_MIN = 10
PASSWORD_MAX = 256
KEY_PREFIX = "cb_"

_READ = frozenset({
    "orders:read", "products:read", "shipments:read", "returns:read", "credits:read", "messages:read",
    "flows:read", "customers:read", "offers:read", "policies:read", "settings:read",
    "tickets:read",
})  # fmt: skip
_AGENT = _READ | {
    "orders:write", "shipments:write", "returns:write", "returns:decide", "refunds:write", "credits:write",
    "messages:write", "customers:write", "tickets:write",
}  # fmt: skip
_WAREHOUSE = frozenset({
    "orders:read", "products:read", "shipments:read", "shipments:write", "returns:read", "returns:write",
})  # fmt: skip
_MANAGER = _AGENT | {"products:write", "flows:write", "offers:write", "policies:write", "settings:write"}
_OWNER = _MANAGER | {"staff:write"}

ROLE_PERMISSIONS: Mapping[str, frozenset[str]] = {
    "owner": _OWNER,
    "manager": _MANAGER,
    "agent": _AGENT,
    "warehouse": _WAREHOUSE,
    "viewer": _READ,
}
"""Role → what it may do. A role that is not listed may do nothing."""

ALL_PERMISSIONS: frozenset[str] = _OWNER

_SLUG = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$")
_RESERVED_SLUGS = frozenset({
    "api", "c", "health", "hooks", "internal", "media", "metrics", "o", "portal", "static", "studio", "t", "u", "www",
})  # fmt: skip
_DOMAIN = re.compile(r"^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$")
_COMMON = frozenset({"password", "passwort", "1234567890", "qwertyuiop", "comeback", "letmein"})


def permissions_of(role: str) -> frozenset[str]:
    """What the role may do; nothing for a role that does not exist."""
    return ROLE_PERMISSIONS.get(role, frozenset())


def scopes_beyond(requested: Iterable[str], granted: frozenset[str]) -> list[str]:
    """The scopes that the maker of a key does not have himself, sorted; empty when the key may be made."""
    return sorted(set(requested) - granted)


def session_alive(created_at: datetime, last_seen_at: datetime, revoked_at: datetime | None, now: datetime) -> bool:
    """Whether a session still counts: not revoked, used within `IDLE`, begun within `ABSOLUTE` (ASVS 5.0, 7.3)."""
    return revoked_at is None and now - last_seen_at < IDLE and now - created_at < ABSOLUTE


def must_touch(last_seen_at: datetime, now: datetime) -> bool:
    """Whether this use is worth a write: the row is older than `TOUCH`."""
    return now - last_seen_at >= TOUCH


def csrf_token(session_token: str) -> str:
    """The token that a browser must send back in `X-CSRF-Token`. It follows from the session's own token, which a
    foreign page cannot read, so it needs no store and changes with every rotation."""
    digest = hashlib.sha256(b"csrf\x00" + session_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def csrf_matches(session_token: str, sent: str) -> bool:
    """Whether the header belongs to the session; compared in constant time."""
    return hmac.compare_digest(csrf_token(session_token).encode(), sent.encode())


def worth_noting(last_used_at: datetime, now: datetime) -> bool:
    """Whether a key's use is written down again: to the minute is enough."""
    return now - last_used_at >= timedelta(minutes=1)


def looks_like_key(plain: str) -> bool:
    """Whether a bearer token can be one of our API keys, so that other tokens never reach the database."""
    return plain.startswith(KEY_PREFIX) and 20 <= len(plain) <= 80 and plain.isascii()


def key_hint(plain: str) -> str:
    """What of a key may be shown after its making: the first and last characters."""
    return f"{plain[:7]}…{plain[-4:]}"


def normalise_email(address: str) -> str:
    """The form in which two spellings of one address are equal: NFKC, no blanks at the ends, lower case."""
    return unicodedata.normalize("NFKC", address).strip().casefold()


def password_problems(password: str, email: str) -> list[str]:
    """Why a password is refused; empty when it is good. Length counts, composition does not (NIST SP 800-63B, 5.1)."""
    problems: list[str] = []
    plain = unicodedata.normalize("NFKC", password)
    if len(plain) < PASSWORD_MIN:
        problems.append(f"Use at least {PASSWORD_MIN} characters.")
    if len(plain) > PASSWORD_MAX:
        problems.append(f"Use at most {PASSWORD_MAX} characters.")
    lowered = plain.casefold()
    if lowered in _COMMON or len(set(plain)) < 4:
        problems.append("Use something less common.")
    if email and normalise_email(email).split("@")[0] == lowered:
        problems.append("Do not use your own address.")
    return problems


def slug_problem(slug: str) -> str | None:
    """Why a short name cannot stand in an address like `/{slug}/track`; None when it can."""
    if not _SLUG.match(slug):
        return "Use 1 to 40 small letters, digits and hyphens, not at the ends."
    return "This short name is taken by Comeback itself." if slug in _RESERVED_SLUGS else None


def domain_problem(domain: str) -> str | None:
    """Why mail cannot be sent from this domain; None when its form is good (RFC 1035 §2.3.1)."""
    return None if _DOMAIN.match(domain) else "Write a domain like shop.example."


def selector(stream: str, serial: int) -> str:
    """The DKIM selector of the n-th key of a stream (RFC 6376 §3.1): `orders1`, `news2`."""
    return f"{stream}{serial}"


UNSET_PASSWORD = "!"
"""Stands where an invited person has no password yet; it is no argon2 text, so no password fits it."""

_HEX = re.compile(r"^#[0-9a-f]{6}$")
_HTTP = re.compile(r"^https?://[^\s\"'<>]{1,2000}$")
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
            ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


def device(user_agent: str) -> str | None:
    """Browser and system in two words; the header itself is not kept (it would tell more than a person needs)."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), None)
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    return " · ".join(part for part in (browser, system) if part) or None


def brand_problems(brand: Mapping[str, object]) -> list[tuple[str, str]]:
    """What of a look cannot be used: (field, sentence). Colours stand in style sheets, addresses in links."""
    found = [
        (name, "Write a colour like #2f5d50.")
        for name in ("primary", "primary_dark")
        if not _HEX.match(str(brand.get(name) or "").lower())
    ]
    logo, mail = brand.get("logo_url"), brand.get("support_email")
    if logo and not _HTTP.match(str(logo)):
        found.append(("logo_url", "Write an address that begins with https://."))
    if mail and (str(mail).count("@") != 1 or len(str(mail)) > 254 or any(c.isspace() for c in str(mail))):
        found.append(("support_email", "Write an address like help@shop.example."))
    found += [
        (name, "Use at most 200 characters.")
        for name in ("support_hours", "address")
        if len(str(brand.get(name) or "")) > 200
    ]
    return found


def judged_key(record: str, values: Iterable[str]) -> str:
    """Whether a DKIM record says what ours says: `good`, `wrong` or `missing`. Blanks and order of tags do not count
    (RFC 6376 §3.2)."""
    wanted, seen = _tags(record), [_tags(value) for value in values]
    if any(tags.get("p") == wanted["p"] and tags.get("k", "rsa") == wanted["k"] for tags in seen):
        return "good"
    return "wrong" if seen else "missing"


def _tags(record: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip(): re.sub(r"\s+", "", value) for name, _, value in pairs if name.strip()}


def judged_spf(include: str, values: Iterable[str]) -> str:
    """Whether the domain's SPF record lets our servers send (RFC 7208 §5.2); two records are a permanent error
    (§3.2)."""
    records = [value for value in values if value.lower().split(" ")[0] == "v=spf1"]
    if len(records) != 1:
        return "wrong" if records else "missing"
    return "good" if f"include:{include}".lower() in records[0].lower().split() else "wrong"


def judged_dmarc(values: Iterable[str]) -> str:
    """Whether there is a DMARC policy at all (RFC 7489 §6.3); which one is the shop's own choice."""
    records = [_tags(value) for value in values if value.lower().replace(" ", "").startswith("v=dmarc1")]
    if not records:
        return "missing"
    return "good" if len(records) == 1 and records[0].get("p") in {"none", "quarantine", "reject"} else "wrong"


def dkim_record(public_key_b64: str, algorithm: str) -> str:
    """The TXT record that the shop puts at `<selector>._domainkey.<domain>` (RFC 6376 §3.6.1)."""
    return f"v=DKIM1; k={algorithm}; p={public_key_b64}"
