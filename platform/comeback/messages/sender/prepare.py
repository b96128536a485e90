"""From claimed rows of one shop to letters: consent, guards and data are asked in batches, one query a block."""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
import structlog

from comeback.core import clock
from comeback.core.db import WriteSession
from comeback.core.failpoints import failpoint
from comeback.core.metrics import MESSAGES
from comeback.customers import service as customers
from comeback.customers.service import Contact, GateRequest
from comeback.messages.mime.headers import BadHeader
from comeback.messages.render.liquid import BadTemplate, MissingVariable
from comeback.messages.render.render import Bound
from comeback.messages.repository import queue
from comeback.messages.repository.queue import Claimed
from comeback.messages.schemas import BlockRequest, GuardRequest
from comeback.messages.sender.letter import Letter, Writer
from comeback.messages.sender.stationery import Cabinet, Stationery
from comeback.messages.service.sockets import BLOCKS, GUARDS

log = structlog.get_logger("sender")
BREATH = 1
"""Letters written before the loop may do something else."""


class Stopped(msgspec.Struct, frozen=True):
    """A message that will not leave: `state` is blocked or cancelled."""

    id: UUID
    attempt: int
    state: str
    why: str


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
        Stopped(m.id, m.attempt, "cancelled", reasons.get(m.id) or verdicts[m.id].why)
        for m in claimed
        if m.id in reasons or not verdicts[m.id].send
    ]
    gone = {s.id for s in stopped}
    return {m.id: verdicts[m.id].offers for m in claimed if m.id not in gone}, stopped


async def stop(session: WriteSession, stopped: Sequence[Stopped]) -> None:
    """Writes why messages will not leave."""
    for state in ("blocked", "cancelled"):
        found = [s for s in stopped if s.state == state]
        columns: dict[str, list[Any]] = {
            "ids": [s.id for s in found], "attempts": [s.attempt for s in found], "why": [s.why[:500] for s in found],
        }  # fmt: skip
        MESSAGES.labels("any", state).inc(len(await queue.move(session, state, columns)))


async def prepare(session: WriteSession, cabinet: Cabinet, writer: Writer, claimed: Sequence[Claimed]) -> list[Letter]:
    """Letters of one shop, their rows `rendered`, in the caller's transaction; the others are blocked or cancelled."""
    stationery = await cabinet.of(session)
    allowed, stopped = await gate(session, claimed)
    live = [m for m in claimed if m.id in allowed]
    letters = [writer.stored(m, m.mime) for m in live if m.mime is not None]
    to_write = [m for m in live if m.mime is None]
    templates, without = await _templates(session, stationery, to_write)
    stopped += without
    to_write = [m for m in to_write if m.id in templates]
    data = await _data(session, stationery, to_write, templates, allowed)
    await failpoint("message.before_render")
    for number, m in enumerate(to_write):
        if number % BREATH == BREATH - 1:
            await asyncio.sleep(0)
        made = _write(writer, stationery, m, templates[m.id], data[m.id])
        stopped += [made] if isinstance(made, Stopped) else []
        letters += [made] if isinstance(made, Letter) else []
    await stop(session, stopped)
    return await _store(session, letters)


def _write(
    writer: Writer, stationery: Stationery, claimed: Claimed, template: tuple[int, Bound], data: dict[str, Any]
) -> Letter | Stopped:
    try:
        return writer.write(claimed, stationery, template, data, clock.now())
    except (MissingVariable, BadTemplate) as error:
        return Stopped(claimed.id, claimed.attempt, "blocked", str(error))
    except BadHeader as error:
        return Stopped(claimed.id, claimed.attempt, "blocked", f"header refused: {error}")


async def _templates(
    session: WriteSession, stationery: Stationery, claimed: Sequence[Claimed]
) -> tuple[dict[UUID, tuple[int, Bound]], list[Stopped]]:
    found: dict[UUID, tuple[int, Bound]] = {}
    without: list[Stopped] = []
    for m in claimed:
        template = await stationery.template(session, m.template, m.version if m.context else None, m.locale)
        if template is None:
            without.append(Stopped(m.id, m.attempt, "blocked", f"no template {m.template}"))
        else:
            found[m.id] = template
    return found, without


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
        answers = await BLOCKS[name](session, [_request(m) for m in asking])
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


def _request(claimed: Claimed) -> BlockRequest:
    return BlockRequest(
        message_id=claimed.id, send_key=claimed.send_key, subjects=claimed.subjects, customer_id=claimed.customer_id,
        locale=claimed.locale, class_=claimed.class_,
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
        "hash": [sha256(letter.mime).digest() for letter in letters],
        "context": [_json(letter.context) if m else None for letter, m in zip(letters, marketing, strict=True)],
        "offers": [letter.offers for letter in letters],
    }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
