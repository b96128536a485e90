"""Quotes: computed by the pure rules, signed with their content and their end, honoured while they live."""

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.db import ReadSession
from comeback.core.errors import FieldError
from comeback.kit.tokens import Signer
from comeback.returns import repository
from comeback.returns.errors import BadQuote, PaymentRequired, QuoteChanged, QuoteExpired, UnitsGone
from comeback.returns.rules.eligibility import Candidate, judge
from comeback.returns.rules.explain import sentence
from comeback.returns.rules.facts import OrderFacts
from comeback.returns.rules.quote import NothingLeft, quote
from comeback.returns.rules.quoted import Quote, QuotedLine, QuoteInput, Step, TenderShare, Verdict
from comeback.returns.schemas import (
    ExchangeQuoteOut,
    FeeOut,
    QuoteIn,
    QuoteLineOut,
    QuoteOut,
    ReasonOut,
    ShareOut,
    VerdictOut,
)
from comeback.returns.service.facts import Loaded, load_order, wished_asks
from comeback.returns.service.policies import by_version, current

TOKEN_KIND = "quote"
TOKEN_FORM = 2
LIFETIME = timedelta(hours=24)


class Computed(msgspec.Struct, frozen=True):
    """A quote with everything it rests on."""

    loaded: Loaded
    asked: QuoteInput
    quote: Quote
    verdicts: tuple[Verdict, ...]
    candidates: tuple[Candidate, ...]
    titles: dict[str, str]


def _digest(shop_id: UUID, wish: QuoteIn, got: Quote) -> UUID:
    """Wish (its kind of return too: law and policy differ by it) and amounts in 16 bytes: the token of one is never
    good for another.

    Which units it will be is not part of it: another case of the order may take the lowest ones meanwhile, and the
    promise is the money (M16).
    """
    lines = [(line.key, line.quantity, line.resolution, line.amount) for line in got.lines]
    totals = (got.shipping_refund, got.refund_total, got.credit_total, got.bonus_total, got.charge_total)
    said = msgspec.json.encode([shop_id, wish.order_id, wish.kind, wish.lines, lines, got.fees, totals, got.tenders])
    return UUID(bytes=hashlib.sha256(said).digest()[:16])


def _head(version: int, expires_at: datetime) -> UUID:
    return UUID(int=TOKEN_FORM << 112 | version << 64 | int(expires_at.timestamp()))


def sign(signer: Signer, shop_id: UUID, wish: QuoteIn, got: Quote, expires_at: datetime) -> str:
    """The token of a quote: form, policy version and end in clear, content by digest, all signed."""
    digest = _digest(shop_id, wish, got)
    return signer.sign(TOKEN_KIND, _head(got.policy_version, expires_at), digest)


def read(signer: Signer, token: str) -> tuple[int, datetime, UUID]:
    """(policy version, end, digest) of a token. Raises BadQuote (422)."""
    parts = signer.read(TOKEN_KIND, token)
    if parts is None or len(parts) != 2 or parts[0].int >> 112 != TOKEN_FORM:
        raise BadQuote(errors=[FieldError("/quote_token", "is not a quote of this shop")])
    head = parts[0].int
    return (head >> 64) & 0xFFFFFFFF, datetime.fromtimestamp(head & 0xFFFFFFFFFFFFFFFF, UTC), parts[1]


async def compute(session: ReadSession, wish: QuoteIn, version: int | None = None) -> Computed:
    """Computes a wish under a policy version (the current one where None).

    Raises UnitsGone (409) where units are not free, BadReturn (422) for unknown lines or variants.
    """
    loaded = await load_order(session, wish.order_id)
    if version is None:
        version, policy = await current(session)
    else:
        policy = await by_version(session, version)
    asks = await wished_asks(session, loaded, wish.lines)
    # Shipping is promised once: what open cases of the order were promised is as good as paid (M8).
    promised = loaded.facts.shipping_refunded + await repository.promised_shipping(session, wish.order_id)
    facts = msgspec.structs.replace(loaded.facts, shipping_refunded=promised)
    asked = QuoteInput(order=facts, policy=policy, policy_version=version, asks=asks, kind=wish.kind)
    try:
        got = quote(asked)
    except NothingLeft as gone:
        raise UnitsGone(f"{gone.free} of line {gone.key} can still be returned.", extra={"free": gone.free}) from gone
    now = clock.now()
    candidates = tuple(
        Candidate(order=loaded.facts, line=loaded.facts.line(a.line), ask=a, policy=policy, kind=wish.kind, now=now)
        for a in asks
    )
    titles = {a.variant.key: a.variant.title for a in asks if a.variant}
    return Computed(loaded, asked, got, tuple(judge(c) for c in candidates), candidates, titles)


