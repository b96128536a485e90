"""The people of a shop, and what they may do."""

from uuid import UUID

import msgspec
from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from comeback.core.access import Principal
from comeback.core.db import ReadSession, WriteSession
from comeback.core.errors import NotFound
from comeback.kit.ids import parse_id
from comeback.merchants import service
from comeback.merchants.schemas import StaffChange, StaffInvite, StaffMember, StaffPage

READ = {"permission": "settings:read"}
WRITE = {"permission": "staff:write"}


def _known(staff_id: str) -> UUID:
    found = parse_id(staff_id)
    if found is None:
        raise NotFound("There is nobody like this in the shop.")
    return found


@get("/api/v1/staff", operation_id="listStaff", opt=READ, tags=["settings"])
async def list_staff(read: NamedDependency[ReadSession]) -> StaffPage:
    """Everybody who works or worked in the shop."""
    return StaffPage(items=[service.staff_member(row) for row in await service.list_staff(read)])


@post("/api/v1/staff", operation_id="inviteStaff", opt=WRITE, tags=["settings"])
async def invite_staff(
    data: JSONBody[StaffInvite], session: NamedDependency[WriteSession], principal: NamedDependency[Principal]
) -> StaffMember:
    """Invites somebody by mail, with a link that works once and for a week."""
    return service.staff_member(await service.invite(session, principal, data))


@post("/api/v1/staff/{staff_id:str}/invite", operation_id="inviteStaffAgain", opt=WRITE, status_code=200,
      tags=["settings"])  # fmt: skip
async def invite_again(
    staff_id: FromPath[str], session: NamedDependency[WriteSession], principal: NamedDependency[Principal]
) -> StaffMember:
    """Mails a new link; the earlier one ends. 409 where the person has come in already."""
    return service.staff_member(await service.invite_again(session, principal, _known(staff_id)))


@patch("/api/v1/staff/{staff_id:str}", operation_id="changeStaff", opt=WRITE, tags=["settings"])
async def change_staff(
    staff_id: FromPath[str],
    data: JSONBody[StaffChange],
    session: NamedDependency[WriteSession],
    principal: NamedDependency[Principal],
) -> StaffMember:
    """Changes name, role, or whether the person may log in. 409 where the shop would lose its last owner."""
    known = _known(staff_id)
    if data.name is not msgspec.UNSET:
        await service.rename(session, principal, known, data.name)
    if data.role is not msgspec.UNSET:
        await service.change_role(session, principal, known, data.role)
    if data.active is not msgspec.UNSET:
        change = service.reopen_account if data.active else service.close_account
        await change(session, principal, known)
    await session.flush()
    return service.staff_member(await service.get_staff(session, known))


@delete("/api/v1/staff/{staff_id:str}", operation_id="closeStaff", opt=WRITE, tags=["settings"])
async def close_staff(
    staff_id: FromPath[str], session: NamedDependency[WriteSession], principal: NamedDependency[Principal]
) -> None:
    """Keeps somebody out from now on; what the person did stays. 409 for the last owner."""
    await service.close_account(session, principal, _known(staff_id))


ROUTES = (list_staff, invite_staff, invite_again, change_staff, close_staff)
