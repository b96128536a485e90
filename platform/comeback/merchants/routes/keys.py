"""API keys."""

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from comeback.core.access import Principal
from comeback.core.db import ReadSession, WriteSession
from comeback.core.errors import NotFound
from comeback.kit.ids import parse_id
from comeback.merchants import service
from comeback.merchants.schemas import KeyIn, KeyMade, KeyPage

READ = {"permission": "settings:read"}
WRITE = {"permission": "settings:write"}
SHOWS_SECRET = {**WRITE, "secret": True}


@get("/api/v1/api-keys", operation_id="listApiKeys", opt=READ, tags=["settings"])
async def list_keys(read: NamedDependency[ReadSession], principal: NamedDependency[Principal]) -> KeyPage:
    """The shop's keys, revoked ones too, and the permissions that the asker may give to a new one."""
    rows = await service.list_api_keys(read)
    return KeyPage(items=[service.key_view(row) for row in rows], grantable=sorted(principal.permissions))


@post("/api/v1/api-keys", operation_id="createApiKey", opt=SHOWS_SECRET, tags=["settings"])
async def create_key(
    data: JSONBody[KeyIn], session: NamedDependency[WriteSession], principal: NamedDependency[Principal]
) -> KeyMade:
    """A new key. It stands in this answer and nowhere else; 403 for permissions beyond the asker's own."""
    row, plain = await service.create_api_key(session, data.name, data.scopes, actor=principal)
    return KeyMade(key=plain, view=service.key_view(row))


@delete("/api/v1/api-keys/{key_id:str}", operation_id="revokeApiKey", opt=WRITE, tags=["settings"])
async def revoke_key(
    key_id: FromPath[str], session: NamedDependency[WriteSession], principal: NamedDependency[Principal]
) -> None:
    """Ends a key within half a minute everywhere."""
    known = parse_id(key_id)
    if known is None:
        raise NotFound("There is no live key like this.")
    await service.revoke_api_key(session, known, actor=principal)


ROUTES = (list_keys, create_key, revoke_key)
