"""Failpoints: named places where a test can kill, stop, delay or cut the process.

`COMEBACK_FAILPOINTS="refund.after_call:kill@2,message.before_body:stall5"`: the action is taken at the n-th passing
(default the first). Unarmed it costs one look at an empty dictionary.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable

ARMED: dict[str, tuple[str, int]] = {}
SEEN: dict[str, int] = {}


class FailpointError(Exception):
    """Raised by an armed failpoint with the action `raise`."""


async def _kill(_: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def _raise(name: str) -> None:
    raise FailpointError(name)


ACTIONS: dict[str, Callable[[str], Awaitable[None]]] = {"kill": _kill, "raise": _raise}
"""What an armed failpoint does; tests add their own (such as cutting the database)."""


def arm(name: str, action: str, at: int = 1) -> None:
    """Arms a failpoint: `kill`, `raise`, `stall<seconds>`, or a name in ACTIONS, at its `at`-th passing."""
    ARMED[name] = (action, at)
    SEEN.pop(name, None)


def disarm() -> None:
    """Disarms all."""
    ARMED.clear()
    SEEN.clear()


def arm_from(text: str) -> None:
    """Arms what the environment variable says."""
    for part in filter(None, text.split(",")):
        name, _, rest = part.strip().partition(":")
        action, _, at = rest.partition("@")
        arm(name, action or "raise", int(at or 1))


async def failpoint(name: str) -> None:
    """Does what is armed under `name`, usually nothing."""
    if not ARMED or name not in ARMED:
        return
    action, at = ARMED[name]
    SEEN[name] = SEEN.get(name, 0) + 1
    if SEEN[name] != at:
        return
    if action.startswith("stall"):
        await asyncio.sleep(float(action.removeprefix("stall") or 30))
    else:
        await ACTIONS[action](name)


arm_from(os.environ.get("COMEBACK_FAILPOINTS", ""))
