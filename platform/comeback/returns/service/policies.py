"""Policies: drafts, published versions that never change, the one that counts for an order."""

from typing import Any

import msgspec

from comeback.core import clock
from comeback.core.access import Principal
from comeback.core.db import ReadSession, WriteSession
from comeback.core.errors import FieldError, Invalid
from comeback.kit.ids import new_id
from comeback.merchants import service as merchants
from comeback.returns import repository
from comeback.returns.errors import PolicyNotFound, PolicyPublished
from comeback.returns.models import PolicyVersion
from comeback.returns.rules.policy import DEFAULT_POLICY, Policy, problems
from comeback.returns.schemas import PolicyOut, PolicyPage

DEFAULT_VERSION = 0
"""The built-in policy of a shop that has published none."""


def to_json(value: msgspec.Struct) -> dict[str, Any]:
    """A struct as plain JSON data."""
    return msgspec.json.decode(msgspec.json.encode(value))


def _out(row: PolicyVersion, current: int) -> PolicyOut:
    return PolicyOut(
        version=row.version,
        state=row.state,
        current=row.version == current,
        created_at=row.created_at,
        published_at=row.published_at,
        policy=row.body,
    )


def _default(current: int) -> PolicyOut:
    return PolicyOut(
        version=DEFAULT_VERSION,
        state="published",
        current=current == DEFAULT_VERSION,
        created_at=None,
        published_at=None,
        policy=to_json(DEFAULT_POLICY),
    )


async def current(session: ReadSession) -> tuple[int, Policy]:
    """The version published last with its policy; version 0 is the built-in one."""
    row = await repository.current_policy(session)
    return (row.version, msgspec.convert(row.body, Policy)) if row else (DEFAULT_VERSION, DEFAULT_POLICY)


async def by_version(session: ReadSession, version: int) -> Policy:
    """A version's policy. Raises PolicyNotFound (404)."""
    if version == DEFAULT_VERSION:
        return DEFAULT_POLICY
    row = await repository.policy(session, version)
    if row is None:
        raise PolicyNotFound()
    return msgspec.convert(row.body, Policy)


async def list_policies(session: ReadSession) -> PolicyPage:
    """All versions, newest first, the built-in one last."""
    number, _ = await current(session)
    return PolicyPage(items=[*(_out(row, number) for row in await repository.policies(session)), _default(number)])


async def draft(session: WriteSession, policy: Policy) -> PolicyOut:
    """Stores a draft under the next version. Raises Invalid (422) naming every bad field."""
    found = problems(policy)
    if found:
        raise Invalid(errors=[FieldError(pointer, message) for pointer, message in found])
    await repository.lock_policies(session)
    known = await repository.policies(session)
    row = PolicyVersion(
        shop_id=session.shop_id,
        id=new_id(),
        version=known[0].version + 1 if known else 1,
        state="draft",
        body=to_json(policy),
        created_at=clock.now(),
    )
    session.add(row)
    await session.flush()
    return _out(row, -1)


async def publish(session: WriteSession, principal: Principal, version: int) -> PolicyOut:
    """Makes a draft count from now on; cases that exist keep theirs (B5). Raises PolicyPublished (409)."""
    await repository.lock_policies(session)
    row = await repository.policy(session, version)
    if row is None:
        raise PolicyNotFound()
    if row.state == "published":
        raise PolicyPublished()
    row.state, row.published_at = "published", clock.now()
    await session.flush()
    await merchants.audit(session, principal, "policy.published", row.id, {"version": version})
    return _out(row, version)
