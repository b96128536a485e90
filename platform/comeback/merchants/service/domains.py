"""Sending domains: what a shop may write From, each stream with a DKIM key of its own."""

import asyncio
import base64
from collections.abc import Iterable
from typing import Literal
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from comeback.core.access import Principal
from comeback.core.db import Database, ReadSession, WriteSession
from comeback.core.errors import FieldError, Invalid, NotFound
from comeback.core.secrets import Secret, Vault
from comeback.core.settings import Settings
from comeback.kit.ids import new_id
from comeback.merchants import repository, rules
from comeback.merchants.models import MailStream, SendingDomain
from comeback.merchants.schemas import DkimKey, DnsRecord, DomainPage, DomainView
from comeback.merchants.service.audit import audit
from comeback.vendors.dns.resolver import Resolver, Unanswered

TABLE = "sending_domains"


def _key_pair() -> tuple[bytes, str]:
    """RSA-2048 (RFC 8301 §3.2): the private key as PEM, the public one as it stands in the record."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return private, base64.b64encode(public).decode()


async def add_sending_domain(
    session: WriteSession, vault: Vault, domain: str, *, actor: Principal | None = None
) -> list[SendingDomain]:
    """A key for each stream (`orders@`, `news@`) of a domain, not verified yet. Adding it again makes the next keys
    (selectors count up), so that keys can be changed without a gap. Raises Invalid."""
    problem = rules.domain_problem(domain)
    if problem is not None:
        raise Invalid(problem, [FieldError("/domain", problem)])
    made = [await _add_stream(session, vault, domain, stream) for stream in MailStream]
    await audit(session, actor, "domain.added", made[0].id, {"domain": domain})
    return made


async def _add_stream(session: WriteSession, vault: Vault, domain: str, stream: MailStream) -> SendingDomain:
    private, public = await asyncio.to_thread(_key_pair)
    serial = 1 + await repository.count_selectors(session, domain, stream.value)
    row_id = new_id()
    row = SendingDomain(
        shop_id=session.shop_id,
        id=row_id,
        domain=domain,
        stream=stream.value,
        local_part=stream.value,
        selector=rules.selector(stream.value, serial),
        algorithm="rsa",
        private_key=await vault.seal(session, TABLE, "private_key", row_id, private),
        public_key=public,
    )
    session.add(row)
    await session.flush()
    return row


async def mark_verified(session: WriteSession, domain: str) -> None:
    """Notes that the domain's records were seen; from now on the shop writes From it."""
    await repository.mark_verified(session, domain)


async def dkim_key(session: ReadSession, vault: Vault, stream: str) -> DkimKey | None:
    """What signs a stream (`orders`, `news`): the newest verified domain, or None when the shop has none."""
    row = await repository.sending_domain(session, stream)
    if row is None:
        return None
    private = await vault.open(session, TABLE, "private_key", row.id, row.private_key)
    return DkimKey(
        sending_domain_id=row.id,
        domain=row.domain,
        address=f"{row.local_part}@{row.domain}",
        selector=row.selector,
        algorithm=row.algorithm,
        private_key=Secret(private.decode()),
        verified_at=row.verified_at,
    )


def _purpose(row: SendingDomain) -> Literal["dkim_orders", "dkim_news"]:
    return "dkim_orders" if row.stream == MailStream.ORDERS else "dkim_news"


def _newest(rows: Iterable[SendingDomain]) -> dict[str, dict[str, SendingDomain]]:
    """domain → stream → the key that counts: the one made last."""
    found: dict[str, dict[str, SendingDomain]] = {}
    for row in rows:
        found.setdefault(row.domain, {})[row.stream] = row
    return found


