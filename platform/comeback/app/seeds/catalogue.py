"""What the demo shops sell: sixty products, pure data. Prices in cents, tax included (Germany 19 %, Ireland 23 %)."""

from collections.abc import Callable

import msgspec

from comeback.app.seeds.drawings import CASA_DRAWINGS
from comeback.app.seeds.outdoor import NORD_DRAWINGS
from comeback.app.seeds.room_and_bath import ROOM_AND_BATH
from comeback.app.seeds.table_and_light import TABLE_AND_LIGHT
from comeback.app.seeds.trail import TRAIL
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
        _article("jug", "Krug Acqua", "Steinzeug, glasiert, 1,2 l.", 3990, "Tisch",
                 "Glasur: Petrol, Sand", 1300, "carafe plates"),
        _article("plates", "Teller Rondo, 4 Stück", "Steinzeug, spülmaschinenfest, 26 cm.", 6490, "Tisch",
                 "Glasur: Kreide, Koralle, Petrol", 3200, "bowls napkins wineglass"),
        _article("carafe", "Karaffe Fonte", "Mundgeblasenes Glas mit Korken, 1 l.", 3290, "Tisch",
                 "Größe: 0.75 l, 1 l", 800, "wineglass"),
        _article("wineglass", "Weingläser Duo", "Zwei Gläser, dünner Rand, 450 ml.", 3490, "Tisch",
                 "Form: Rot, Weiß", 520, "carafe candlestick"),
        _article("board", "Schneidebrett Quercia", "Geölte Eiche mit Saftrille.", 4490, "Küche",
                 "Größe: Klein, Groß", 1700, "spoons saltmill"),
        _article("tray", "Tablett Tondo", "Formverleimtes Nussholz, 42 cm.", 5490, "Tisch",
                 "Holz: Nussbaum, Eiche", 1100, "mug teapot"),
        _article("spoons", "Kochlöffel, 3 Stück", "Oliven-, Kirsch- und Nussholz.", 1990, "Küche",
                 "Satz: Klein, Groß", 210, "board"),
        _article("napkins", "Leinenservietten, 4 Stück", "Gewaschenes Leinen mit Messingring.", 3290, "Textil",
                 "Farbe: Natur, Salbei", 320, "plates candlestick"),
        _article("saltmill", "Mühlen Sale e Pepe", "Keramikmahlwerk, Buche lackiert.", 5990, "Küche",
                 "Farbe: Schwarzweiß, Natur", 760, "board"),
        _article("eggcups", "Eierbecher, 3 Stück", "Porzellan, drei Farben.", 1890, "Sale",
                 "Satz: Bunt, Weiß", 330, "mug"),
        _article("pendant", "Pendelleuchte Cupola", "Emaillierter Stahl, 38 cm, E27.", 11900, "Licht",
                 "Farbe: Koralle, Salbei, Schwarz", 1900, "chair"),
        _article("floorlamp", "Stehleuchte Carta", "Schirm aus Reispapier, Eschenbeine.", 15900, "Licht",
                 "Höhe: 140 cm, 160 cm", 3900, "throw cushion"),
        _article("lantern", "Laterne Notte", "Pulverbeschichtet, für draußen.", 5990, "Licht",
                 "Größe: 35 cm, 50 cm", 2200, "candle planter"),
        _article("candlestick", "Kerzenhalter, 2 Stück", "Messing, von Hand poliert.", 4290, "Deko",
                 "Satz: Hoch, Niedrig", 1100, "napkins candle"),
        _article("towels", "Handtücher, 3 Stück", "Bio-Baumwolle, 500 g/m².", 4990, "Bad",
                 "Farbe: Bunt, Petrol, Kreide", 1500, "soap diffuser"),
        _article("rug", "Teppich Strada", "Von Hand gewebte Wolle.", 18900, "Textil",
                 "Größe: 140 × 200 cm, 170 × 240 cm", 7400, "cushion"),
        _article("curtain", "Vorhang Velo", "Leinen, 140 × 250 cm, mit Ösen.", 7490, "Textil",
                 "Farbe: Natur, Nebel", 1200, "cushion rug"),
        _article("basket", "Korb Isola", "Seegras, geflochten, mit Griffen.", 3990, "Ordnung",
                 "Größe: M, L", 1300, "throw towels"),
        _article("stool", "Hocker Tre", "Esche geölt, drei Beine.", 8990, "Möbel",
                 "Holz: Esche, Schwarz", 3300, "chair"),
        _article("shelf", "Wandregal Linea", "Eiche, 90 cm, mit Halterung.", 6990, "Möbel",
                 "Holz: Eiche, Weiß", 3600, "bookends frame"),
        _article("frame", "Rahmen mit Druck", "Eiche, entspiegeltes Glas, 30 × 40 cm.", 4990, "Deko",
                 "Motiv: Sonne, Berge", 1400, "shelf mirror"),
        _article("hooks", "Hakenleiste Cinque", "Eiche und Messing, fünf Haken.", 5490, "Ordnung",
                 "Holz: Eiche, Schwarz", 1200, "doormat basket"),
        _article("soap", "Olivenseife mit Schale", "Kaltgerührt, Keramikschale.", 1690, "Bad",
                 "Duft: Olive, Lavendel", 290, "towels"),
        _article("diffuser", "Raumduft Ambra", "200 ml, hält etwa drei Monate.", 3490, "Bad",
                 "Duft: Ambra, Zitrus", 540, "candle soap"),
        _article("wateringcan", "Gießkanne Goccia", "Verzinkt und lackiert, 1,5 l.", 3690, "Garten",
                 "Farbe: Moos, Sand", 820, "planter"),
        _article("doormat", "Fußmatte Ciao", "Kokosfaser, 45 × 75 cm.", 2990, "Ordnung",
                 "Motiv: Haus, Streifen", 1900, "hooks"),
        _article("bedlinen", "Bettwäsche Onda", "Perkal, Bio-Baumwolle.", 9990, "Textil",
                 "Größe: 135 × 200 cm, 155 × 220 cm", 1700, "cushion towels"),
        _article("bookends", "Buchstützen Carrara", "Marmor, mit Filz, ein Paar.", 4490, "Sale",
                 "Stein: Weiß, Grün", 2900, "shelf"),
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
        _article("sleepingbag", "Sleeping Bag Dvale", "Recycled fill, comfort to 2 °C.", 18900, "Camp",
                 "Length: Regular, Long", 1150, "sleepingmat tent"),
        _article("sleepingmat", "Mat Under", "Folds small, insulates well.", 6990, "Camp",
                 "Size: Short, Regular", 480, "sleepingbag"),
        _article("stove", "Stove Glo", "Boils a litre in four minutes.", 8990, "Camp",
                 "Set: Stove, Stove and pot", 640, "cup thermos"),
        _article("poles", "Poles Stav", "Aluminium, cork grips, a pair.", 9490, "Footwear",
                 "Length: 110–125 cm, 120–135 cm", 490, "boots socks"),
        _article("gloves", "Gloves Vante", "Windproof, touchscreen tips.", 4490, "Clothing",
                 "Size: S, M, L", 110, "beanie fleece"),
        _article("socks", "Wool Socks, 2 pairs", "Merino blend, padded heel.", 2490, "Clothing",
                 "Size: 36–39, 40–43, 44–47", 130, "boots"),
        _article("trousers", "Trousers Sti", "Stretch, two zipped pockets.", 11900, "Clothing",
                 "Size: XS, S, M, L, XL", 390, "fleece jacket"),
        _article("fleece", "Fleece Varm Half-Zip", "Recycled, brushed inside.", 8490, "Clothing",
                 "Size: XS, S, M, L, XL", 320, "gloves trousers"),
        _article("drybag", "Dry Bag Tett", "Welded seams, roll top.", 2990, "Packs",
                 "Size: 8 l, 20 l", 210, "backpack"),
        _article("hammock", "Hammock Ro", "Parachute silk, straps included.", 7490, "Camp",
                 "Colour: Berry, Pine", 560, "headlamp"),
        _article("multitool", "Multi-tool Nøkkel", "Eleven tools, locks open.", 5490, "Sale",
                 "Colour: Red, Black", 190, "compass"),
        _article("compass", "Compass Nord", "Liquid-filled, brass case.", 3990, "Camp",
                 "Finish: Brass, Black", 120, "backpack"),
    ),
)  # fmt: skip
RANGES: dict[str, Range] = {made.slug: made for made in (CASA_RANGE, NORD_RANGE)}
DRAWINGS: dict[str, Callable[[], bytes]] = {
    **CASA_DRAWINGS,
    **TABLE_AND_LIGHT,
    **ROOM_AND_BATH,
    **NORD_DRAWINGS,
    **TRAIL,
}


def variant_id(range_: Range, article: Article, option: int) -> str:
    """The storefront's own id of a variant: its product's number and two digits, as shop systems count."""
    return f"{product_id(range_, article)}{option + 1:02d}"


def other_option(variant: str) -> str:
    """Another variant of the same product: the first, or for the first the second."""
    return f"{variant[:-2]}{1 if variant[-2:] != '01' else 2:02d}"


def product_id(range_: Range, article: Article) -> str:
    """The storefront's own id of a product."""
    return str(8_000_001 + range_.articles.index(article))


def sku(range_: Range, article: Article, option: int) -> str:
    """The number on the label of a variant: `CL-VASEE-2`."""
    return f"{range_.code}-{(article.picture[:4] + article.picture[-1]).upper()}-{option + 1}"


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
                sku=sku(range_, article, i),
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
                external_id=product_id(range_, article),
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
