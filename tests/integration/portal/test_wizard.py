"""A return without a line of script: forms in, redirects out, nothing lost and nothing skipped."""

import re
from uuid import UUID

from sqlalchemy import text

from tests.support.portal import Customer


async def through(customer: Customer, outcome: str = "refund", method: str = "label", quantity: int = 1) -> str:
    """All screens with one line; answers the path of the return."""
    (line,) = await customer.lines()
    answer = await customer.answer("items", {"line": line, f"quantity-{line}": str(quantity)})
    assert answer.status_code == 303 and "/new/reasons" in answer.headers["location"]
    answer = await customer.answer("reasons", {f"reason-{line}": "too_small", f"note-{line}": "A bit <tight>"})
    assert "/new/outcomes" in answer.headers["location"]
    page = (await customer.browser.get(f"/{customer.slug}/returns/new/outcomes")).text
    values = re.findall(rf'name="outcome-{line}" value="([^"]+)"', page)
    chosen = next(v for v in values if v.startswith(outcome))
    assert "/new/method" in (await customer.answer("outcomes", {f"outcome-{line}": chosen})).headers["location"]
    assert "/new/summary" in (await customer.answer("method", {"method": method})).headers["location"]
    answer = await customer.answer("summary", {})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("?")[0]


async def test_the_whole_way_to_the_label(customer: Customer) -> None:
    await customer.delivered("1001")
    await customer.enter("1001")
    path = await through(customer)
    status = (await customer.browser.get(f"{path}?lang=en")).text
    assert "Your return is approved" in status and "54.00" in status.replace(",", ".")
    assert "Your label is being made" in status and "http-equiv" in status
    assert (await customer.browser.get(f"{path}/label.pdf")).status_code == 404
    await customer.world.drain()
    status = (await customer.browser.get(f"{path}?lang=en")).text
    assert "Download the label" in status and "http-equiv" not in status
    label = await customer.browser.get(f"{path}/label.pdf")
    assert label.status_code == 200 and label.content.startswith(b"%PDF")
    assert label.headers["cache-control"] == "private, no-store"


async def test_the_outcomes(customer: Customer) -> None:
    await customer.delivered("1002")
    await customer.enter("1002")
    exchange = await through(customer, "exchange:", "qr")
    assert "XL" not in (await customer.browser.get(f"/{customer.slug}/returns/new/outcomes")).text
    page = (await customer.browser.get(f"{exchange}?lang=en")).text
    assert "Exchange for Shirt" in page and "put aside for you" in page
    credit = await through(customer, "store_credit")
    assert "Store credit" in (await customer.browser.get(f"{credit}?lang=en")).text
    none_left = (await customer.browser.get(f"/{customer.slug}/returns/new/items?lang=en")).text
    assert "Nothing of this order can be returned" in none_left and "Your returns" in none_left


async def test_the_draft_survives_and_steps_cannot_be_skipped(customer: Customer) -> None:
    await customer.delivered("1003")
    await customer.enter("1003")
    base = f"/{customer.slug}/returns/new"
    assert (await customer.browser.get(f"{base}/summary")).headers["location"].endswith("/items")
    (line,) = await customer.lines()
    await customer.answer("items", {"line": line, f"quantity-{line}": "2"})
    await customer.answer("reasons", {f"reason-{line}": "damaged", f"note-{line}": "Torn"})
    again = (await customer.browser.get(f"{base}/reasons")).text
    assert "Torn" in again and re.search(r'value="damaged" checked', again)
    assert re.search(r"<option selected>2</option>", (await customer.browser.get(f"{base}/items")).text)
    assert (await customer.browser.get(f"{base}/summary")).headers["location"].endswith("/outcomes")
    assert (await customer.browser.get(f"{base}/elsewhere")).status_code == 404


