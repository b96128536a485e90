"""Use cases of customers: who they are, what they agreed to, whether they may be written to."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from comeback.core import clock
from comeback.core.db import ReadSession, WriteSession
from comeback.core.errors import FieldError
from comeback.customers import repository, rules
from comeback.customers.errors import BadAddress, CustomerNotFound
from comeback.customers.models import Channel, Reason
from comeback.customers.repository import Contact, Person
from comeback.customers.rules import Block, MessageClass, Statement, Verdict, normalise_email
from comeback.customers.schemas import (
    ChannelName,
    ConsentIn,
    ConsentOut,
    CustomerIn,
    CustomerOut,
    PurposeName,
    SuppressionOut,
)
from comeback.kit.ids import new_id, parse_id
from comeback.kit.paging import Page, decode_cursor, encode_cursor

PAGE = 50
PEPPERS = 10_000
_PEPPERS: dict[UUID, bytes] = {}


@dataclass(frozen=True, slots=True)
class Suppression:
    """A suppression of an address; `topic` None means all."""

    reason: str
    topic: str | None
    at: datetime
    until: datetime | None


async def upsert_customers(session: WriteSession, people: Sequence[CustomerIn]) -> list[UUID]:
    """Ids in the order of `people`; one to four statements whatever their number.

    Someone is known by the normalised address first, by the external id second; without either a new row is made.
    Raises BadAddress that names each bad one by its position.
    """
    given = _persons(people)
    if not given:
        return []
    known = await repository.find(session, given)
    fresh = [p for p in given if p.n not in known]
    if fresh:
        await repository.insert(session, fresh)
        keyless = {p.n: p.id for p in fresh if p.external_id is None and p.email_norm is None}
        known |= keyless | await repository.find(session, [p for p in fresh if p.n not in keyless])
    older = [replace(p, id=known[p.n]) for p in given if p.id != known[p.n]]
    if older:
        await repository.update(session, older)
    return [known[p.n] for p in given]


def _persons(people: Sequence[CustomerIn]) -> list[Person]:
    norms = [normalise_email(p.email) if p.email else None for p in people]
    bad = [
        FieldError(f"/{n}/email", "is not an e-mail address")
        for n, p in enumerate(people)
        if p.email and norms[n] is None
    ]
    if bad:
        raise BadAddress(errors=bad)
    return [
        Person(
            n=n,
            id=new_id(),
            external_id=p.external_id,
            email=p.email.strip() if p.email else None,
            email_norm=norms[n],
            first_name=p.first_name,
            last_name=p.last_name,
            phone=p.phone,
            locale=p.locale,
            timezone=p.timezone,
        )
        for n, p in enumerate(people)
    ]


async def upsert_customer(session: WriteSession, person: CustomerIn) -> UUID:
    """`upsert_customers` for one."""
    return (await upsert_customers(session, [person]))[0]


async def contacts(session: ReadSession, ids: Sequence[UUID]) -> dict[UUID, Contact]:
    """How to reach each person; unknown ids are missing from the answer."""
    return await repository.contacts(session, ids)


async def customer_by_email(session: ReadSession, email: str) -> UUID | None:
    """Who is known under an address in any spelling."""
    norm = normalise_email(email)
    return await repository.by_email(session, norm) if norm else None


async def customer_by_external_id(session: ReadSession, external_id: str) -> UUID | None:
    """Who is known under the shop's own id."""
    return await repository.by_external_id(session, external_id)


async def record_consents(session: WriteSession, statements: Sequence[tuple[UUID, ConsentIn]]) -> int:
    """Appends statements of many people in one statement; repeats are ignored. Returns how many were new.

    A statement dated in the future counts from now, else it could outlive a withdrawal.
    """
    if not statements:
        return 0
    now = clock.now()
    columns: dict[str, list[Any]] = {"id": [new_id() for _ in statements], "customer_id": [c for c, _ in statements]}
    for field in ("channel", "purpose", "granted", "basis", "source", "wording"):
        columns[field] = [getattr(s, field) for _, s in statements]
    columns["proof"] = [None if s.proof is None else msgspec.json.encode(s.proof).decode() for _, s in statements]
    columns["at"] = [min(s.at, now) for _, s in statements]
    return await repository.add_consents(session, columns)


async def record_consent(
    session: WriteSession,
    customer_id: UUID,
    channel: ChannelName,
    purpose: PurposeName,
    granted: bool,
    source: str,
    at: datetime,
    wording: str | None = None,
) -> None:
    """`record_consents` for one statement."""
    said = ConsentIn(channel=channel, purpose=purpose, granted=granted, source=source, at=at, wording=wording)
    await record_consents(session, [(customer_id, said)])


