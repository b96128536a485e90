"""People who work in a shop, and what their role lets them do."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError

from comeback.core.access import Principal, add_entry
from comeback.core.db import ReadSession, WriteSession
from comeback.core.errors import FieldError, Invalid, NotFound
from comeback.kit.tokens import digest
from comeback.merchants import repository, rules
from comeback.merchants.errors import LastOwner, ScopeTooWide, StaffExists, WeakPassword
from comeback.merchants.models import Role, Staff
from comeback.merchants.schemas import StaffIn, StaffMember, StaffView
from comeback.merchants.service.audit import audit
from comeback.merchants.service.passwords import hash_password
from comeback.merchants.service.remembered import SESSIONS


def check_address(email: str, role: str) -> None:
    """Raises Invalid where nobody can be let in with this address or role."""
    errors: list[FieldError] = []
    if email.strip().count("@") != 1 or len(email) > 254 or any(c.isspace() for c in email.strip()):
        errors.append(FieldError("/email", "Write an address like name@shop.example."))
    if role not in set(Role):
        errors.append(FieldError("/role", f"Use one of {', '.join(Role)}."))
    if errors:
        raise Invalid("Somebody cannot be let in like this.", errors)


def check_password(password: str, email: str) -> None:
    """Raises WeakPassword."""
    problems = rules.password_problems(password, email)
    if problems:
        raise WeakPassword(problems[0], [FieldError("/password", problem) for problem in problems])


async def create_staff(session: WriteSession, actor: Principal | None, person: StaffIn) -> Staff:
    """Lets somebody in. Raises Invalid, WeakPassword or StaffExists."""
    check_address(person.email, person.role)
    check_password(person.password, person.email)
    norm = rules.normalise_email(person.email)
    row = Staff(
        shop_id=session.shop_id,
        email=person.email.strip(),
        email_norm=norm,
        name=person.name,
        role=person.role,
        password_hash=await hash_password(person.password),
    )
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:
        raise StaffExists() from error
    await add_entry(session, "staff", digest(norm), row.id)
    await audit(session, actor, "staff.created", row.id, {"role": person.role})
    return row


async def get_staff(session: ReadSession, staff_id: UUID) -> Staff:
    """One person. Raises NotFound."""
    row = await repository.staff_by_id(session, staff_id)
    if row is None:
        raise NotFound("There is nobody like this in the shop.")
    return row


async def list_staff(session: ReadSession) -> list[Staff]:
    """Everybody who works or worked in the shop, in the order they came."""
    return await repository.all_staff(session)


async def _keep_an_owner(session: WriteSession, row: Staff) -> None:
    if await repository.lock_owners(session) == [row.id]:
        raise LastOwner("Make somebody else an owner first.")


def not_above(actor: Principal | None, role: str) -> None:
    """Raises ScopeTooWide where the role may do more than the one who gives it, or takes it away."""
    beyond = rules.scopes_beyond(rules.permissions_of(role), actor.permissions) if actor else []
    if beyond:
        raise ScopeTooWide(f"Beyond your own rights: {', '.join(beyond)}.")


async def change_role(session: WriteSession, actor: Principal | None, staff_id: UUID, role: str) -> Staff:
    """Gives another role and ends the person's sessions: a new role begins with a new log-in."""
    if role not in set(Role):
        raise Invalid("There is no such role.", [FieldError("/role", f"Use one of {', '.join(Role)}.")])
    not_above(actor, role)
    row = await get_staff(session, staff_id)
    not_above(actor, row.role)
    if row.role == Role.OWNER and role != Role.OWNER:
        await _keep_an_owner(session, row)
    old, row.role = row.role, role
    await repository.revoke_sessions_of(session, staff_id)
    SESSIONS.clear()
    await audit(session, actor, "staff.role_changed", staff_id, {"from": old, "to": role})
    return row


async def close_account(session: WriteSession, actor: Principal | None, staff_id: UUID) -> None:
    """Nobody logs in with this account any more; its traces stay."""
    row = await get_staff(session, staff_id)
    not_above(actor, row.role)
    if row.role == Role.OWNER and row.active:
        await _keep_an_owner(session, row)
    row.active = False
    await repository.revoke_sessions_of(session, staff_id)
    SESSIONS.clear()
    await audit(session, actor, "staff.closed", staff_id)


async def reopen_account(session: WriteSession, actor: Principal | None, staff_id: UUID) -> None:
    """Lets somebody in again who was kept out."""
    row = await get_staff(session, staff_id)
    not_above(actor, row.role)
    row.active = True
    await audit(session, actor, "staff.reopened", staff_id)


async def rename(session: WriteSession, actor: Principal | None, staff_id: UUID, name: str) -> None:
    """Changes how a person is called here."""
    row = await get_staff(session, staff_id)
    row.name = name.strip()
    SESSIONS.clear()
    await audit(session, actor, "staff.renamed", staff_id)


async def change_password(session: WriteSession, actor: Principal | None, staff_id: UUID, password: str) -> None:
    """Sets a password and ends all sessions of the person. Raises WeakPassword."""
    row = await get_staff(session, staff_id)
    check_password(password, row.email)
    row.password_hash = await hash_password(password)
    await repository.revoke_sessions_of(session, staff_id)
    SESSIONS.clear()
    await audit(session, actor, "staff.password_changed", staff_id)


def staff_member(row: Staff) -> StaffMember:
    """The person as the settings list them."""
    waits = row.password_hash == rules.UNSET_PASSWORD
    return StaffMember(
        id=row.id,
        email=row.email,
        name=row.name,
        role=row.role,
        state="closed" if not row.active else "invited" if waits else "active",
        created_at=row.created_at,
        last_login_at=row.last_login_at,
    )


def staff_view(row: Staff) -> StaffView:
    """The person as the studio shows it."""
    return StaffView(
        id=row.id, email=row.email, name=row.name, role=row.role, permissions=sorted(rules.permissions_of(row.role))
    )
