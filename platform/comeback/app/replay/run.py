"""`comeback replay`: a stack of its own, the book through it, one table, every sum compared.

`REPLAY_DATA` is the folder of the book (without it the replay is skipped with one line), `REPLAY_INVOICES` how many.
"""

import asyncio
import gzip
import os
import shutil
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from tqdm import tqdm

from comeback.app.console import Refused, say
from comeback.app.local import LocalStack, stopped_by_signals
from comeback.app.replay.book import Back, Book, Invoice, make_book, read_entries
from comeback.app.replay.readers import Read, read_some
from comeback.app.replay.shopkeeper import Shopkeeper, side_by_side
from comeback.app.state import StateFolder, free
from comeback.kit.tables import text_table

DATA = "../shared/data/retail"
STEP = timedelta(hours=2)
OUTBOUND_STEPS, RETURN_STEPS = 60, 48
READ_SHARE = 0.05


class Outcome(msgspec.Struct):
    """What the replay counted, and what was wrong."""

    orders: int = 0
    sold: int = 0
    parcels: Counter[str] = msgspec.field(default_factory=Counter[str])
    mails: Counter[str] = msgspec.field(default_factory=Counter[str])
    opens: Counter[str] = msgspec.field(default_factory=Counter[str])
    clicks: Counter[str] = msgspec.field(default_factory=Counter[str])
    returns: int = 0
    returned: int = 0
    refunds: int = 0
    refunded: int = 0
    read: Read = msgspec.field(default_factory=Read)
    wrong: list[str] = msgspec.field(default_factory=list[str])

    def expect(self, what: str, found: object, wanted: object) -> None:
        """Notes a difference."""
        if found != wanted:
            self.wrong.append(f"{what}: {found}, expected {wanted}")


def main() -> None:
    """Replays the book; raises Refused where a sum does not agree."""
    book = open_book(os.environ)
    if book is not None:
        asyncio.run(_replay(book, os.environ))


def open_book(env: Mapping[str, str]) -> Book | None:
    """The book of `REPLAY_DATA`, or None (and one line that says so) where there is none."""
    folder = env.get("REPLAY_DATA", DATA)
    files = sorted(Path(folder).glob("*.csv.gz"))
    if not files:
        say(f"replay skipped: no invoices in {folder} (set REPLAY_DATA to the folder that holds them)")
        return None
    with gzip.open(files[0], "rt", encoding="utf-8") as lines:
        book = make_book(read_entries(lines), int(env.get("REPLAY_INVOICES", "2000")))
    say(f"{len(book.invoices)} invoices and {len(book.backs)} matching credit notes from {files[0].name}")
    return book


async def _replay(book: Book, env: Mapping[str, str]) -> None:
    folder = Path(".comeback") / "replay"
    shutil.rmtree(folder, ignore_errors=True)
    port = next(p for p in range(8300, 8900, 40) if free(p))
    stack = LocalStack(StateFolder(folder), {**env, "PORT": str(port)}, with_sales=False)
    with stopped_by_signals():
        async with stack.running() as demo, Shopkeeper(demo) as shop:
            outcome = await Replay(shop, book).run()
        say(table(outcome))
        if outcome.wrong:
            raise Refused("These do not agree:\n  " + "\n  ".join(outcome.wrong[:20]))
        say("Every sum agrees with the book to the penny; every mail was sent exactly once.")


