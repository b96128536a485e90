"""From claimed rows of one shop to letters: consent, guards and data are asked in batches, one query a block."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
import structlog

from comeback.core import clock
from comeback.core.db import WriteSession
from comeback.core.events import publish_all
from comeback.core.failpoints import failpoint
from comeback.core.metrics import MESSAGES
from comeback.customers import service as customers
from comeback.customers.service import Contact, GateRequest
from comeback.messages.mime.headers import BadHeader
from comeback.messages.render.liquid import BadTemplate, MissingVariable
from comeback.messages.render.render import Bound, shown
from comeback.messages.repository import queue
from comeback.messages.repository.queue import Claimed
from comeback.messages.schemas import BlockRequest, GuardRequest
from comeback.messages.sender import tidings
from comeback.messages.sender.letter import Letter, Writer, seal
from comeback.messages.sender.stationery import Cabinet, Stationery
from comeback.messages.service.sockets import BLOCKS, GUARDS

log = structlog.get_logger("sender")
BREATH = 1
"""Letters written before the loop may do something else."""
SEALED_TOGETHER = 8
"""Letters handed to a thread at once: more cost less, fewer are begun with sooner."""


class Stopped(msgspec.Struct, frozen=True):
    """A message that will not leave: `state` is blocked or cancelled. `offers`: a coupon may be reserved for it."""

    claimed: Claimed
    state: str
    why: str
    offers: bool = False


async def gate(session: WriteSession, claimed: Sequence[Claimed]) -> tuple[dict[UUID, bool], list[Stopped]]:
    """Who may still get theirs, and whether with marketing blocks in it; and who may not (D6, R19)."""
    requests = [
        GateRequest(m.id, m.recipient, "email", "marketing" if m.class_ == "marketing" else "service",
                    customer_id=m.customer_id)
        for m in claimed
    ]  # fmt: skip
    verdicts = await customers.gate(session, requests)
    asked = [GuardRequest(message_id=m.id, template=m.template, class_=m.class_, subjects=m.subjects,
                          customer_id=m.customer_id) for m in claimed]  # fmt: skip
    reasons: dict[UUID, str] = {}
    for guard in GUARDS:
        reasons |= {i: why for i, why in (await guard(session, asked)).items() if why}
    stopped = [
        Stopped(m, "cancelled", reasons.get(m.id) or verdicts[m.id].why, m.offers)
        for m in claimed
        if m.id in reasons or not verdicts[m.id].send
    ]
    gone = {s.claimed.id for s in stopped}
    return {m.id: verdicts[m.id].offers for m in claimed if m.id not in gone}, stopped


async def stop(session: WriteSession, stopped: Sequence[Stopped]) -> None:
    """Writes why messages will not leave, and tells of those that a coupon may be reserved for."""
    moved: set[UUID] = set()
    for state in ("blocked", "cancelled"):
        found = [s for s in stopped if s.state == state]
        columns: dict[str, list[Any]] = {
            "ids": [s.claimed.id for s in found], "attempts": [s.claimed.attempt for s in found],
            "why": [s.why[:500] for s in found],
        }  # fmt: skip
        done = await queue.move(session, state, columns)
        MESSAGES.labels("any", state).inc(len(done))
        moved |= done
    # One that may have arrived already keeps its coupon: its reader may hold it.
    told = [s for s in stopped if s.offers and s.claimed.id in moved and not s.claimed.resent]
    await publish_all(session, [tidings.failed(s.claimed, s.why) for s in told])


async def prepare(session: WriteSession, cabinet: Cabinet, writer: Writer, claimed: Sequence[Claimed]) -> list[Letter]:
    """Letters of one shop, their rows `rendered`, in the caller's transaction; the others are blocked or cancelled."""
    stationery = await cabinet.of(session)
    allowed, stopped = await gate(session, claimed)
    live = [m for m in claimed if m.id in allowed]
    letters = [writer.stored(m, m.mime) for m in live if m.mime is not None]
    to_write = [m for m in live if m.mime is None]
    templates, without = await _templates(session, stationery, to_write)
    stopped += without
    stopped += _unasked([m for m in to_write if m.id in templates], templates, allowed)
    held = {s.claimed.id for s in stopped}
    to_write = [m for m in to_write if m.id in templates and m.id not in held]
    data = await _data(session, stationery, to_write, templates, allowed)
    await failpoint("message.before_render")
    made = await _written(writer, stationery, to_write, templates, data)
    stopped += [one for one in made if isinstance(one, Stopped)]
    letters += [one for one in made if isinstance(one, Letter)]
    await stop(session, stopped)
    return await _store(session, letters)


async def _written(
    writer: Writer, stationery: Stationery, claimed: Sequence[Claimed],
    templates: dict[UUID, tuple[int, Bound]], data: dict[UUID, dict[str, Any]],
) -> list[Letter | Stopped]:  # fmt: skip
    """Letters are rendered here and sealed in threads: while one is signed the next is rendered."""
    made: list[Letter | Stopped] = []
    sealing: list[asyncio.Future[None]] = []
    loop, unsealed = asyncio.get_running_loop(), list[Letter]()
    for number, m in enumerate(claimed, 1):
        made.append(_write(writer, stationery, m, templates[m.id], data[m.id]))
        unsealed += [made[-1]] if isinstance(made[-1], Letter) else []
        if len(unsealed) >= SEALED_TOGETHER:
            sealing.append(loop.run_in_executor(writer.sealers, seal, unsealed))
            unsealed = []
        if number % BREATH == 0:
            await asyncio.sleep(0)
    seal(unsealed)
    await asyncio.gather(*sealing)
    return made


