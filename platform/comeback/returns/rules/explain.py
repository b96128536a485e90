"""Words for the steps of a quote. Codes and values are the truth; sentences are worded per language from here."""

from typing import Any

from comeback.kit.languages import spoken
from comeback.kit.money import format_money
from comeback.kit.words.catalogue import HERE, catalogue
from comeback.returns.rules.quoted import Step

_MONEY = frozenset({"goods", "discount_share", "tax", "amount", "price", "paid"})


def sentence(step: Step, currency: str, locale: str = "en") -> str:
    """The step worded in the locale's language (English where we have none); amounts in `currency`."""
    words = catalogue(HERE, spoken(locale) or "en")
    shown: dict[str, Any] = {
        name: format_money(value, currency, locale) if name in _MONEY and isinstance(value, int) else value
        for name, value in step.params.items()
    }
    return words.text(f"quote.{step.code}", **{"n": step.params.get("days", 0), **shown})
