"""A shop's colours made safe and readable: hex only, text on them at 4.5:1 or better (WCAG 2.2 §1.4.3)."""

import re
from collections.abc import Mapping
from typing import Any

HEX = re.compile(r"#[0-9a-fA-F]{6}")
DEFAULT = "#2f5bd7"
PAPER, CARD_DARK, INK, SNOW = "#ffffff", "#1e232b", "#14171c", "#fdfdfe"
READABLE = 4.5
TINT_DARK = 0.16


def brand_values(brand: Mapping[str, Any]) -> dict[str, str]:
    """All colours a template may use, derived from a shop's one or two; `radius` is a CSS length."""
    chosen = _hex(brand.get("primary")) or DEFAULT
    primary, on_primary = _pair(chosen)
    dark, on_dark = _pair(until_readable(chosen, CARD_DARK, SNOW, 3.0))
    radius = brand.get("radius")
    values = {
        "primary": primary,
        "on_primary": on_primary,
        "primary_dark": dark,
        "on_primary_dark": on_dark,
        "tint": mix(primary, PAPER, 0.09),
        "tint_dark": mix(primary, CARD_DARK, TINT_DARK),
        "link": until_readable(primary, mix(primary, PAPER, 0.09), INK, READABLE),
        "link_dark": until_readable(dark, mix(primary, CARD_DARK, TINT_DARK), SNOW, READABLE),
        "radius": f"{min(max(int(radius), 0), 28)}px" if isinstance(radius, int | float) else "12px",
    }
    for name in ("logo_url", "logo_dark_url"):
        url = brand.get(name)
        if isinstance(url, str) and url.startswith(("https://", "http://")):
            values[name] = url
    return values


def contrast(first: str, second: str) -> float:
    """WCAG contrast ratio of two hex colours, 1 to 21."""
    one, two = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (one + 0.05) / (two + 0.05)


def best_on(background: str) -> str:
    """Near-white or near-black, whichever reads better on `background`."""
    return SNOW if contrast(SNOW, background) >= READABLE else max((SNOW, INK), key=lambda c: contrast(c, background))


def until_readable(colour: str, background: str, toward: str, ratio: float) -> str:
    """`colour` moved toward `toward` in steps until it reads at `ratio` on `background`."""
    for step in range(21):
        tried = mix(toward, colour, step / 20)
        if contrast(tried, background) >= ratio:
            return tried
    return toward


def mix(top: str, bottom: str, share: float) -> str:
    """`share` of `top` over `bottom`."""
    channels = zip(_channels(top), _channels(bottom), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in channels)


def _pair(background: str) -> tuple[str, str]:
    """A background and the text on it; a middling background is moved away from its text until it can be read."""
    text = best_on(background)
    return until_readable(background, text, INK if text == SNOW else SNOW, READABLE), text


def _hex(value: object) -> str | None:
    return value.lower() if isinstance(value, str) and HEX.fullmatch(value) else None


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    parts = [value / 255 for value in _channels(colour)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def shop_values(name: str, brand: Mapping[str, Any]) -> dict[str, Any]:
    """What a template may print of the shop itself."""
    fields = ("support_email", "support_hours", "address")
    return {"name": name} | {field: brand[field] for field in fields if brand.get(field)}
