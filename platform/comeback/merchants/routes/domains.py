"""Sending domains and their records."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from comeback.core.access import Principal
from comeback.core.db import Database, ReadSession, WriteSession
from comeback.core.errors import NotFound, TooMany
from comeback.core.limits import Limiter
from comeback.core.secrets import Vault
from comeback.core.settings import Settings
from comeback.kit.ids import parse_id
from comeback.merchants import service
from comeback.merchants.schemas import DomainIn, DomainPage, DomainView

READ = {"permission": "settings:read"}
WRITE = {"permission": "settings:write"}
LOOKS = "20/minute"


@get("/api/v1/sending-domains", operation_id="listSendingDomains", opt=READ, tags=["settings"])
async def list_domains(read: NamedDependency[ReadSession], settings: NamedDependency[Settings]) -> DomainPage:
    """The shop's sending domains, each with the records it needs."""
    return await service.list_domains(read, settings)


@post("/api/v1/sending-domains", operation_id="addSendingDomain", opt=WRITE, tags=["settings"])
async def add_domain(
    data: JSONBody[DomainIn],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
    vault: NamedDependency[Vault],
    settings: NamedDependency[Settings],
) -> DomainView:
    """Makes keys for a domain and answers the records to put there. Again for a known domain: the next keys."""
    domain = data.domain.strip().rstrip(".").lower()
    made = await service.add_sending_domain(session, vault, domain, actor=principal)
    return await service.domain_view(session, settings, made[0].id)


@post("/api/v1/sending-domains/{domain_id:str}/verify", operation_id="verifySendingDomain", opt=WRITE, status_code=200,
      tags=["settings"])  # fmt: skip
async def verify_domain(
    domain_id: FromPath[str],
    database: NamedDependency[Database],
    principal: NamedDependency[Principal],
    limiter: NamedDependency[Limiter],
    settings: NamedDependency[Settings],
) -> DomainView:
    """Looks for every record now and says what it saw."""
    known = parse_id(domain_id)
    if known is None:
        raise NotFound("There is no sending domain like this.")
    if not await limiter.hit(LOOKS, "dns", str(principal.shop_id)):
        raise TooMany("Wait a minute before you look again; name servers remember what they said.")
    return await service.verify_domain(database, settings, principal, known)


ROUTES = (list_domains, add_domain, verify_domain)
