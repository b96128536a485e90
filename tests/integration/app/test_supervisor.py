"""Children are kept alive and never left behind: real processes."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest

from comeback.app.console import Refused
from comeback.app.supervisor import LAST_PAUSE, STEADY, Program, Supervisor, next_pause

SLEEPER = "import time; time.sleep(60)"


async def _at_once() -> bool:
    return True


def _python(name: str, code: str, **options: object) -> Program:
    return Program(name, [sys.executable, "-c", code], _at_once, **options)  # type: ignore[arg-type]


@pytest.fixture
async def supervisor(tmp_path: Path) -> AsyncIterator[Supervisor]:
    made = Supervisor(tmp_path / "logs")
    yield made
    await made.stop()


async def _until(question: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.02)


def test_pauses_grow_and_begin_anew_after_a_steady_life() -> None:
    pauses = [0.2]
    for _ in range(8):
        pauses.append(next_pause(pauses[-1], 1.0))
    assert pauses[:4] == [0.2, 0.4, 0.8, 1.6]
    assert pauses[-1] == LAST_PAUSE
    assert next_pause(LAST_PAUSE, STEADY) == 0.2


async def test_a_child_that_dies_comes_back(supervisor: Supervisor) -> None:
    await supervisor.start(_python("sleeper", SLEEPER))
    child = supervisor.children[0]
    first = child.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await _until(lambda: child.pid not in (None, first))
    assert child.starts == 2


async def test_stop_leaves_nothing(supervisor: Supervisor) -> None:
    await supervisor.start(_python("one", SLEEPER), _python("two", SLEEPER))
    pids = [child.pid for child in supervisor.children]
    await supervisor.stop()
    assert not [pid for pid in pids if pid is not None and psutil.pid_exists(pid)]


async def test_stop_is_not_a_death(supervisor: Supervisor, capfd: pytest.CaptureFixture[str]) -> None:
    await supervisor.start(_python("sleeper", SLEEPER))
    await supervisor.stop()
    await asyncio.sleep(0.5)
    assert "starting it again" not in capfd.readouterr().err


async def test_a_deaf_child_is_killed(supervisor: Supervisor) -> None:
    deaf = (
        "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True)\ntime.sleep(60)"
    )
    await supervisor.start(_python("deaf", deaf, patience=0.5))
    child = supervisor.children[0]
    await _until(lambda: "1" in child.tail())
    pid = child.pid
    await supervisor.stop()
    assert pid is not None
    assert not psutil.pid_exists(pid)


async def test_a_child_that_never_gets_ready_says_why(supervisor: Supervisor) -> None:
    async def never() -> bool:
        return False

    broken = Program("broken", [sys.executable, "-c", "raise SystemExit('no disk')"], never, patience=5)
    with pytest.raises(Refused, match="no disk"):
        await supervisor.start(broken)


async def test_the_log_grows_over_restarts(supervisor: Supervisor) -> None:
    await supervisor.start(_python("talker", "import time; print('born', flush=True); time.sleep(60)"))
    child = supervisor.children[0]
    await _until(lambda: "born" in child.tail())
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    await _until(lambda: child.tail().count("born") == 2)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells children of their parent's death")
async def test_children_die_with_a_killed_parent(tmp_path: Path) -> None:
    code = f"""
import asyncio, sys
from pathlib import Path
from comeback.app.supervisor import Program, Supervisor

async def ready():
    return True

async def main():
    supervisor = Supervisor(Path({str(tmp_path)!r}))
    await supervisor.start(Program("child", [sys.executable, "-c", {SLEEPER!r}], ready))
    print(supervisor.children[0].pid, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(await asyncio.to_thread(parent.stdout.readline))
        assert psutil.pid_exists(child)
        parent.kill()
        parent.wait()
    await _until(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE)
