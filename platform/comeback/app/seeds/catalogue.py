"""What the demo shops sell: twenty products, pure data. Prices in cents, tax included (Germany 19 %, Ireland 23 %)."""

from collections.abc import Callable

import msgspec

from comeback.app.seeds.drawings import CASA_DRAWINGS
from comeback.app.seeds.outdoor import NORD_DRAWINGS
from comeback.catalog.schemas import ProductIn, StockIn, VariantIn


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """A product: `picture` names its drawing; `options` are the values of one option, each a variant."""

    picture: str
    title: str
    text: str
    price: int
    category: str
    option: str
    options: tuple[str, ...]
    weight_grams: int
    often_with: tuple[str, ...] = ()
    """What people put into the same basket, so that recommendations have something to learn."""
    final_sale: bool = False


class Range(msgspec.Struct, frozen=True, kw_only=True):
    """A shop's whole range."""

    slug: str
    code: str
    tax_rate_bp: int
    articles: tuple[Article, ...]


def _article(
    picture: str, title: str, text: str, price: int, category: str, variants: str, weight_grams: int, often_with: str
) -> Article:
    option, _, values = variants.partition(": ")
    return Article(
        picture=picture,
        title=title,
        text=text,
        price=price,
        category=category,
        option=option,
        options=tuple(values.split(", ")),
        weight_grams=weight_grams,
        often_with=tuple(often_with.split()),
        final_sale=category == "Sale",
    )


CASA_RANGE = Range(
    slug="casa-lume",
    code="CL",
    tax_rate_bp=1900,
    articles=(
        _article("vase", "Vase Lina", "Von Hand gedrehte Terrakotta.", 3490, "Deko",
                 "Farbe: Terrakotta, Sand, Schiefer", 1400, "planter bowls"),
        _article("lamp", "Tischleuchte Sol", "Eichenfuß, Leinenschirm, warmes Licht.", 12900, "Licht",
                 "Schirm: Leinen, Rauchgrau", 2600, "candle clock"),
        _article("cushion", "Kissen Mara", "Gewaschenes Leinen, 50 × 50 cm, mit Füllung.", 4490, "Textil",
                 "Streifen: Meerblau, Salbei, Rost", 700, "throw"),
        _article("mug", "Becher Tessa", "Steinzeug, zweifarbig glasiert, 320 ml.", 1690, "Tisch",
                 "Glasur: Petrol, Ocker, Rosé", 420, "teapot bowls"),
        _article("candle", "Duftkerze Cedro", "Zeder und Feige, 45 Stunden, im Glas.", 2490, "Deko",
                 "Duft: Zeder, Feige, Meersalz", 560, "throw lamp"),
        _article("throw", "Wolldecke Nuvola", "Merinowolle mit Fransen, 130 × 180 cm.", 8990, "Textil",
                 "Farbe: Ocker, Nebel, Tanne", 1300, "cushion candle"),
        _article("chair", "Stuhl Otto", "Buche geölt, Sitz aus Papierkordel.", 21900, "Möbel",
                 "Holz: Natur, Nussbaum", 6200, "cushion"),
        _article("teapot", "Teekanne Fumo", "Gusseisen, emailliert, 1,1 l, mit Sieb.", 6490, "Tisch",
                 "Farbe: Anthrazit, Moos", 2300, "mug"),
        _article("bowls", "Schalenset Riva", "Drei Schalen, ineinander stapelbar.", 5490, "Tisch",
                 "Farbe: Koralle, Kreide", 1900, "mug vase"),
        _article("clock", "Wanduhr Ora", "Lautloses Werk, Rahmen aus Esche, 30 cm.", 7990, "Deko",
                 "Rahmen: Esche, Schwarz", 980, "mirror"),
        _article("planter", "Übertopf Verde", "Keramik auf Holzfüßen, 22 cm.", 4990, "Deko",
                 "Größe: 22 cm, 28 cm", 2100, "vase"),
        _article("mirror", "Spiegel Luna", "Standspiegel, Messing gebürstet.", 9990, "Sale",
                 "Form: Rund, Oval", 3100, "clock candle"),
    ),
)  # fmt: skip
NORD_RANGE = Range(
    slug="nordkap",
    code="NK",
    tax_rate_bp=2300,
    articles=(
        _article("backpack", "Backpack Fjell 30", "30 litres, rain cover, recycled ripstop.", 13900, "Packs",
                 "Colour: Pine, Slate", 1150, "thermos cup"),
        _article("tent", "Tent Kvist 2", "Two people, three seasons, 1.9 kg.", 34900, "Camp",
                 "Colour: Amber, Moss", 1900, "headlamp"),
        _article("thermos", "Bottle Varm", "Keeps tea hot for eighteen hours.", 3490, "Camp",
                 "Size: 0.5 l, 0.75 l, 1 l", 390, "cup backpack"),
        _article("jacket", "Rain Jacket Regn", "Three layers, taped seams, helmet hood.", 22900, "Clothing",
                 "Size: S, M, L, XL", 430, "beanie"),
        _article("beanie", "Beanie Lue", "Lambswool, knitted in Galway.", 2990, "Clothing",
                 "Colour: Pine, Berry, Oat", 90, "jacket"),
        _article("boots", "Boots Stein", "Full-grain leather, can be resoled.", 24900, "Footwear",
                 "Size: 38, 39, 40, 41, 42, 43, 44", 1450, "beanie"),
        _article("headlamp", "Head Lamp Lys", "400 lumen, red light, rechargeable.", 5990, "Camp",
                 "Band: Orange, Black", 96, "tent"),
        _article("cup", "Enamel Cup Kopp", "350 ml, takes a campfire.", 1490, "Sale",
                 "Rim: Navy, Pine", 140, "thermos"),
    ),
)  # fmt: skip
RANGES: dict[str, Range] = {made.slug: made for made in (CASA_RANGE, NORD_RANGE)}
DRAWINGS: dict[str, Callable[[], bytes]] = {**CASA_DRAWINGS, **NORD_DRAWINGS}


def variant_id(range_: Range, article: Article, option: int) -> str:
    """The storefront's own id of a variant: `cl-vase-2`."""
    return f"{range_.code.lower()}-{article.picture}-{option + 1}"


def picture_url(base_url: str, picture: str) -> str:
    """Where a product's picture stands."""
    return f"{base_url}/media/products/{picture}.png"


def products(range_: Range, base_url: str) -> list[ProductIn]:
    """The range as the API takes it. The second variant of every third product is almost sold out."""
    made: list[ProductIn] = []
    for n, article in enumerate(range_.articles):
        variants = [
            VariantIn(
                external_id=variant_id(range_, article, i),
                sku=f"{range_.code}-{article.picture[:4].upper()}-{i + 1}",
                title=value,
                price=article.price,
                tax_rate_bp=range_.tax_rate_bp,
                options={article.option: value},
                weight_grams=article.weight_grams,
                image_url=picture_url(base_url, article.picture),
                stock=[StockIn(quantity=1 if n % 3 == 0 and i == 1 else 25 + 7 * ((n + i) % 6))],
            )
            for i, value in enumerate(article.options)
        ]
        made.append(
            ProductIn(
                external_id=f"{range_.code.lower()}-{article.picture}",
                title=article.title,
                description=article.text,
                currency="EUR",
                url=f"https://{range_.slug}.example/p/{article.picture}",
                image_url=picture_url(base_url, article.picture),
                categories=[article.category],
                variants=variants,
            )
        )
    return made
