"""Pure rules of the catalog."""

from comeback.catalog.models import StockState
from comeback.catalog.schemas import ProductIn, StockIn, VariantIn
from comeback.kit.checks import Problems, pointer

MAX_VARIANTS = 500
MAX_STOCK = 10**9


def product_problems(product: ProductIn) -> list[tuple[str, str]]:
    """(pointer, message) of everything wrong with a product beyond its types."""
    p = Problems()
    p.text("/external_id", product.external_id, 200)
    p.text("/title", product.title, 500)
    p.currency("/currency", product.currency)
    p.prose("/description", product.description, 50_000)
    p.url("/url", product.url)
    p.url("/image_url", product.image_url)
    for name, values in (("categories", product.categories), ("tags", product.tags)):
        p.size(f"/{name}", values, 250)
        for n, value in enumerate(values[:250]):
            p.text(f"/{name}/{n}", value, 200)
    p.size("/variants", product.variants, MAX_VARIANTS, least=1)
    for n, variant in enumerate(product.variants[:MAX_VARIANTS]):
        _variant(p, f"/variants/{n}", variant)
    p.unique("/variants", [variant.external_id for variant in product.variants], "external_id")
    return p.found


def _variant(p: Problems, at: str, variant: VariantIn) -> None:
    p.text(f"{at}/external_id", variant.external_id, 200)
    p.text(f"{at}/title", variant.title, 500, least=0)
    p.text(f"{at}/sku", variant.sku, 200, least=0)
    p.amount(f"{at}/price", variant.price)
    p.amount(f"{at}/compare_at_price", variant.compare_at_price)
    p.currency(f"{at}/currency", variant.currency)
    p.count(f"{at}/tax_rate_bp", variant.tax_rate_bp, least=0, most=10_000)
    p.count(f"{at}/weight_grams", variant.weight_grams, least=0, most=10**9)
    p.url(f"{at}/image_url", variant.image_url)
    p.url(f"{at}/url", variant.url)
    p.size(f"{at}/options", variant.options, 20)
    for key, value in list(variant.options.items())[:20]:
        p.text(f"{at}/options{pointer(key)}", key, 100)
        p.text(f"{at}/options{pointer(key)}", value, 200, least=0)
    stock = variant.stock or []
    p.size(f"{at}/stock", stock, 200)
    for n, entry in enumerate(stock[:200]):
        _stock(p, f"{at}/stock/{n}", entry)
    p.unique(f"{at}/stock", [f"{entry.location} {entry.state}" for entry in stock], "location")


def _stock(p: Problems, at: str, entry: StockIn) -> None:
    p.text(f"{at}/location", entry.location, 200)
    p.choice(f"{at}/state", entry.state, set(StockState))
    p.count(f"{at}/quantity", entry.quantity, least=0, most=MAX_STOCK)
