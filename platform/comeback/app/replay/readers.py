"""People and scanners who read the mails of a replay: the ones open and click now and then, the others touch it all."""

import email
import email.policy
import random
import re
from collections.abc import Sequence
from typing import Any

import httpx
import msgspec

from comeback.app.replay.shopkeeper import Shopkeeper

PEOPLE = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0"
SCANNER = "Barracuda Sentinel (EE)"
_PIXEL = re.compile(r'https?://[^"\s]+/o/[^"\s]+\.gif')
_LINK = re.compile(r'href="(https?://[^"]+/c/[^"]+)"')


class Read(msgspec.Struct):
    """What the readers did."""

    mails: int = 0
    opens: int = 0
    clicks: int = 0
    scanned: int = 0
    """Requests of scanners."""


def addresses(raw: bytes) -> tuple[str | None, list[str]]:
    """The pixel and the links of a mail."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    part = mail.get_body(("html",))
    html = part.get_content() if part is not None else ""
    pixel = _PIXEL.search(html)
    return (pixel.group() if pixel else None), list(dict.fromkeys(_LINK.findall(html)))


async def read_some(shop: Shopkeeper, mails: Sequence[dict[str, Any]], share: float) -> Read:
    """A share of the mails is read by people, half as many by scanners; the same ones in every replay."""
    chance = random.Random("readers")
    done = Read()
    async with httpx.AsyncClient(timeout=30, follow_redirects=False, trust_env=False) as client:
        for mail in mails:
            luck = chance.random()
            if luck >= share * 1.5:
                continue
            answer = await shop.mailbox.get(f"/messages/{mail['id']}/raw")
            pixel, links = addresses(answer.content)
            done.mails += 1
            if luck < share:
                await _person(client, chance, pixel, links, done)
            else:
                await _scanner(client, pixel, links, done)
    return done


async def _person(
    client: httpx.AsyncClient, chance: random.Random, pixel: str | None, links: list[str], done: Read
) -> None:
    if pixel is not None:
        await client.get(pixel, headers={"User-Agent": PEOPLE})
        done.opens += 1
    if links and chance.random() < 0.5:
        await client.get(chance.choice(links), headers={"User-Agent": PEOPLE})
        done.clicks += 1


async def _scanner(client: httpx.AsyncClient, pixel: str | None, links: list[str], done: Read) -> None:
    for address in [*links, *([pixel] if pixel else [])]:
        await client.get(address, headers={"User-Agent": SCANNER})
        done.scanned += 1
