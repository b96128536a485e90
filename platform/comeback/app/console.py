"""What the command line says to the person at the terminal: progress lines, one-sentence errors, tables."""

import sys
import time


class Refused(Exception):
    """A command cannot go on; the message is one sentence for the person at the terminal."""


def say(text: str = "") -> None:
    """One line."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """One line to the error stream."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


class Steps:
    """Progress lines with the time since the start: `  1.2 s  database`."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self._started

    def done(self, what: str) -> None:
        """One step is done."""
        say(f"{self.seconds:6.1f} s  {what}")


def pairs(rows: list[tuple[str, str]]) -> str:
    """Two columns, the first padded."""
    width = max((len(name) for name, _ in rows), default=0)
    return "\n".join(f"  {name.ljust(width)}  {value}" for name, value in rows)
