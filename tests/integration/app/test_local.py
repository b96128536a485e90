"""The whole local stack, started as a newcomer does: from nothing to addresses, through deaths, to a clean stop."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

PATIENCE = 240.0


def _free_block() -> int:
    """A port with room above it for the stack's other parts."""
    for _ in range(50):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port < 64_000:
            return port
    raise AssertionError("no free port")


class Stack:
    """A `comeback local` process in a folder of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.process: subprocess.Popen[str] | None = None

    def launch(self) -> "subprocess.Popen[str]":
        env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL", "SMTP_URL"}}
        env |= {"PORT": str(self.port), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        return subprocess.Popen(
            [sys.executable, "-m", "comeback.app.cli", "local"],
            cwd=self.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def start(self) -> str:
        """Starts and answers what was printed until the addresses stood there."""
        self.process = self.launch()
        assert self.process.stdout is not None
        printed: list[str] = []
        for line in self.process.stdout:
            printed.append(line)
            if "are in .comeback/demo.json" in line:
                return "".join(printed)
        raise AssertionError("".join(printed))

    def stop(self) -> int:
        """Ctrl-C; answers the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    @property
    def demo(self) -> dict[str, Any]:
        return json.loads((self.folder / ".comeback" / "demo.json").read_text())

    def children(self) -> dict[str, psutil.Process]:
        assert self.process is not None
        found: dict[str, psutil.Process] = {}
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):  # a dead child that nobody collected yet has no command line
                line = " ".join(child.cmdline())
                found |= {name: child for name in PARTS if name in line}
        return found


PARTS = ("redis-server", "bin/postgres", "cli worker", "cli web", "comeback.sandbox")


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    # Not pytest's own folder: every run of pytest closes it for other users, and PostgreSQL runs as one.
    with tempfile.TemporaryDirectory(prefix="comeback-local-") as folder:
        made = Stack(Path(folder), _free_block())
        yield made
        if made.process is not None and made.process.poll() is None:
            made.process.kill()
            made.process.wait()


def _until(question: Callable[[], bool], seconds: float = 60.0) -> float:
    begun = time.monotonic()
    while not question():
        assert time.monotonic() - begun < seconds, "it did not happen in time"
        time.sleep(0.1)
    return time.monotonic() - begun


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.HTTPError:
        return False


def test_from_nothing_to_addresses(stack: Stack) -> None:
    printed = stack.start()
    demo = stack.demo
    assert demo["base_url"] == f"http://127.0.0.1:{stack.port}"
    assert demo["studio_password"] in printed
    assert demo["api_key"] not in printed, "keys stay in the file"
    for url in (f"{demo['base_url']}/health/ready", f"{demo['mailbox_url']}/messages", f"{demo['control_url']}/state"):
        assert _answers(url), url
    for key in (demo["api_key"], demo["other_shop"]["api_key"]):
        answer = httpx.get(f"{demo['base_url']}/api/v1/orders", headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 200
        assert answer.json()["items"]


def test_pictures_are_served(stack: Stack) -> None:
    answer = httpx.get(f"{stack.demo['base_url']}/media/products/vase.png")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")


def test_a_second_stack_is_told_to_wait(stack: Stack) -> None:
    second = stack.launch()
    text, _ = second.communicate(timeout=60)
    assert second.returncode == 1
    assert text.strip().count("\n") == 0
    assert "already runs in this folder" in text


def test_dead_parts_come_back_while_the_web_serves(stack: Stack) -> None:
    ready = f"{stack.demo['base_url']}/health/ready"
    for name in ("redis-server", "cli worker"):
        victim = stack.children()[name]
        victim.kill()
        assert _answers(ready), f"the web serves without {name}"
        spent = _until(lambda name=name, old=victim: stack.children().get(name, old).pid != old.pid)
        assert spent < 30
    stack.children()["bin/postgres"].send_signal(signal.SIGQUIT)
    _until(lambda: _answers(ready))


def test_a_clean_stop_leaves_no_process_and_a_second_start_finds_everything(stack: Stack) -> None:
    before = stack.demo
    family = [p for child in stack.children().values() for p in (child, *child.children(recursive=True))]
    assert stack.stop() == 0
    assert not [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    assert not (stack.folder / ".comeback" / "postgres" / "postmaster.pid").exists(), "PostgreSQL stopped cleanly"
    printed = stack.start()
    assert "demo orders" not in printed, "they are there already"
    assert stack.demo == before
    assert _answers(f"{before['base_url']}/health/ready")
    assert stack.stop() == 0