def reasons(steps: tuple[Step, ...], currency: str, locale: str) -> list[ReasonOut]:
    """Steps with their words."""
    return [ReasonOut(code=s.code, params=s.params, text=sentence(s, currency, locale)) for s in steps]


def _shares(order: OrderFacts, shares: tuple[TenderShare, ...]) -> list[ShareOut]:
    kinds = {t.id: t.kind for t in order.tenders}
    return [ShareOut(tender=s.key, kind=kinds[s.tender], amount=s.amount) for s in shares]


def _line(line: QuotedLine, titles: dict[str, str]) -> QuoteLineOut:
    swap = line.exchange
    exchange = None
    if swap is not None:
        exchange = ExchangeQuoteOut(
            variant=swap.key,
            title=titles.get(swap.key, ""),
            quantity=swap.quantity,
            price=swap.price,
            difference=swap.difference,
        )
    return QuoteLineOut(
        line=line.key,
        quantity=line.quantity,
        resolution=line.resolution,
        goods=line.goods,
        discount_share=line.discount_share,
        tax=line.tax,
        amount=line.amount,
        exchange=exchange,
    )


def shape(
    got: Quote, order: OrderFacts, verdicts: tuple[Verdict, ...], titles: dict[str, str], locale: str
) -> QuoteOut:
    """A quote as the API shows it."""
    return QuoteOut(
        currency=got.currency,
        policy_version=got.policy_version,
        kind=got.kind,
        gift=False,
        already_refunded=got.already_refunded,
        lines=[_line(line, titles) for line in got.lines],
        fees=[FeeOut(kind=f.kind, amount=f.amount) for f in got.fees],
        shipping_refund=got.shipping_refund,
        refund_total=got.refund_total,
        credit_total=got.credit_total,
        bonus_total=got.bonus_total,
        charge_total=got.charge_total,
        carried_total=got.carried_total,
        tenders=_shares(order, got.tenders),
        explanation=reasons(got.explanation, got.currency, locale),
        eligibility=[
            VerdictOut(line=v.key, decision=v.decision, reasons=reasons(v.reasons, got.currency, locale))
            for v in verdicts
        ],
    )


async def quote_return(session: ReadSession, signer: Signer, wish: QuoteIn, locale: str | None = None) -> QuoteOut:
    """What a wish would bring, explained and signed; nothing is stored."""
    got = await compute(session, wish)
    expires_at = clock.now().replace(microsecond=0) + LIFETIME
    out = shape(got.quote, got.loaded.facts, got.verdicts, got.titles, locale or got.loaded.order.locale or "en")
    out.expires_at = expires_at
    out.token = sign(signer, session.shop_id, wish, got.quote, expires_at)
    return out


async def honour(session: ReadSession, signer: Signer, wish: QuoteIn, token: str) -> Computed:
    """The wish computed as it was quoted: same policy version, same amounts.

    Raises BadQuote (422), QuoteExpired (409), QuoteChanged (409), PaymentRequired (422).
    """
    version, expires_at, digest = read(signer, token)
    got = await compute(session, wish, version)
    if clock.now() > expires_at:
        raise QuoteExpired()
    if digest != _digest(session.shop_id, wish, got.quote):
        raise QuoteChanged(extra={"refund_total": got.quote.refund_total, "credit_total": got.quote.credit_total})
    if got.quote.charge_total:
        raise PaymentRequired(
            f"The replacement costs {got.quote.charge_total} more (minor units).",
            [FieldError("/lines", "payment required")],
            extra={"reason": "payment required", "charge_total": got.quote.charge_total},
        )
    return got
