"""The returns inbox, one return, and the buttons of the agent."""

from typing import Any, Literal

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from comeback.core.access import Principal
from comeback.core.db import ReadSession, WriteSession
from comeback.core.settings import Settings
from comeback.desk import rules
from comeback.desk.schemas.returns import DeclineIn, InspectIn, ReturnDetail, ReturnList, SettleIn
from comeback.desk.service import returns
from comeback.returns import service as return_room

READ = {"permission": "returns:read"}
DECIDE = {"permission": "returns:decide"}
GOODS = {"permission": "returns:write"}
MONEY = {"permission": "refunds:write"}


def _locale(request: Request[Any, Any, Any]) -> str:
    return rules.reading_locale(request.headers.get("accept-language", ""))


@get("/api/studio/returns", operation_id="studioReturns", opt=READ, tags=["studio"])
async def list_returns(
    read: NamedDependency[ReadSession],
    tab: FromQuery[Literal["new", "review", "on_the_way", "received", "inspect", "done"]] = "new",
    cursor: FromQuery[str | None] = None,
) -> ReturnList:
    """A page of one stage of the inbox, with the counts of all stages."""
    return await returns.inbox(read, tab, cursor)


@get("/api/studio/returns/{return_id:str}", operation_id="studioReturn", opt=READ, tags=["studio"])
async def get_return(
    request: Request[Any, Any, Any],
    return_id: FromPath[str],
    read: NamedDependency[ReadSession],
    settings: NamedDependency[Settings],
) -> ReturnDetail:
    """One return with everything an agent needs, and what may be done with it."""
    return await returns.detail(read, settings, return_room.known_id(return_id), _locale(request))


@post(
    "/api/studio/returns/{return_id:str}/approve",
    operation_id="studioApproveReturn", opt=DECIDE, status_code=200, tags=["studio"],
)  # fmt: skip
async def approve_return(
    request: Request[Any, Any, Any],
    return_id: FromPath[str],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> ReturnDetail:
    """Approves: the label is made, the customer is told."""
    case_id = return_room.known_id(return_id)
    await returns.approve(session, principal, case_id)
    return await returns.detail(session, settings, case_id, _locale(request))


@post(
    "/api/studio/returns/{return_id:str}/decline",
    operation_id="studioDeclineReturn", opt=DECIDE, status_code=200, tags=["studio"],
)  # fmt: skip
async def decline_return(
    request: Request[Any, Any, Any],
    return_id: FromPath[str],
    data: JSONBody[DeclineIn],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> ReturnDetail:
    """Declines with a reason that the customer reads; a withdrawal cannot be declined (409)."""
    case_id = return_room.known_id(return_id)
    await returns.decline(session, principal, case_id, data.reason)
    return await returns.detail(session, settings, case_id, _locale(request))


@post(
    "/api/studio/returns/{return_id:str}/receive",
    operation_id="studioReceiveReturn", opt=GOODS, status_code=200, tags=["studio"],
)  # fmt: skip
async def receive_return(
    request: Request[Any, Any, Any],
    return_id: FromPath[str],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> ReturnDetail:
    """Checks the parcel in; the inspection says what was in it."""
    case_id = return_room.known_id(return_id)
    await returns.receive(session, principal, case_id)
    return await returns.detail(session, settings, case_id, _locale(request))


@post(
    "/api/studio/returns/{return_id:str}/inspect",
    operation_id="studioInspectReturn", opt=GOODS, status_code=200, tags=["studio"],
)  # fmt: skip
async def inspect_return(
    request: Request[Any, Any, Any],
    return_id: FromPath[str],
    data: JSONBody[InspectIn],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> ReturnDetail:
    """Saves grade, destination and deduction of every line; stock moves with it."""
    case_id = return_room.known_id(return_id)
    await returns.inspect(session, principal, case_id, data)
    return await returns.detail(session, settings, case_id, _locale(request))


@post(
    "/api/studio/returns/{return_id:str}/settle",
    operation_id="studioSettleReturn", opt=MONEY, status_code=200, tags=["studio"],
)  # fmt: skip
async def settle_return(
    request: Request[Any, Any, Any],
    return_id: FromPath[str],
    data: JSONBody[SettleIn],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> ReturnDetail:
    """Pays exactly the amounts that were read and confirmed; other amounts now are a 409."""
    case_id = return_room.known_id(return_id)
    await returns.settle(session, principal, case_id, data)
    return await returns.detail(session, settings, case_id, _locale(request))


ROUTES = (
    list_returns,
    get_return,
    approve_return,
    decline_return,
    receive_return,
    inspect_return,
    settle_return,
)