async def marketing_verdicts(
    session: ReadSession, customer_ids: Sequence[UUID], channel: ChannelName = "email", topic: str | None = None
) -> dict[UUID, Verdict]:
    """Per person: may marketing (messages, blocks) reach them, on which basis or why not (D6, D7)."""
    ids = list(dict.fromkeys(customer_ids))
    people = await contacts(session, ids)
    addresses = {i: address for i, c in people.items() if (address := _address(c, channel))}
    requests = [GateRequest(i, addresses[i], channel, "marketing", topic) for i in addresses]
    given = await gate(session, requests)
    missing = Verdict(False, False, "no address")
    return {i: given.get(i, missing) for i in ids}


def _address(contact: Contact, channel: str) -> str | None:
    return contact.email if channel == "email" else contact.phone


async def may_market(
    session: ReadSession, customer_ids: Sequence[UUID], channel: ChannelName = "email"
) -> dict[UUID, bool]:
    """Whether marketing may reach each person now."""
    return {i: v.send for i, v in (await marketing_verdicts(session, customer_ids, channel)).items()}


@dataclass(frozen=True, slots=True)
class GateRequest:
    """One message before hand-over; `key` is whatever the caller knows it by (customer or message id)."""

    key: UUID
    address: str
    channel: ChannelName
    class_: MessageClass
    topic: str | None = None
    customer_id: UUID | None = None


async def gate(session: ReadSession, requests: Sequence[GateRequest]) -> dict[UUID, Verdict]:
    """The one gate before hand-over, for a batch: suppressions and consents are read now (R19)."""
    now, answers = clock.now(), dict[UUID, Verdict]()
    for channel in sorted({r.channel for r in requests}):
        group = [r for r in requests if r.channel == channel]
        people = [r.customer_id or r.key for r in group]
        blocks, said = await _standing(session, channel, [r.address for r in group], people)
        for request, person in zip(group, people, strict=True):
            held = [Block(s.reason, s.at, s.topic, s.until) for s in blocks[request.address]]
            answers[request.key] = rules.verdict(request.class_, held, said.get(person), now, request.topic)
    return answers


async def _standing(
    session: ReadSession, channel: str, addresses: Sequence[str], people: Sequence[UUID]
) -> tuple[dict[str, list[Suppression]], dict[UUID, Statement]]:
    """Suppressions by address and consents by person, in one round trip once the shop's pepper is known."""
    known = _PEPPERS.get(session.shop_id)
    hashed = {a: rules.address_hash(known, channel, a) for a in addresses} if known else {}
    pepper, held, found = await repository.standing(session, channel, list(set(people)), list(set(hashed.values())))
    said = {
        r["customer_id"]: Statement(r["channel"], r["purpose"], r["granted"], r["at"], r["basis"], r["source"])
        for r in found
    }
    if pepper == known:
        by_hash: dict[bytes, list[Suppression]] = {}
        for r in held:
            by_hash.setdefault(r["hash"], []).append(Suppression(r["source"], r["topic"] or None, r["at"], r["until"]))
        return {a: by_hash.get(hashed[a], []) if known else [] for a in addresses}, said
    _remember(session.shop_id, pepper)
    return await suppressed(session, addresses, channel), said


def _remember(shop: UUID, pepper: bytes | None) -> None:
    """A pepper is made once and stays; what was remembered is compared with what is stored at every use."""
    if len(_PEPPERS) >= PEPPERS:
        _PEPPERS.clear()
    _PEPPERS.pop(shop, None)
    if pepper is not None:
        _PEPPERS[shop] = pepper


async def _latest(session: ReadSession, ids: Sequence[UUID], channel: str) -> dict[UUID, Statement]:
    found = await repository.latest_consents(session, list(set(ids)), channel, "marketing")
    return {r.pop("customer_id"): Statement(**r) for r in found}


async def suppressed(
    session: ReadSession, addresses: Sequence[str], channel: str = "email"
) -> dict[str, list[Suppression]]:
    """Per address, in the spelling given: its suppressions, ended ones too."""
    answer: dict[str, list[Suppression]] = {a: [] for a in addresses}
    pepper = await repository.pepper(session)
    if pepper is None:
        return answer
    hashed = {a: rules.address_hash(pepper, channel, a) for a in answer}
    by_hash: dict[bytes, list[Suppression]] = {}
    for r in await repository.suppressions(session, channel, list(set(hashed.values()))):
        by_hash.setdefault(r["address_hash"], []).append(
            Suppression(r["reason"], r["topic"] or None, r["at"], r["until"])
        )
    return {a: by_hash.get(h, []) for a, h in hashed.items()}


