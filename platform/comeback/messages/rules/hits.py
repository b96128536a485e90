"""Human, probable or machine: a first rule over raw hits, applied when they are read, so it can be changed later.

Raw hits stay as they came; nothing is decided while they are written.
"""

import re
from collections.abc import Sequence

import msgspec

AGENTS = re.compile(
    r"bot\b|crawl|spider|preview|scan|curl|wget|python|java/|go-http|headless|barracuda|proofpoint|mimecast|"
    r"urldefense|safelinks|mailcleaner|symantec|trendmicro|ggpht|googleimageproxy|yahoomailproxy|facebookexternalhit",
    re.IGNORECASE,
)
PROXIES = re.compile(r"googleimageproxy|ggpht|yahoomailproxy", re.IGNORECASE)
APPLE_PRIVACY = "Mozilla/5.0"
TOO_FAST_MS = 2_000
BURST_MS = 3_000
BURST_LINKS = 3


class Hit(msgspec.Struct, frozen=True):
    """One raw hit: `delay_ms` after acceptance (negative or None where it is not known), `at_ms` since 1970."""

    kind: str
    at_ms: int
    delay_ms: int | None
    method: str
    agent: str
    link: int | None = None
    ip: str = ""


def classify(hits: Sequence[Hit]) -> list[str]:
    """Class of each hit of one message, in order: `human`, `probable` or `machine`."""
    swept = _sweepers(hits)
    return [_class(hit, swept) for hit in hits]


def _class(hit: Hit, swept: frozenset[str]) -> str:
    if hit.method == "HEAD" or not hit.agent or hit.ip in swept:
        return "machine"
    if hit.delay_ms is not None and hit.delay_ms < TOO_FAST_MS:
        return "machine"
    if PROXIES.search(hit.agent):
        # An image proxy fetches when the mail is shown, or ahead of time; one cannot tell.
        return "probable"
    if AGENTS.search(hit.agent):
        return "machine"
    if hit.kind == "open" and hit.agent == APPLE_PRIVACY:
        return "probable"
    return "human" if hit.kind == "click" else "probable"


def _sweepers(hits: Sequence[Hit]) -> frozenset[str]:
    """Callers that followed several links of one mail within seconds: scanners."""
    by_ip: dict[str, list[Hit]] = {}
    for hit in hits:
        if hit.kind == "click" and hit.ip:
            by_ip.setdefault(hit.ip, []).append(hit)
    return frozenset(ip for ip, found in by_ip.items() if _is_burst(found))


def _is_burst(found: list[Hit]) -> bool:
    found.sort(key=lambda hit: hit.at_ms)
    for first in found:
        near = {hit.link for hit in found if 0 <= hit.at_ms - first.at_ms <= BURST_MS}
        if len(near) >= BURST_LINKS:
            return True
    return False


def tally(hits: Sequence[Hit]) -> dict[str, dict[str, int]]:
    """Opens and clicks of one message by class."""
    counts = {kind: {"human": 0, "probable": 0, "machine": 0} for kind in ("open", "click")}
    for hit, found in zip(hits, classify(hits), strict=True):
        if hit.kind in counts:
            counts[hit.kind][found] += 1
    return counts
