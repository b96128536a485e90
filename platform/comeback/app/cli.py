"""The command line: `comeback local|web|worker|migrate|shop|seed|replay|drain|openapi`.

Each command's module is loaded only when it is asked for: production has neither the embedded database nor the
sandboxes installed.
"""

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence

from comeback.app.console import Refused, complain

COMMANDS: dict[str, tuple[str, str]] = {
    "local": ("comeback.app.local:main", "the whole product on this machine, with demo data"),
    "web": ("comeback.app.serving:web", "one web server (HOST, PORT, WEB_WORKERS)"),
    "worker": ("comeback.app.working:worker", "one worker: jobs, flows, sender"),
    "migrate": ("comeback.app.commands:migrate", "bring the database of DATABASE_URL to the newest schema"),
    "shop": ("comeback.app.opening:main", "open a shop with its owner (comeback shop --help)"),
    "seed": ("comeback.app.commands:seed", "load the demo shops into the database of DATABASE_URL"),
    "replay": ("comeback.app.replay.command:main", "a real shop's invoices through a local stack, every sum compared"),
    "openapi": ("comeback.app.commands:openapi", "print the API's OpenAPI document"),
    "drain": ("comeback.app.commands:drain", "run all due work of the running local stack now"),
}


def load(target: str) -> Callable[[], None]:
    """The function behind `module:name`."""
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; the exit code is 0, 1 (it could not) or 130 (interrupted)."""
    lines = "\n".join(f"  {name:<8} {text}" for name, (_, text) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="comeback", epilog=f"commands:\n{lines}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=list(COMMANDS), metavar="command")
    chosen, rest = parser.parse_known_args(arguments)
    sys.argv = [f"comeback {chosen.command}", *rest]
    try:
        load(COMMANDS[chosen.command][0])()
    except Refused as error:
        complain(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