async def suppress(
    session: WriteSession,
    address: str,
    reason: Reason,
    *,
    channel: ChannelName = "email",
    topic: str | None = None,
    until: datetime | None = None,
) -> None:
    """Suppresses an address from now on; a repeat renews it."""
    values = {"channel": channel, "reason": str(reason), "topic": topic or "", "until": until}
    hashed = rules.address_hash(await _pepper(session), channel, address)
    await repository.add_suppression(session, {"id": new_id(), "address_hash": hashed, "at": clock.now(), **values})


async def _pepper(session: WriteSession) -> bytes:
    known = await repository.pepper(session)
    if known is None:
        await repository.make_pepper(session, secrets.token_bytes(32))
        known = await repository.pepper(session)
    if known is None:
        raise RuntimeError("the shop's pepper was neither found nor made")
    return known


async def unsubscribe(
    session: WriteSession, who: UUID | str, channel: ChannelName = "email", topic: str | None = None
) -> None:
    """Ends marketing (of one topic, or all) for a customer or an address; repeatable (RFC 8058 §3.2).

    The ledger gets a withdrawal where the person is known; the address is suppressed in any case.
    """
    person, address = await _person_and_address(session, who, channel)
    if person is not None and topic is None:
        withdrawn = (await _latest(session, [person], channel)).get(person)
        if withdrawn is None or withdrawn.granted:
            await record_consent(session, person, channel, "marketing", False, "unsubscribe", clock.now())
    if address is not None:
        await suppress(session, address, Reason.UNSUBSCRIBED, channel=channel, topic=topic)


async def _person_and_address(
    session: ReadSession, who: UUID | str, channel: ChannelName
) -> tuple[UUID | None, str | None]:
    if isinstance(who, str):
        return (await customer_by_email(session, who) if channel == "email" else None), who
    contact = (await contacts(session, [who])).get(who)
    return (who, _address(contact, channel)) if contact else (None, None)


async def get_customer(session: ReadSession, customer_id: UUID) -> CustomerOut:
    """One person with consents and suppressions; raises CustomerNotFound."""
    row = await repository.get(session, customer_id)
    if row is None:
        raise CustomerNotFound
    ledger = await repository.consents_of(session, customer_id)
    held = rules.fold(Statement(**r) for r in ledger)
    pepper = await repository.pepper(session)
    found: list[dict[str, Any]] = []
    for channel, address in (("email", row["email"]), ("sms", row["phone"])):
        if pepper is not None and address:
            hashes = [rules.address_hash(pepper, channel, address)]
            found += await repository.suppressions(session, channel, hashes)
    return CustomerOut(
        **{k: row[k] for k in CustomerOut.__struct_fields__ if k in row},
        consents=[msgspec.convert(s, ConsentOut, from_attributes=True) for _, s in sorted(held.items())],
        history=[ConsentOut(**r) for r in ledger],
        suppressions=[_suppression(r) for r in found],
    )


def known_id(value: str) -> UUID:
    """The id in a path; raises CustomerNotFound where it is none."""
    customer_id = parse_id(value)
    if customer_id is None:
        raise CustomerNotFound
    return customer_id


async def add_consents(session: WriteSession, customer_id: UUID, statements: Sequence[ConsentIn]) -> CustomerOut:
    """Appends statements and shows what holds now; raises CustomerNotFound."""
    if await repository.get(session, customer_id) is None:
        raise CustomerNotFound
    await record_consents(session, [(customer_id, s) for s in statements])
    return await get_customer(session, customer_id)


async def list_suppressions(session: ReadSession, cursor: str | None, address: str | None) -> Page[SuppressionOut]:
    """A page of suppressions, newest first, or those of one address in any channel."""
    if address is not None:
        pepper = await repository.pepper(session)
        found: list[dict[str, Any]] = []
        for channel in Channel if pepper else ():
            hashes = [rules.address_hash(pepper or b"", channel, address)]
            found += await repository.suppressions(session, channel, hashes)
        return Page([_suppression(r) for r in found])
    key = decode_cursor(cursor) if cursor else None
    found = await repository.list_suppressions(session, parse_id(str(key[0])) if key else None, PAGE + 1)
    page = [_suppression(r) for r in found[:PAGE]]
    return Page(page, encode_cursor(str(page[-1].id)) if len(found) > PAGE else None)


def _suppression(row: Mapping[str, Any]) -> SuppressionOut:
    return SuppressionOut(
        id=row["id"],
        channel=row["channel"],
        address_hash=row["address_hash"].hex(),
        reason=row["reason"],
        topic=row["topic"] or None,
        at=row["at"],
        until=row["until"],
    )
