"""What a replay found, against the file: a table, and every difference by name."""

from collections import Counter
from typing import Any

import msgspec

from comeback.app.replay.playing import Play
from comeback.kit.tables import text_table

PARCEL_MAILS = ("shipped", "out_for_delivery", "delivered")


class Outcome(msgspec.Struct, kw_only=True):
    """The table's rows and what does not agree (empty where all is well)."""

    rows: list[tuple[str, str]]
    wrong: list[str]

    def text(self) -> str:
        """For the terminal."""
        verdict = "Every sum agrees with the file to the penny, every mail came exactly once."
        return text_table(["what", "figure"], self.rows) + "\n\n" + ("\n".join(self.wrong[:20]) or verdict)


def _pounds(pennies: int) -> str:
    return f"£{pennies / 100:,.2f}"


async def look(play: Play) -> Outcome:
    """Reads everything back through the API, the mailbox and the sandbox Stripe."""
    stage, source = play.stage, play.source
    ours = set(play.orders.values())
    messages = [m for m in await stage.every("/api/v1/messages", limit=200) if m["order_id"] in ours]
    refunds = await _refunds(play)
    wrong = [*_mails(play, messages), *await _mailbox(play, messages), *_money(play, refunds)]
    kinds = Counter(m["template"] for m in messages if m["state"] == "accepted")
    states = Counter(m["state"] for m in messages if m["state"] != "accepted")
    opens, clicks = _classes(messages, "opens"), _classes(messages, "clicks")
    rows = [
        ("orders", f"{len(play.orders):,}"),
        ("  lines", f"{sum(len(i.lines) for i in source.invoices):,}"),
        ("  value", _pounds(sum(i.total for i in source.invoices))),
        ("parcels delivered", f"{len(play.parcels):,}"),
        *((f"mails: {kind}", f"{count:,}") for kind, count in sorted(kinds.items())),
        *((f"mails not sent: {state}", f"{count:,}") for state, count in sorted(states.items())),
        ("mails read by people / scanners", f"{play.reads['people']:,} / {play.reads['scanners']:,}"),
        ("opens human / probable / machine", opens),
        ("clicks human / probable / machine", clicks),
        ("returns", f"{len(play.cases):,}"),
        ("refunds", f"{len(refunds):,}"),
        ("  value", _pounds(sum(r["amount"] for r in refunds))),
        ("lines of the file left out", f"{source.left_out:,}"),
    ]
    return Outcome(rows=rows, wrong=wrong)


def _classes(messages: list[dict[str, Any]], what: str) -> str:
    return " / ".join(f"{sum(m[what][kind] for m in messages):,}" for kind in ("human", "probable", "machine"))


async def _refunds(play: Play) -> list[dict[str, Any]]:
    """Attempts of the replayed cases, each with the case it belongs to."""
    found: list[dict[str, Any]] = []
    for case in play.cases:
        seen = await play.stage.get(f"/api/v1/returns/{case['id']}")
        found += [a | {"case": case["id"]} for s in seen["settlements"] for a in s["attempts"]]
    return found


def _mails(play: Play, messages: list[dict[str, Any]]) -> list[str]:
    sent = Counter((m["order_id"], m["template"]) for m in messages if _told(m))
    wrong = [
        f"order {number}: {sent[order, kind]} mails “{kind}”"
        for number, order in play.orders.items()
        for kind in PARCEL_MAILS
        if sent[order, kind] != 1
    ]
    returned = Counter(play_case["order_id"] for play_case in play.cases)
    for kind in ("return_approved", "refund_on_its_way"):
        wrong += [f"order {o}: {sent[o, kind]} mails “{kind}” for {n} returns"
                  for o, n in returned.items() if sent[o, kind] != n]  # fmt: skip
    return wrong


def _told(message: dict[str, Any]) -> bool:
    """Handed over, or rightly not: the parcel was delivered before "out for delivery" could be told."""
    return message["state"] == "accepted" or (
        message["state"] == "cancelled" and str(message["why"]).startswith("superseded")
    )


async def _mailbox(play: Play, messages: list[dict[str, Any]]) -> list[str]:
    """What arrived, counted at the other end: as many mails for each address as were accepted."""
    box = await play.mailbox()
    arrived = Counter({address: len(found) for address, found in box.items()})
    accepted = Counter(m["recipient"] for m in messages if m["state"] == "accepted")
    wrong = [f"{a}: {arrived[a]} arrived, {accepted[a]} accepted"
             for a in set(arrived) | set(accepted) if arrived[a] != accepted[a]]  # fmt: skip
    ids = Counter(m["id"] for found in box.values() for m in found)
    return wrong + [f"mail {i} stands twice" for i, n in ids.items() if n > 1]


def _money(play: Play, refunds: list[dict[str, Any]]) -> list[str]:
    paid: Counter[str] = Counter()
    wrong: list[str] = []
    for refund in refunds:
        paid[refund["case"]] += refund["amount"]
        if refund["state"] != "succeeded":
            wrong.append(f"refund {refund['id']}: {refund['state']}")
    return wrong + [f"return {case}: paid {paid[case]}, the file says {due}"
                    for case, due in play.due.items() if paid[case] != due]  # fmt: skip
