"""Mechanisms that need no database."""

import asyncio
from datetime import UTC, datetime
from itertools import pairwise
from typing import Literal

import msgspec
import pytest

from comeback.core.batching import Batcher
from comeback.core.clock import Clock
from comeback.core.failpoints import FailpointError, arm, arm_from, failpoint
from comeback.core.logs import only_allowed
from comeback.core.partitions import months
from comeback.core.secrets import Secret
from comeback.core.settings import load_settings
from comeback.core.validation import collect


async def test_batches_while_a_flush_runs() -> None:
    sizes: list[int] = []

    async def flush(items: object) -> list[int]:
        values = list(items)  # type: ignore[call-overload]
        sizes.append(len(values))
        await asyncio.sleep(0.01)
        if 13 in values:
            raise ValueError
        return [v * 2 for v in values]

    batcher: Batcher[int, int] = Batcher(flush, max_size=4)
    assert await asyncio.gather(*(batcher.submit(i) for i in range(9))) == [i * 2 for i in range(9)]
    assert sizes == [4, 4, 1]
    answers = await asyncio.gather(batcher.submit(13), batcher.submit(1), return_exceptions=True)
    assert all(isinstance(a, ValueError) for a in answers)
    assert await batcher.submit(1) == 2


async def test_failpoints() -> None:
    await failpoint("a.b")
    arm_from("a.b:raise@2, c.d:stall0")
    await failpoint("a.b")
    with pytest.raises(FailpointError):
        await failpoint("a.b")
    await failpoint("a.b")
    arm("x", "raise")
    with pytest.raises(FailpointError):
        await failpoint("x")


class Part(msgspec.Struct, forbid_unknown_fields=True):
    kind: Literal["a", "b"]
    at: datetime | None = None


class Whole(msgspec.Struct, forbid_unknown_fields=True):
    parts: list[Part]
    count: int
    name: str | None = None


def test_every_problem_has_its_pointer() -> None:
    bad = {"parts": [{"kind": "z", "at": "yesterday", "a/b": 1}, 3], "count": "1", "name": 5}
    assert {e.pointer for e in collect(Whole, bad)} == {
        "/parts/0/kind", "/parts/0/at", "/parts/0/a~1b", "/parts/1", "/count", "/name",
    }  # fmt: skip
    assert collect(Whole, {"parts": [{"kind": "a", "at": "2026-01-01T00:00:00Z"}], "count": 1, "name": None}) == []
    assert [e.pointer for e in collect(Whole, [])] == [""]


def test_settings_nest() -> None:
    env = {"DATABASE_URL": "postgresql://x", "COMEBACK_SECRET_KEY": "s", "COMEBACK_KEK": "k",
           "COMEBACK_LOCAL": "true", "COMEBACK_MAIL__CONNECTIONS": "7", "PATH": "/"}  # fmt: skip
    settings = load_settings(env)
    assert settings.local and settings.mail.connections == 7 and settings.secret_key == Secret("s")
    assert "'s'" not in repr(settings)
    with pytest.raises(msgspec.ValidationError):
        load_settings({})


def test_secret_cannot_be_written() -> None:
    with pytest.raises(TypeError):
        msgspec.json.encode({"a": Secret("x")})


def test_logs_drop_what_is_not_allowed() -> None:
    assert only_allowed(None, "info", {"event": "x", "email": "a@b.c"}) == {"event": "x", "dropped": 1}


def test_months_meet() -> None:
    parts = months(datetime(2026, 11, 21, tzinfo=UTC), 3)
    assert [p[0] for p in parts] == ["2026_11", "2026_12", "2027_01"]
    assert all(a[2] == b[1] for a, b in pairwise(parts))


def test_clock_runs_from_its_anchor() -> None:
    clock = Clock()
    real = datetime.now(UTC)
    clock.set(real, datetime(2030, 1, 1, tzinfo=UTC), 3600)
    assert clock.now() >= datetime(2030, 1, 1, tzinfo=UTC)


async def test_an_answered_exception_reaches_its_caller_alone() -> None:
    async def flush(items: object) -> list[int | Exception]:
        return [ValueError(str(i)) if i == 2 else i for i in items]  # type: ignore[attr-defined]

    batcher: Batcher[int, int] = Batcher(flush)  # type: ignore[arg-type]
    answers = await asyncio.gather(*(batcher.submit(i) for i in (1, 2, 3)), return_exceptions=True)
    assert answers[0] == 1 and isinstance(answers[1], ValueError) and answers[2] == 3
