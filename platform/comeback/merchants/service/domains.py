"""Sending domains: what a shop may write From, each stream with a DKIM key of its own."""

import asyncio
import base64

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from comeback.core.access import Principal
from comeback.core.db import ReadSession, WriteSession
from comeback.core.errors import FieldError, Invalid
from comeback.core.secrets import Secret, Vault
from comeback.kit.ids import new_id
from comeback.merchants import repository, rules
from comeback.merchants.models import MailStream, SendingDomain
from comeback.merchants.schemas import DkimKey
from comeback.merchants.service.audit import audit

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