class Replay:
    """One run of a book."""

    def __init__(self, shop: Shopkeeper, book: Book) -> None:
        self.shop, self.book = shop, book
        self.orders: dict[str, dict[str, Any]] = {}
        self.cases: dict[int, str] = {}
        """Place of a credit note in the book → return id."""
        self.outcome = Outcome()
        self.began = datetime.now(UTC)

    async def run(self) -> Outcome:
        """Sells, sends, waits, takes back; then counts."""
        book = self.book
        work = 2 * len(book.invoices) + OUTBOUND_STEPS + 3 * len(book.backs) + RETURN_STEPS
        with tqdm(total=work, desc="  replay", unit="", leave=False, mininterval=0.5) as bar:
            self.began = await self.shop.now()
            await self.shop.pay(book.invoices)
            await side_by_side(enumerate(book.invoices), self._sell, bar.update)
            await side_by_side(book.invoices, self._send, bar.update)
            await self.shop.drain()
            await self.shop.pass_time(STEP, OUTBOUND_STEPS, bar.update)
            self.outcome.read = await read_some(self.shop, await self._mailbox(), READ_SHARE)
            numbered = list(enumerate(book.backs))
            await side_by_side(numbered, self._open, bar.update)
            await self.shop.drain()
            await side_by_side(numbered, self._drop_off, bar.update)
            await self.shop.pass_time(STEP, RETURN_STEPS, bar.update)
            await side_by_side(numbered, self._receive, bar.update)
            await self.shop.drain()
        await self._count()
        return self.outcome

    # ---- steps ----
    async def _sell(self, numbered: tuple[int, Invoice]) -> None:
        place, invoice = numbered
        placed_at = self.began - timedelta(seconds=2 * (len(self.book.invoices) - place))
        self.orders[invoice.number] = await self.shop.sell(invoice, placed_at)

    async def _send(self, invoice: Invoice) -> None:
        await self.shop.send(invoice, self.orders[invoice.number]["id"], self.began)

    async def _open(self, numbered: tuple[int, Back]) -> None:
        place, back = numbered
        self.cases[place] = (await self.shop.open_return(back, self.orders[back.invoice]["id"]))["id"]

    async def _drop_off(self, numbered: tuple[int, Back]) -> None:
        await self.shop.drop_off(self.cases[numbered[0]])

    async def _receive(self, numbered: tuple[int, Back]) -> None:
        await self.shop.receive(numbered[1], self.cases[numbered[0]])

    # ---- counting ----
    async def _mailbox(self) -> list[dict[str, Any]]:
        answer = await self.shop.mailbox.get("/messages")
        return answer.json()["items"]

    async def _count(self) -> None:
        await self._count_orders()
        await self._count_returns()
        await self._count_mails()

    async def _count_orders(self) -> None:
        made, backs = self.outcome, Counter[str]()
        for back in self.book.backs:
            backs[back.invoice] += back.total
        for invoice in self.book.invoices:
            order = await self.shop.ask(self.shop.api, "GET", f"/api/v1/orders/{self.orders[invoice.number]['id']}")
            made.orders += 1
            made.sold += order["total"]
            made.parcels[order["fulfilment"]] += 1
            made.expect(f"order {invoice.number} total", order["total"], invoice.total)
            made.expect(f"order {invoice.number} refunded", order["refunded"], backs[invoice.number])
            made.expect(f"order {invoice.number} refundable", order["refundable"]["order"],
                        invoice.total - backs[invoice.number])  # fmt: skip

    async def _count_returns(self) -> None:
        made = self.outcome
        for place, back in enumerate(self.book.backs):
            case = await self.shop.case(self.cases[place])
            attempts = [a for settlement in case["settlements"] for a in settlement["attempts"]]
            paid = sum(a["amount"] for a in attempts if a["state"] == "succeeded")
            made.returns += 1
            made.returned += back.total
            made.refunds += len(attempts)
            made.refunded += paid
            made.expect(f"credit note {back.note} on {back.invoice}", paid, back.total)

    async def _count_mails(self) -> None:
        made = self.outcome
        accepted: Counter[str] = Counter()
        async for message in self.shop.pages("/api/v1/messages?state=accepted"):
            made.mails[message["template"]] += 1
            accepted[message["message_id"].strip("<>")] += 1
            made.opens.update(message["opens"])
            made.clicks.update(message["clicks"])
        arrived = await self._mailbox()
        subjects = Counter((mail["to"], mail["subject"]) for mail in arrived)
        made.expect("mails in the mailbox", len(arrived), sum(accepted.values()))
        made.expect("message ids seen twice", [i for i, n in accepted.items() if n > 1], [])
        for kind in ("shipped", "delivered"):
            made.expect(f"mails “{kind}”", made.mails[kind], len(self.book.invoices))
        about_parcels = [key for key, n in subjects.items() if n > 1 and any(x in key[1] for x in self.orders)]
        made.expect("the same mail twice", [k for k in about_parcels if not self._has_returns(k[1])], [])

    def _has_returns(self, subject: str) -> bool:
        """Orders with several credit notes get the same subject for each."""
        return any(back.invoice in subject for back in self.book.backs)


def pounds(pence: int) -> str:
    """`1,234.50 £`."""
    return f"{pence // 100:,}.{pence % 100:02d} £"


def table(made: Outcome) -> str:
    """The outcome as one table."""
    rows: list[tuple[str, object, str]] = [("orders", made.orders, pounds(made.sold))]
    rows += [(f"orders {state}", count, "") for state, count in sorted(made.parcels.items())]
    rows += [(f"mails {kind}", count, "") for kind, count in made.mails.most_common()]
    rows += [("mails read by people and scanners", made.read.mails, "")]
    rows += [(f"opens {kind}", made.opens[kind], "") for kind in ("human", "probable", "machine")]
    rows += [(f"clicks {kind}", made.clicks[kind], "") for kind in ("human", "probable", "machine")]
    rows += [("returns", made.returns, pounds(made.returned)), ("refunds", made.refunds, pounds(made.refunded))]
    return text_table(["", "count", "sum"], rows)
