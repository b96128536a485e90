"""The words of the customer pages, and which language a visitor reads them in."""

from pathlib import Path

from comeback.kit.languages import NAMES, choose
from comeback.kit.words import catalogue as gettext
from comeback.kit.words.catalogue import Catalogue

HERE = Path(__file__).resolve().parent

__all__ = ["HERE", "NAMES", "Catalogue", "accepted", "catalogue", "pick"]


def catalogue(language: str) -> Catalogue:
    """The pages' catalogue of one of NAMES."""
    return gettext.catalogue(HERE, language)


def pick(asked: str | None, *wishes: str | None) -> str:
    """The language asked for by hand, else the first wish we speak, else English."""
    return choose(asked, *wishes).language


def accepted(header: str) -> list[str]:
    """Languages of an Accept-Language header (RFC 9110 §12.5.4), the most wanted first."""
    found: list[tuple[float, int, str]] = []
    for place, part in enumerate(header[:500].split(",")[:20]):
        name, _, quality = part.strip().partition(";q=")
        try:
            found.append((-float(quality or 1), place, name.strip()))
        except ValueError:
            continue
    return [name for quality, _, name in sorted(found) if name and quality < 0]
