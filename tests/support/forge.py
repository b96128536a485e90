"""Many workers from one: loads the program once, then forks a real worker process for every order on standard input.

`spawn [failpoints]` answers `born <pid>`; `gone <pid> <status>` follows when it ends (a negative status is the signal).
The end of standard input kills what is left. Loading the program takes two seconds, a fork some milliseconds, and a
campaign of kills needs two processes a kill.
"""

import os
import select
import signal
import sys
import traceback

from comeback.app import wiring, working
from comeback.app.worker import WorkerProcess
from comeback.core import failpoints

LOADED = (wiring.import_models(), wiring.ROUTES, WorkerProcess)


def _child(points: str) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    failpoints.disarm()
    failpoints.arm_from(points)
    code = 1
    try:
        working.worker()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def _reap(alive: set[int], wait: bool = False) -> None:
    while alive:
        pid, status = os.waitpid(-1, 0 if wait else os.WNOHANG)
        if not pid:
            return
        alive.discard(pid)
        _say("gone", pid, os.waitstatus_to_exitcode(status))


def main() -> None:
    """Serves orders until standard input ends."""
    alive: set[int] = set()
    rest = b""
    _say("ready")
    while True:
        if select.select([0], [], [], 0.02)[0]:
            read = os.read(0, 65536)
            if not read:
                break
            *lines, rest = (rest + read).split(b"\n")
            for line in lines:
                pid = os.fork()
                if not pid:
                    _child(line.decode().removeprefix("spawn").strip())
                alive.add(pid)
                _say("born", pid)
        _reap(alive)
    for pid in alive:
        os.kill(pid, signal.SIGKILL)
    _reap(alive, wait=True)


if __name__ == "__main__":
    sys.exit(main())
