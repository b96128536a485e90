"""Money in minor units: allocation by largest remainder, rounding slots, display. No floats, no `* 100` anywhere."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.numbers import NumberPattern, parse_pattern

_NO_DECIMALS: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DECIMALS: Final = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DECIMALS: Final = "CLF UYW"
_TWO_DECIMALS: Final = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF "
    "CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
    "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN "
    "MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS "
    "SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)
_EXPONENTS: Final[dict[str, int]] = {
    code: exponent
    for exponent, codes in enumerate((_NO_DECIMALS, "", _TWO_DECIMALS, _THREE_DECIMALS, _FOUR_DECIMALS))
    for code in codes.split()
}

KNOWN: Final[frozenset[str]] = frozenset(_EXPONENTS)
"""The currencies money may be in: ISO 4217 list one, without funds, metals and test codes."""


def exponent(currency: str) -> int:
    """Digits of the minor unit (ISO 4217: JPY 0, USD 2, KWD 3). KeyError where the code is unknown."""
    return _EXPONENTS[currency]


def half_up(numerator: int, denominator: int) -> int:
    """The quotient rounded to the nearest integer, halves away from zero. The denominator is positive."""
    rounded = (2 * abs(numerator) + denominator) // (2 * denominator)
    return rounded if numerator >= 0 else -rounded


def slot(total: int, n: int, i: int) -> int:
    """The share of unit `i` (1-based) of `n` equal units: R(total·i/n) − R(total·(i−1)/n), R half-up.

    The shares of any set of slots are fixed, and all `n` together are `total` exactly.
    """
    if not 1 <= i <= n:
        raise ValueError(f"slot {i} of {n}")
    return half_up(total * i, n) - half_up(total * (i - 1), n)


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """`total` in proportion to `weights` by largest remainder; ties go to the lower index.

    The shares sum to `total` exactly. Where all weights are 0 they count as equal. With no weights only 0 can be
    allocated. ValueError on negative input.
    """
    if total < 0 or any(w < 0 for w in weights):
        raise ValueError("allocation of negative amounts")
    if not weights:
        if total:
            raise ValueError("nothing to allocate to")
        return []
    whole = sum(weights)
    if whole == 0:
        weights, whole = [1] * len(weights), len(weights)
    shares = [total * w // whole for w in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares


def allocate_within(total: int, weights: Sequence[int], caps: Sequence[int]) -> list[int]:
    """Like `allocate`, but no share exceeds its cap; what a capped share leaves goes to the others by weight.

    ValueError where `total` exceeds the sum of the caps.
    """
    if total > sum(caps):
        raise ValueError("more than the caps can hold")
    shares = [0] * len(weights)
    open_, left = list(range(len(weights))), total
    while left:
        wanted = allocate(left, [weights[i] for i in open_])
        full = [i for i, share in zip(open_, wanted, strict=True) if share > caps[i]]
        if not full:
            for i, share in zip(open_, wanted, strict=True):
                shares[i] = share
            return shares
        for i in full:
            shares[i] = caps[i]
            left -= caps[i]
        open_ = [i for i in open_ if i not in full]
    return shares


@lru_cache(maxsize=256)
def _locale(tag: str) -> Locale:
    """The CLDR locale of a tag such as `de`, `de-DE` or `de_DE`; its language, else English, where it is unknown."""
    for candidate in (tag.replace("-", "_"), tag.replace("-", "_").split("_")[0]):
        try:
            return Locale.parse(candidate)
        except (ValueError, UnknownLocaleError):
            continue
    return Locale("en")


@lru_cache(maxsize=1024)
def _pattern(tag: str, currency: str) -> NumberPattern:
    """The locale's pattern with the currency's decimals; with a space where a sign of letters meets a digit (CLDR)."""
    where = _locale(tag)
    shape = where.currency_formats["standard"].pattern
    if where.currency_symbols.get(currency, currency)[-1].isalpha():
        shape = re.sub("¤(?=[#0])", "¤\u00a0", shape)
    pattern = parse_pattern(shape)
    pattern.frac_prec = (exponent(currency), exponent(currency))
    return pattern


def format_money(minor: int, currency: str, locale: str) -> str:
    """The amount as people of the locale write it, with the currency's own number of decimals."""
    amount = Decimal(minor).scaleb(-exponent(currency))
    return _pattern(locale, currency).apply(amount, _locale(locale), currency=currency, currency_digits=False)
