"""Into the portal: a claim, a mailed code, a session bound to one order. Every claim looks alike from outside."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from comeback.core.access import add_entry, drop_entries
from comeback.core.db import WriteSession
from comeback.core.outbox import enqueue
from comeback.core.settings import Settings
from comeback.kit.ids import new_id
from comeback.kit.tokens import digest, random_token
from comeback.messages import service as messages
from comeback.messages.rules.states import send_key
from comeback.messages.schemas import PlannedMessage
from comeback.portal import repository
from comeback.portal.repository import Claim
from comeback.portal.rules.access import ALPHABET, CODE_LENGTH, MAX_TRIES, MINUTES, SESSION_HOURS, code_digest, same

SEND_CODE = "portal.send_code"


def real_now() -> datetime:
    """Codes and sessions live in real time: a rehearsal that moves business time does not end them."""
    return datetime.now(UTC)


async def claim_order(session: WriteSession, order_id: UUID | None, language: str, target: UUID | None = None) -> str:
    """Starts a claim and answers what stands in its address; the code follows by a job, so that a claim of an order
    that is not there takes as long as one of an order that is."""
    token, now = random_token(), real_now()
    claim_id = new_id()
    await repository.add_claim(
        session,
        {
            "id": claim_id,
            "key": digest(token),
            "order_id": order_id,
            "target": target,
            "language": language,
            "created_at": now,
            "expires_at": now + timedelta(minutes=MINUTES),
        },
    )
    await enqueue(session, SEND_CODE, {"claim": str(claim_id)}, key=str(claim_id))
    return token


def new_code() -> str:
    """A code of 6 signs (over 500 million), shown in two groups."""
    made = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return f"{made[:3]} {made[3:]}"


async def send_code(session: WriteSession, settings: Settings, claim_id: UUID) -> None:
    """Mails the code of a claim to the address of the order; nothing where no order fits or the code is out already."""
    claim = await repository.claim(session, claim_id)
    if claim is None or claim.order_id is None or claim.expires_at <= real_now():
        return
    person = await repository.customer_of(session, claim.order_id)
    if person is None or not person["email"]:
        return
    code = new_code()
    if not await repository.set_code(session, claim.id, code_digest(settings.secret_key.reveal(), claim.id, code)):
        return
    await messages.plan(session, [_letter(claim, claim.order_id, person, code)])


def _letter(claim: Claim, order_id: UUID, person: dict[str, Any], code: str) -> PlannedMessage:
    return PlannedMessage(
        send_key=send_key("portal", "login_code", str(claim.id), person["email"], "email"),
        template="login_code",
        class_="service",
        customer_id=person["customer_id"],
        recipient=person["email"],
        locale=claim.language,
        subjects={"order": order_id},
        data={"login": {"code": code, "minutes": MINUTES}},
        origin={"kind": "portal"},
    )


async def enter(session: WriteSession, settings: Settings, key: str, code: str) -> tuple[str, UUID, UUID | None] | None:
    """A right code in time: (session token, order, return to show). None for every mistake; it counts as a try."""
    claim = await repository.claim_by_key(session, digest(key), lock=True)
    said = code_digest(settings.secret_key.reveal(), claim.id if claim else key, code)
    if claim is None or not usable(claim):
        return None
    if claim.order_id is None or claim.code is None or not same(claim.code.hex(), said.hex()):
        await repository.count_try(session, claim.id)
        return None
    await repository.use_claim(session, claim.id, real_now())
    token = random_token()
    ends = real_now() + timedelta(hours=SESSION_HOURS)
    await add_entry(session, "portal", digest(token), claim.order_id, ends)
    return token, claim.order_id, claim.target


def usable(claim: Claim) -> bool:
    """Whether a code may still be tried."""
    return claim.used_at is None and claim.tries < MAX_TRIES and claim.expires_at > real_now()


async def leave(session: WriteSession, order_id: UUID) -> None:
    """Ends all sessions of the order."""
    await drop_entries(session, "portal", order_id)