async def test_mistakes_stand_beside_their_field(customer: Customer) -> None:
    await customer.delivered("1004")
    await customer.enter("1004")
    (line,) = await customer.lines()
    for step, fields in (
        ("items", {}),
        ("items", {"line": line, f"quantity-{line}": "3"}),
        ("items", {"line": line, f"quantity-{line}": "-1"}),
        ("items", {"line": str(UUID(int=7)), f"quantity-{UUID(int=7)}": "1"}),
    ):
        answer = await customer.answer(step, fields)
        assert answer.status_code == 422 and 'role="alert"' in answer.text, fields
    await customer.answer("items", {"line": line, f"quantity-{line}": "1"})
    wrong = await customer.answer("reasons", {f"reason-{line}": "because", f"note-{line}": "x" * 2000})
    assert wrong.status_code == 422 and f'id="reason-{line}-error"' in wrong.text
    await customer.answer("reasons", {f"reason-{line}": "other", f"note-{line}": "x\x00" * 900})
    for value in ("keep", f"exchange:{UUID(int=1)}", "exchange:", ""):
        assert (await customer.answer("outcomes", {f"outcome-{line}": value})).status_code == 422, value
    await customer.answer("outcomes", {f"outcome-{line}": "refund"})
    assert (await customer.answer("method", {"method": "pickup"})).status_code == 422


async def test_a_second_click_finds_the_first_return(customer: Customer) -> None:
    await customer.delivered("1005")
    await customer.enter("1005")
    page = (await through(customer), await customer.browser.get(f"/{customer.slug}/returns/new/items"))
    csrf = re.search(r'name="csrf" value="([^"]+)"', page[1].text)
    assert csrf
    again = await customer.browser.post(
        f"/{customer.slug}/returns/new/summary", data={"csrf": csrf.group(1), "quote": "old"}
    )
    assert again.status_code == 303 and again.headers["location"] == page[0]
    async with customer.world.services.database.read(customer.world.shop) as session:
        count = await session.execute(text("SELECT count(*) FROM return_cases WHERE shop_id = :s"),
                                      {"s": customer.world.shop})  # fmt: skip
        assert count.scalar_one() == 1


async def test_a_changed_price_is_shown_before_it_counts(customer: Customer) -> None:
    order = await customer.delivered("1006")
    await customer.enter("1006")
    (line,) = await customer.lines()
    await customer.answer("items", {"line": line, f"quantity-{line}": "2"})
    await customer.answer("reasons", {f"reason-{line}": "too_small"})
    await customer.answer("outcomes", {f"outcome-{line}": "refund"})
    await customer.answer("method", {"method": "label"})
    seen = (await customer.browser.get(f"/{customer.slug}/returns/new/summary")).text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', seen))
    await customer.world.post(f"/api/v1/orders/{order['id']}/refunds", {"amount": 2000}, None)
    late = await customer.browser.post(f"/{customer.slug}/returns/new/summary?lang=en", data=hidden)
    assert late.status_code == 303 and "notice=changed" in late.headers["location"]
    assert "The amounts have changed" in (await customer.browser.get(late.headers["location"])).text


async def test_looking_twice_changes_no_row(customer: Customer) -> None:
    order = await customer.delivered("1007")
    await customer.enter("1007")
    path = await through(customer)
    await customer.world.drain()
    paths = [order["page"], f"{order['page']}?lang=de", path, f"{path}/label.pdf", f"/{customer.slug}/track",
             f"/{customer.slug}/returns", f"/{customer.slug}/returns/new/items",
             f"/{customer.slug}/returns/code/abc"]  # fmt: skip
    token = await column(customer, "SELECT token FROM return_cases WHERE shop_id = :s")
    paths += [f"/{customer.slug}/returns/r/{token}", f"/{customer.slug}/returns/r/{token}/label.pdf",
              f"/{customer.slug}/returns/r/{token}/qr.png"]  # fmt: skip
    before = await fingerprint(customer)
    for where in paths * 2:
        answer = await customer.browser.get(where)
        assert answer.status_code in (200, 303), (where, answer.status_code)
    assert await fingerprint(customer) == before


async def column(customer: Customer, query: str) -> str:
    """One value of the shop."""
    async with customer.world.services.database.read(customer.world.shop) as session:
        return str((await session.execute(text(query), {"s": customer.world.shop})).scalar_one())


async def fingerprint(customer: Customer) -> dict[str, str]:
    """A digest of every row of every table of the shop."""
    async with customer.world.services.database.engine.connect() as connection:
        names = await connection.execute(text(
            "SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING "
            "(table_schema, table_name) WHERE c.column_name = 'shop_id' AND c.table_schema = 'public' "
            "AND t.table_type = 'BASE TABLE' AND c.table_name NOT IN ('hits', 'outbox')"
        ))  # fmt: skip
        return {
            name: str((await connection.execute(
                text(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} t "
                     "WHERE shop_id = :s"), {"s": customer.world.shop}
            )).scalar_one())
            for name in names.scalars()
        }  # fmt: skip
