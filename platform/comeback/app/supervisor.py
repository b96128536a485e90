"""Child processes that are kept alive: started in order, restarted with growing pauses, stopped in reverse order.

Children get a session of their own, so that Ctrl-C reaches only this process, which stops them in order. Should this
process be killed, the kernel ends them (Linux), so that nothing is left behind.
"""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from comeback.app.console import Refused, complain

MAX_LOG = 5_000_000
FIRST_PAUSE, LAST_PAUSE = 0.2, 5.0
STEADY = 30.0
"""A child that lived this long starts again at once."""
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Program:
    """A child: what to run, as whom, how to see that it is ready, how to stop it."""

    name: str
    argv: Sequence[str]
    ready: Callable[[], Awaitable[bool]]
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 30.0
    """Seconds to become ready, and to stop."""


def _tie_to_parent(stop_signal: int) -> Callable[[], None] | None:
    """What the child does first: ask to be told when its parent dies."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, stop_signal)

    return tie


def next_pause(pause: float, lived: float) -> float:
    """Seconds to wait before the next start: doubled each time, from the beginning after a steady life."""
    return FIRST_PAUSE if lived >= STEADY else min(pause * 2, LAST_PAUSE)


class Child:
    """One program and the process that runs it now."""

    def __init__(self, program: Program, logs: Path) -> None:
        self.program = program
        self.log = logs / f"{program.name}.log"
        self.starts = 0
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._stopping = False
        self._spawning = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """The process that runs now."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    def _open_log(self) -> IO[bytes]:
        full = self.log.exists() and self.log.stat().st_size > MAX_LOG
        return self.log.open("wb" if full else "ab")

    async def _spawn(self) -> asyncio.subprocess.Process:
        program = self.program
        with self._open_log() as log:
            self._process = await asyncio.create_subprocess_exec(
                *program.argv,
                env={**os.environ, **program.env},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=program.user,
                preexec_fn=_tie_to_parent(program.stop_signal),
            )
        self.starts += 1
        return self._process

    async def start(self) -> None:
        """Starts and waits until it is ready; raises Refused with the end of its log when it is not."""
        process = await self._spawn()
        until = time.monotonic() + self.program.patience
        while not await self.program.ready():
            if process.returncode is not None or time.monotonic() > until:
                await self.stop()
                raise Refused(f"{self.program.name} did not start. Its log ({self.log}) ends:\n{self.tail()}")
            await asyncio.sleep(0.05)
        self._keeper = asyncio.create_task(self._keep())

    async def _keep(self) -> None:
        pause, born = FIRST_PAUSE, time.monotonic()
        while self._process is not None:
            code = await self._process.wait()
            if self._stopping:
                return
            pause = next_pause(pause, time.monotonic() - born)
            complain(f"· {self.program.name} ended ({code}); starting it again")
            await asyncio.sleep(pause)
            born = time.monotonic()
            async with self._spawning:
                if not self._stopping:
                    with contextlib.suppress(OSError):
                        await self._spawn()

    async def stop(self) -> None:
        """Asks it to end, kills it when it does not."""
        async with self._spawning:
            self._stopping = True
            if self._keeper is not None and self.pid is None:
                self._keeper.cancel()
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(self.program.stop_signal)
        try:
            await asyncio.wait_for(process.wait(), self.program.patience)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    def tail(self, lines: int = 12) -> str:
        """The end of its log."""
        if not self.log.exists():
            return ""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])


class Supervisor:
    """The children of a stack, in the order of their start."""

    def __init__(self, logs: Path) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._logs = logs
        self.children: list[Child] = []

    async def start(self, *programs: Program) -> None:
        """Starts programs side by side and waits until all are ready."""
        made = [Child(program, self._logs) for program in programs]
        self.children += made
        await asyncio.gather(*(child.start() for child in made))

    async def stop(self) -> None:
        """Stops all, the youngest first."""
        while self.children:
            await self.children.pop().stop()