def _write(
    writer: Writer, stationery: Stationery, claimed: Claimed, template: tuple[int, Bound], data: dict[str, Any]
) -> Letter | Stopped:
    try:
        return writer.write(claimed, stationery, template, data, clock.now())
    except (MissingVariable, BadTemplate) as error:
        why = str(error)
    except BadHeader as error:
        why = f"header refused: {error}"
    return Stopped(claimed, "blocked", why, any(name in data for name in template[1].compiled.marketing))


async def _templates(
    session: WriteSession, stationery: Stationery, claimed: Sequence[Claimed]
) -> tuple[dict[UUID, tuple[int, Bound]], list[Stopped]]:
    found: dict[UUID, tuple[int, Bound]] = {}
    without: list[Stopped] = []
    for m in claimed:
        template = await stationery.template(session, m.template, m.version if m.context else None, m.locale)
        if template is None:
            without.append(Stopped(m, "blocked", f"no template {m.template}", m.offers))
        else:
            found[m.id] = template
    return found, without


def _unasked(
    claimed: Sequence[Claimed], templates: dict[UUID, tuple[int, Bound]], offers: dict[UUID, bool]
) -> list[Stopped]:
    """Notices that were planned with a marketing block in their own data, to people who did not consent.

    The gate refuses such a letter each time, and another rendering cannot take the block out.
    """
    found: list[Stopped] = []
    for m in claimed:
        brought = [name for name in templates[m.id][1].compiled.marketing if shown(m.data.get(name))]
        if brought and not m.context and not offers[m.id]:
            found.append(Stopped(m, "blocked", f"planned with {brought[0]}, which needs consent", m.offers))
    return found


async def _data(
    session: WriteSession, stationery: Stationery, claimed: Sequence[Claimed],
    templates: dict[UUID, tuple[int, Bound]], offers: dict[UUID, bool],
) -> dict[UUID, dict[str, Any]]:  # fmt: skip
    """Everything the templates print, by message; a block is asked once for all messages that need it."""
    people = await customers.contacts(session, [m.customer_id for m in claimed if m.customer_id])
    data = {m.id: m.context or _person(stationery, people, m) for m in claimed}
    fresh = [m for m in claimed if not m.context]
    wanted: dict[str, list[Claimed]] = {}
    for m in fresh:
        compiled = templates[m.id][1].compiled
        for name in compiled.blocks:
            if name in BLOCKS and (name not in compiled.marketing or offers[m.id]):
                wanted.setdefault(name, []).append(m)
    for name, asking in wanted.items():
        answers = await BLOCKS[name](session, [_request(m, templates[m.id][1].compiled.locale) for m in asking])
        for m in asking:
            block = answers.get(m.id)
            if block and block.get("show", True):
                data[m.id].setdefault(name, block)
    return data


def _person(stationery: Stationery, people: dict[UUID, Contact], claimed: Claimed) -> dict[str, Any]:
    contact = people.get(claimed.customer_id) if claimed.customer_id else None
    names = {"first_name": contact.first_name, "last_name": contact.last_name} if contact else {}
    zone = (contact.timezone if contact else None) or stationery.timezone
    return {"customer": names, "timezone": zone, **claimed.data}


def _request(claimed: Claimed, language: str) -> BlockRequest:
    """Blocks speak the language of the mail, also where that is not the recipient's."""
    return BlockRequest(
        message_id=claimed.id, send_key=claimed.send_key, subjects=claimed.subjects, customer_id=claimed.customer_id,
        locale=language, class_=claimed.class_,
    )  # fmt: skip


async def _store(session: WriteSession, letters: Sequence[Letter]) -> list[Letter]:
    """Rows become `rendered`, bytes and link destinations are frozen; letters that were lost meanwhile fall out."""
    new = [letter for letter in letters if letter.fresh]
    kept = await queue.move(session, "rendered", _columns(new))
    old = [letter for letter in letters if not letter.fresh]
    kept |= await queue.mark_rendered(session, [(letter.claimed.id, letter.claimed.attempt) for letter in old])
    mine = [letter for letter in letters if letter.claimed.id in kept]
    fresh = [letter for letter in mine if letter.fresh]
    bodies = {letter.claimed.id: letter.mime for letter in fresh if letter.claimed.class_ == "service"}
    await queue.freeze(session, bodies, {letter.claimed.id: letter.urls for letter in fresh if letter.urls})
    return mine


def _columns(letters: Sequence[Letter]) -> dict[str, list[Any]]:
    marketing = [letter.claimed.class_ == "marketing" for letter in letters]
    return {
        "ids": [letter.claimed.id for letter in letters],
        "attempts": [letter.claimed.attempt for letter in letters],
        "version": [letter.version for letter in letters],
        "subject": [letter.subject for letter in letters],
        "message_id": [letter.message_id for letter in letters],
        "mime_date": [letter.date for letter in letters],
        "domain": [letter.sending_domain_id for letter in letters],
        "hash": [letter.digest for letter in letters],
        "context": [_json(letter.context) if m else None for letter, m in zip(letters, marketing, strict=True)],
        "offers": [letter.offers for letter in letters],
    }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
