"""Words for the steps of a quote. Codes and values are the truth; sentences are worded per language from here."""

from collections.abc import Mapping
from typing import Any

from comeback.kit.money import format_money
from comeback.returns.rules.quoted import Step

_MONEY = frozenset({"goods", "discount_share", "tax", "amount", "price", "paid"})

_ENGLISH: dict[str, str] = {
    "line": "{quantity} × {line}: {goods} less {discount_share} discount, tax {tax}, paid {amount}.",
    "exchange_even": "{line} is exchanged for {variant} at the same price.",
    "exchange_less": "{line} is exchanged for {variant} at {price}; {amount} comes back.",
    "exchange_more": "{line} is exchanged for {variant} at {price}; {amount} is to be paid.",
    "fee": "Fee ({kind}): {amount}.",
    "fee_capped": "Fee ({kind}): {amount} is waived, a fee never exceeds the goods.",
    "fee_waived": "No fees where the shop answers for the reason.",
    "shipping_refunded": "Shipping {amount} is refunded.",
    "shipping_kept": "Shipping {amount} is not refunded.",
    "already_paid": "{paid} was already paid back, so {amount} is not paid again.",
    "tender": "{amount} goes back to {tender}.",
    "credit": "{amount} is given as store credit.",
    "bonus": "{amount} bonus credit on top.",
    "charge": "{amount} is to be paid for the exchange.",
    "no_window": "This outcome is not offered for the item.",
    "window_not_started": "The {days} days start when the last parcel arrives.",
    "window_closed": "The {days} days to return it are over.",
    "final_sale": "The item was a final sale.",
    "resolution_not_offered": "The outcome {resolution} is not offered.",
    "no_variant": "No replacement was chosen.",
    "out_of_stock": "The replacement is out of stock.",
    "policy_rule": "The shop's rule: {reason}.",
    "no_units_left": "All units were returned already.",
}

_GERMAN: dict[str, str] = {
    "line": "{quantity} × {line}: {goods} abzüglich {discount_share} Rabatt, Steuer {tax}, bezahlt {amount}.",
    "exchange_even": "{line} wird zum gleichen Preis gegen {variant} getauscht.",
    "exchange_less": "{line} wird gegen {variant} zu {price} getauscht; {amount} kommen zurück.",
    "exchange_more": "{line} wird gegen {variant} zu {price} getauscht; {amount} sind zu zahlen.",
    "fee": "Gebühr ({kind}): {amount}.",
    "fee_capped": "Gebühr ({kind}): {amount} entfallen, eine Gebühr übersteigt nie den Warenwert.",
    "fee_waived": "Keine Gebühren, wenn der Grund beim Händler liegt.",
    "shipping_refunded": "Versandkosten von {amount} werden erstattet.",
    "shipping_kept": "Versandkosten von {amount} werden nicht erstattet.",
    "already_paid": "{paid} wurden bereits erstattet, daher werden {amount} nicht noch einmal gezahlt.",
    "tender": "{amount} gehen zurück an {tender}.",
    "credit": "{amount} werden als Guthaben gutgeschrieben.",
    "bonus": "{amount} Bonusguthaben zusätzlich.",
    "charge": "{amount} sind für den Umtausch zu zahlen.",
    "no_window": "Diese Lösung wird für den Artikel nicht angeboten.",
    "window_not_started": "Die {days} Tage beginnen, wenn das letzte Paket ankommt.",
    "window_closed": "Die {days} Tage zur Rückgabe sind vorbei.",
    "final_sale": "Der Artikel war vom Umtausch ausgeschlossen.",
    "resolution_not_offered": "Die Lösung {resolution} wird nicht angeboten.",
    "no_variant": "Es wurde kein Ersatz gewählt.",
    "out_of_stock": "Der Ersatz ist nicht auf Lager.",
    "policy_rule": "Regel des Shops: {reason}.",
    "no_units_left": "Alle Stücke wurden bereits zurückgegeben.",
}

WORDS: dict[str, Mapping[str, str]] = {"en": _ENGLISH, "de": _GERMAN}


def sentence(step: Step, currency: str, locale: str = "en") -> str:
    """The step worded in the locale's language (English where we have none); amounts in `currency`."""
    words = WORDS.get(locale[:2].lower(), _ENGLISH)
    shown: dict[str, Any] = {
        name: format_money(value, currency, locale) if name in _MONEY and isinstance(value, int) else value
        for name, value in step.params.items()
    }
    return words[step.code].format(**shown)
