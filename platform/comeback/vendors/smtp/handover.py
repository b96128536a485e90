"""The hand-over of one mail: MAIL, RCPT and DATA in one flight, the 354, the caller's commit, then the body.

Everything before the body may be repeated. From the first byte of the body until the reply is recorded the outcome
is unknown if anything breaks (messages, *Hand-off*).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from comeback.core.failpoints import ARMED, failpoint
from comeback.vendors.smtp.connection import FINAL_SECONDS, Connection, Lost
from comeback.vendors.smtp.wire import Desync, Reply, path, stuffed

Kind = Literal["accepted", "deferred", "failed", "unknown", "untouched", "withdrawn"]
Gate = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mail.

    accepted: the server took it. deferred: 4xx, try later. failed: 5xx. unknown: it may have been taken.
    untouched: the body was never sent, for a reason of the connection; safe to repeat. withdrawn: the gate said no.
    `stage` is the verb whose reply decided; `text` the reply or the reason.
    """

    kind: Kind
    stage: str
    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """Return path and recipient; checked when sent."""

    sender: str
    recipient: str


async def hand_over(
    connection: Connection, envelope: Envelope, message: bytes, gate: Gate, final_seconds: float = FINAL_SECONDS
) -> Outcome:
    """Hands one mail over; `gate` is awaited after the 354 and must have committed `handing_over` when it says True."""
    try:
        ready = await _announce(connection, envelope, len(message))
        if isinstance(ready, Outcome):
            return ready
        await failpoint("message.after_354")
        allowed = await gate()
        await failpoint("message.after_gate")
        if not allowed:
            connection.close()
            return Outcome("withdrawn", "gate", 0, "not allowed to leave")
        connection.in_step()
    except (Lost, Desync, OSError, TimeoutError) as error:
        connection.close()
        return Outcome("untouched", "before body", 0, str(error))
    except BaseException:
        connection.close()
        raise
    return await _body(connection, message, final_seconds)


async def _announce(connection: Connection, envelope: Envelope, size: int) -> Outcome | None:
    """MAIL, RCPT, DATA. None when the server waits for the body."""
    extra = f" SIZE={size}" if "SIZE" in connection.can else ""
    lines = [f"MAIL FROM:{path(envelope.sender)}{extra}", f"RCPT TO:{path(envelope.recipient)}", "DATA"]
    await failpoint("message.before_mail")
    if "PIPELINING" not in connection.can:
        return await _one_by_one(connection, lines)
    connection.write("\r\n".join([*lines, ""]).encode())
    mail, rcpt, data = await connection.reply(), await connection.reply(), await connection.reply()
    await failpoint("message.after_data")
    if data.code == 354 and not (mail.good and rcpt.good):
        await _lone_dot(connection)
    refused = next(((reply, verb) for reply, verb in ((mail, "MAIL"), (rcpt, "RCPT")) if not reply.good), None)
    return _refusal(connection, *refused) if refused else _data_reply(connection, data)


async def _one_by_one(connection: Connection, lines: list[str]) -> Outcome | None:
    for line in lines[:2]:
        reply = await connection.command(line)
        if not reply.good:
            outcome = _refusal(connection, reply, line[:4])
            if connection.usable:
                await connection.command("RSET")
            return outcome
    return _data_reply(connection, await connection.command("DATA"))


async def _lone_dot(connection: Connection) -> None:
    """Ends a DATA that has no recipient; whatever the server says to it concerns nobody."""
    connection.write(b".\r\n")
    await connection.reply()


def _data_reply(connection: Connection, data: Reply) -> Outcome | None:
    if data.code == 354:
        connection.in_step()
        return None
    return _refusal(connection, data, "DATA")


def _refusal(connection: Connection, reply: Reply, stage: str) -> Outcome:
    if reply.code == 421:
        connection.close()
        return Outcome("deferred", stage, reply.code, reply.text)
    if reply.temporary:
        return Outcome("deferred", stage, reply.code, reply.text)
    if reply.code >= 500:
        return Outcome("failed", stage, reply.code, reply.text)
    raise Desync(f"{stage} answered {reply}")


async def _body(connection: Connection, message: bytes, final_seconds: float) -> Outcome:
    await failpoint("message.before_body")
    try:
        wire = stuffed(message)
        if ARMED:
            connection.write(wire[: len(wire) // 2])
            await asyncio.sleep(0)
            await failpoint("message.half_body")
            wire = wire[len(wire) // 2 :]
        connection.write(wire)
        await failpoint("message.after_body")
        reply = await connection.reply(final_seconds)
        await failpoint("message.after_reply")
    except (Lost, Desync, OSError, TimeoutError) as error:
        connection.close()
        return Outcome("unknown", "body", 0, str(error))
    connection.used += 1
    return _final(connection, reply)


def _final(connection: Connection, reply: Reply) -> Outcome:
    if reply.good:
        return Outcome("accepted", "body", reply.code, reply.text)
    if reply.code == 421:
        connection.close()
    if reply.temporary:
        return Outcome("deferred", "body", reply.code, reply.text)
    if reply.code >= 500:
        return Outcome("failed", "body", reply.code, reply.text)
    connection.close()
    return Outcome("unknown", "body", reply.code, reply.text)
