"""Invitations: somebody is let in by a link that works once, and chooses a password of their own."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from comeback.core.access import Principal, add_entry, drop_entries, resolve
from comeback.core.db import Database, WriteSession
from comeback.core.errors import Conflict
from comeback.core.outbox import enqueue
from comeback.kit.tokens import digest, random_token
from comeback.merchants import repository, rules
from comeback.merchants.errors import InvitationOver, StaffExists
from comeback.merchants.models import Staff
from comeback.merchants.schemas import Invitation, StaffInvite
from comeback.merchants.service.audit import audit
from comeback.merchants.service.passwords import hash_password
from comeback.merchants.service.shops import get_shop
from comeback.merchants.service.staff import check_address, check_password, get_staff, not_above

TELL = "desk.invite"
"""The job that mails an invitation; its link is made there, so that no queue ever holds it."""
DAYS = 7
KIND = "invite"


async def invite(session: WriteSession, actor: Principal | None, person: StaffInvite) -> Staff:
    """Lets somebody in as soon as they chose a password. Raises Invalid, ScopeTooWide or StaffExists."""
    check_address(person.email, person.role)
    not_above(actor, person.role)
    norm = rules.normalise_email(person.email)
    row = Staff(
        shop_id=session.shop_id,
        email=person.email.strip(),
        email_norm=norm,
        name=person.name.strip(),
        role=person.role,
        password_hash=rules.UNSET_PASSWORD,
    )
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:
        raise StaffExists() from error
    await audit(session, actor, "staff.invited", row.id, {"role": person.role})
    await _tell(session, row.id, actor)
    return row


async def _tell(session: WriteSession, staff_id: UUID, actor: Principal | None) -> None:
    by = actor.name if actor else ""
    await enqueue(session, TELL, {"staff": str(staff_id), "by": by})


async def invite_again(session: WriteSession, actor: Principal | None, staff_id: UUID) -> Staff:
    """Mails a new link; the earlier one ends. Raises NotFound, or Conflict where the person has a password already."""
    row = await get_staff(session, staff_id)
    if row.password_hash != rules.UNSET_PASSWORD or not row.active:
        raise Conflict("This person has come in already.")
    await audit(session, actor, "staff.invited", row.id, {"role": row.role})
    await _tell(session, row.id, actor)
    return row


async def make_link(session: WriteSession, staff_id: UUID) -> tuple[Staff, str] | None:
    """The person and a fresh token, good for `DAYS` and once; None where nobody waits for one."""
    row = await repository.staff_by_id(session, staff_id)
    if row is None or not row.active or row.password_hash != rules.UNSET_PASSWORD:
        return None
    await drop_entries(session, KIND, row.id)
    token = random_token()
    await add_entry(session, KIND, digest(token), row.id, datetime.now(UTC) + timedelta(days=DAYS))
    return row, token


async def _find(database: Database, token: str) -> tuple[UUID, UUID]:
    found = await resolve(database, KIND, digest(token)) if 0 < len(token) <= 100 else []
    if not found:
        raise InvitationOver()
    return found[0]


async def invitation(database: Database, token: str) -> Invitation:
    """What the link says. Raises InvitationOver (404) for one that is unknown, used or too old."""
    shop_id, staff_id = await _find(database, token)
    async with database.read(shop_id) as read:
        row = await get_staff(read, staff_id)
        shop = await get_shop(read)
        return Invitation(email=row.email, name=row.name, role=row.role, shop=shop.name)


async def accept(database: Database, token: str, password: str) -> tuple[UUID, UUID]:
    """Sets the password and ends the link; answers shop and person. Raises InvitationOver, WeakPassword.

    Only now the address leads to this shop at the log-in: one that was merely invited, perhaps by a stranger, must not
    stand in the way of the shops that the person works in.
    """
    shop_id, staff_id = await _find(database, token)
    async with database.read(shop_id) as read:
        check_password(password, (await get_staff(read, staff_id)).email)
    hashed = await hash_password(password)
    async with database.write(shop_id) as session:
        if not await repository.set_first_password(session, staff_id, hashed, rules.UNSET_PASSWORD):
            raise InvitationOver()
        await drop_entries(session, KIND, staff_id)
        await add_entry(session, "staff", digest((await get_staff(session, staff_id)).email_norm), staff_id)
        await audit(session, None, "staff.came_in", staff_id)
    return shop_id, staff_id