def _records(domain: str, keys: Iterable[SendingDomain], mail_domain: str) -> list[DnsRecord]:
    """What to put at the domain. The signatures decide; SPF and DMARC are advice, since mail leaves from a return path
    of the platform and passes DMARC by its aligned signature (RFC 7489 §3.1)."""
    made = [
        DnsRecord(
            purpose=_purpose(row),
            type="TXT",
            host=f"{row.selector}._domainkey.{domain}",
            value=rules.dkim_record(row.public_key, row.algorithm),
            required=True,
            state="unknown",
        )
        for row in sorted(keys, key=lambda row: row.stream, reverse=True)
    ]
    spf = f"v=spf1 include:{mail_domain} ~all"
    made.append(DnsRecord(purpose="spf", type="TXT", host=domain, value=spf, required=False, state="unknown"))
    made.append(
        DnsRecord(
            purpose="dmarc", type="TXT", host=f"_dmarc.{domain}", value="v=DMARC1; p=none", required=False,
            state="unknown",
        )
    )  # fmt: skip
    return made


def _view(keys: dict[str, SendingDomain], records: list[DnsRecord]) -> DomainView:
    rows = [keys[stream] for stream in sorted(keys, reverse=True)]
    seen = [row.verified_at for row in rows]
    return DomainView(
        id=rows[0].id,
        domain=rows[0].domain,
        addresses=[f"{row.local_part}@{row.domain}" for row in rows],
        verified_at=max(at for at in seen if at) if all(seen) else None,
        records=records,
    )


async def list_domains(session: ReadSession, settings: Settings) -> DomainPage:
    """The shop's domains with the records each needs; nothing is asked of any name server."""
    mail = settings.mail.domain
    found = _newest(await repository.sending_domains(session))
    items = [_view(keys, _records(domain, keys.values(), mail)) for domain, keys in found.items()]
    return DomainPage(items=items, local=settings.local, return_path=mail)


async def _domain_of(session: ReadSession, domain_id: UUID) -> dict[str, SendingDomain]:
    rows = await repository.sending_domains(session)
    domain = next((row.domain for row in rows if row.id == domain_id), None)
    if domain is None:
        raise NotFound("There is no sending domain like this.")
    return _newest(rows)[domain]


async def domain_view(session: ReadSession, settings: Settings, domain_id: UUID) -> DomainView:
    """One domain, its records unasked. Raises NotFound."""
    keys = await _domain_of(session, domain_id)
    domain = next(iter(keys.values())).domain
    return _view(keys, _records(domain, keys.values(), settings.mail.domain))


async def verify_domain(database: Database, settings: Settings, actor: Principal, domain_id: UUID) -> DomainView:
    """Asks for every record now, and notes the domain as verified once both keys were seen. Raises NotFound.

    No transaction is open while the name servers are asked. A domain that was verified stays so: a name server that
    is slow today must not stop a shop's mail.
    """
    async with database.read(actor.shop_id) as read:
        asked = await domain_view(read, settings, domain_id)
    resolver = Resolver(settings.mail.resolver)
    records = list(await asyncio.gather(*(_look(resolver, record, settings.mail.domain) for record in asked.records)))
    good = all(record.state == "good" for record in records if record.required)
    async with database.write(actor.shop_id) as session:
        if good and asked.verified_at is None:
            await repository.mark_verified(session, asked.domain)
            await audit(session, actor, "domain.verified", domain_id, {"domain": asked.domain})
            await session.flush()
        session.expire_all()
        return msgspec.structs.replace(await domain_view(session, settings, domain_id), records=records)


async def _look(resolver: Resolver, record: DnsRecord, mail_domain: str) -> DnsRecord:
    try:
        values = await resolver.txt(record.host)
    except Unanswered:
        return msgspec.structs.replace(record, state="unanswered")
    state = _judged(record, values, mail_domain)
    shown = [value[:300] for value in values][:5] if state == "wrong" else []
    return msgspec.structs.replace(record, state=state, found=shown)


def _judged(record: DnsRecord, values: list[str], mail_domain: str) -> str:
    if record.purpose == "spf":
        return rules.judged_spf(mail_domain, values)
    return rules.judged_dmarc(values) if record.purpose == "dmarc" else rules.judged_key(record.value, values)
