"""Templates: what publish refuses, what a recipient gets."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comeback.messages.render import liquid, markup
from comeback.messages.render.brand import brand_values, contrast, shop_values
from comeback.messages.render.compile import HTML_LIMIT, Compiled, compile_source
from comeback.messages.render.mjml import Refused, compile_mjml
from comeback.messages.render.placeholders import Placeholders
from comeback.messages.render.render import Bound, Links, bind, clean, render
from comeback.messages.render.source import Declaration, Source, load_sources
from comeback.messages.render.text import text_of

ROOT = Path(__file__).resolve().parents[3]
OFFICIAL = sorted((ROOT.parent / "shared" / "data" / "mjml").glob("*.mjml"))
SOURCES = {source.key: source for source in load_sources(ROOT / "emails")}
SHOP = shop_values("Lindenhof & Söhne", {"support_email": "help@lindenhof.example", "address": "Weg 1, Berlin"})
MARKS = {"unsubscribe_url": "https://s.example/u/x", "opt_out_url": "https://s.example/u/x"}


def source(
    body: str, *, blocks: tuple[str, ...] = ("order",), words: dict[str, str] | None = None, **more: Any
) -> Source:
    given_words = {"en": {"subject": "Hello {{ order.number }}"} | (words or {})}
    mjml = f"<mjml><mj-body><mj-section><mj-column>{body}</mj-column></mj-section></mj-body></mjml>"
    declaration = Declaration(class_=more.pop("class_", "service"), name="Test", blocks=blocks, **more)
    return Source("test", declaration, mjml, {}, given_words, {"order": {"number": "1"}})


def made(body: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
    bound = bind(compile_source(source(body, **more), "en"), brand_values({}), SHOP)
    return render(bound, {"order": {"number": "1"}} | (data or {}), Links(lambda n: f"https://s.example/c/x.{n}"), None)


def problems(body: str, **more: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        compile_source(source(body, **more), "en")
    return [problem.message for problem in refused.value.problems]


@pytest.mark.parametrize("key", sorted(SOURCES))
@pytest.mark.parametrize("locale", ["en", "de"])
def test_default_mails(key: str, locale: str) -> None:
    compiled = compile_source(SOURCES[key], locale)
    bound = bind(compiled, brand_values({"primary": "#1f6f54"}), SHOP)
    links = Links(lambda n: f"https://s.example/c/x.{n}")
    mail = render(bound, SOURCES[key].sample | MARKS, links, "https://s.example/o/x.gif")
    html = mail.html.decode()
    assert f'lang="{locale}"' in html
    assert 'name="color-scheme"' in html
    assert "<title>" in html
    assert len(mail.html) < 45_000
    assert max(len(line) for line in html.split("\n")) < 998
    assert html.index("/o/x.gif") < 12_000
    assert not re.findall(r"<img(?![^>]*\balt=)", html)
    assert not re.search(r"\{\{|\{%|\[\[|None|undefined", html + mail.text + mail.subject)
    sizes = {int(size) for size in re.findall(r"font-size:\s*(\d+)px", html)} - {0, 1, 13}
    assert min(sizes) >= 14
    assert all(url in mail.text for url in set(re.findall(r'href="(https://s\.example/c/[^"]+)"', html)))
    preheader = re.search(r"<body[^>]*>.*?<div\s*style=\"display:none[^>]*>(.*?)</div>", html, re.DOTALL)
    assert preheader
    assert 40 <= len(preheader.group(1).strip()) <= 140
    assert 10 <= len(mail.subject) <= 78
    if compiled.markup:
        script = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
        assert script
        assert json.loads(script.group(1))["@type"] == compiled.markup


@pytest.mark.parametrize("key", sorted(SOURCES))
def test_languages_say_the_same_words(key: str) -> None:
    english, german = (set(SOURCES[key].words[locale]) for locale in ("en", "de"))
    assert english == german


def test_fixed_sizes_of_mjml_are_not_text() -> None:
    # 13px is what MJML puts around images and columns; no text of ours may rely on it.
    html = compile_source(SOURCES["shipped"], "en").html
    for found in re.finditer(r"font-size:13px[^>]*>([^<]*)", html):
        assert not found.group(1).strip()


def test_offers_are_left_out_without_data() -> None:
    bound = bind(compile_source(SOURCES["shipped"], "en"), brand_values({}), SHOP)
    data = {name: value for name, value in SOURCES["shipped"].sample.items() if name != "offer"}
    mail = render(bound, data)
    assert not mail.marketing
    assert b"PREVIEW" not in mail.html
    assert "suggestions" not in mail.text
    assert render(bound, SOURCES["shipped"].sample | MARKS).marketing


def test_parcels_of_an_order_are_counted() -> None:
    bound = bind(compile_source(SOURCES["delivered"], "en"), brand_values({}), SHOP)
    data: dict[str, Any] = json.loads(json.dumps(SOURCES["delivered"].sample))
    data["shipment"] |= {"parcel": 1, "parcels": 2, "next_eta": "2026-11-27T18:00:00+01:00"}
    text = render(bound, data | MARKS).text
    assert "Parcel 1 of 2 has arrived" in text
    assert "Friday, 27 November" in text


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('<mj-include path="/etc/passwd" />', "mj-include"),
        ("<mj-foo>x</mj-foo>", "unknown tag <mj-foo>"),
        ('<mj-text colour="red">x</mj-text>', "unknown attribute 'colour'"),
        ("<mj-text><script>x</script></mj-text>", "not allowed"),
        ("<mj-text><a href='javascript:x'>y</a></mj-text>", "not allowed"),
        ('<mj-text><b onclick="x">y</b></mj-text>', "not allowed"),
        ("<mj-text><iframe>x</iframe></mj-text>", "not allowed"),
        ('<mj-text><a href="ftp://x.example">y</a></mj-text>', "only http and https"),
        ('<mj-text><a href="data:{{ order.number }}">y</a></mj-text>', "only http and https"),
        ('<mj-image src="https://x.example/a.png" width="{{ order.number }}" />', "lost by the compiler"),
        ("<mj-text>{{ order.number </mj-text>", "unbalanced"),
        ("<mj-text>{% if order %}x</mj-text>", "expected tag"),
        ("<mj-text>{% render 'x' %}</mj-text>", "unexpected tag"),
        ("<mj-text>{{ order.x | nonsense }}</mj-text>", "unknown filter nonsense"),
        ("<mj-text>{{ _links }}</mj-text>", "unknown variable _links"),
        ("<mj-text>{{ other.thing }}</mj-text>", "unknown variable other.thing"),
        ("<mj-text>[[nobody_knows]]</mj-text>", "no word 'nobody_knows'"),
        ("<mj-text>" + "x" * 110_000 + "</mj-text>", "HTML over"),
    ],
)
def test_publish_refuses(body: str, message: str) -> None:
    assert any(message in problem for problem in problems(body)), problems(body)


def test_marketing_needs_its_way_out() -> None:
    assert "unsubscribe_url" in problems("<mj-text>Buy!</mj-text>", class_="marketing")[0]
    assert "opt_out_url" in problems("<mj-text>{{ offer.a }}</mj-text>", blocks=("offer",), marketing=("offer",))[0]


def test_comparisons_survive_the_compiler() -> None:
    body = "<mj-text>{% if order.total < 5 and order.number == '1' %}a & b < c{% endif %}</mj-text>"
    with pytest.raises(Refused):
        compile_source(source(body.replace("a & b < c", "a < c</b>")), "en")
    assert b"cheap" in made(body.replace("a & b < c", "cheap"), {"order": {"number": "1", "total": 3}}).html


def test_values_are_escaped_in_html_only() -> None:
    evil = "<img src=x onerror=1>&\"'"
    mail = made('<mj-text>{{ order.title }}<a href="{{ order.url }}">x</a></mj-text>',
                {"order": {"number": "<b>&", "title": evil, "url": 'https://x.example/?a=1&b="><script>'}})  # fmt: skip
    assert b"<img src=x" not in mail.html
    assert b"<script>" not in mail.html
    assert evil.replace("\x00", "") in mail.text
    assert mail.subject == "Hello <b>&"


def test_links_are_stored_once_each_and_never_wrap_what_must_stay() -> None:
    links = Links(lambda n: f"https://s.example/c/x.{n}")
    body = (
        '<mj-text><a href="https://a.example/?x=1&amp;y=2">a</a> <a href="{{ order.url }}">b</a>'
        '<a href="https://a.example/{{ order.number }}?q=é">c</a><a href="{{ order.url }}">again</a>'
        '<a href="mailto:x@y.example">m</a><a href="tel:+49">t</a><a href="{{ unsubscribe_url }}">u</a>'
        '<a class="untracked" href="https://legal.example/">l</a><a href="{{ order.bad }}">bad</a></mj-text>'
    )
    data = {"order": {"number": "1", "url": "https://b.example/?c=1&d=2", "bad": "javascript:alert(1)"}}
    bound = bind(compile_source(source(body), "en"), brand_values({}), SHOP)
    mail = render(bound, data | MARKS, links)
    assert links.urls == ["https://a.example/?x=1&y=2", "https://b.example/?c=1&d=2", "https://a.example/1?q=é"]
    found = re.findall(r'href="([^"]*)"', mail.html.decode())
    assert found == [
        "https://s.example/c/x.0", "https://s.example/c/x.1", "https://s.example/c/x.2", "https://s.example/c/x.1",
        "mailto:x@y.example", "tel:+49", "https://s.example/u/x", "https://legal.example/", "",
    ]  # fmt: skip


def test_missing_values_say_their_whole_path() -> None:
    with pytest.raises(liquid.MissingVariable) as missing:
        made("<mj-text>{{ order.address.city }}</mj-text>", {"order": {"number": "1", "address": {}}})
    assert missing.value.path == "order.address.city"
    for empty in (None, ""):
        with pytest.raises(liquid.MissingVariable):
            made("<mj-text>{{ order.x }}</mj-text>", {"order": {"number": "1", "x": empty}})
    declared = {"order.x": {"en": "friend"}}
    assert b"Hi friend" in made("<mj-text>Hi {{ order.x }}</mj-text>", defaults=declared).html
    assert b"Hi you" in made("<mj-text>Hi {{ order.x | default: 'you' }}</mj-text>").html
    assert b"quiet" in made("<mj-text>{% if order.x %}{{ order.x }}{% else %}quiet{% endif %}</mj-text>").html


def test_limits_hold() -> None:
    with pytest.raises(liquid.BadTemplate):
        made("<mj-text>{% for a in (1..100) %}{% for b in (1..100) %}x{% endfor %}{% endfor %}</mj-text>")
    with pytest.raises(liquid.BadTemplate):
        made("<mj-text>{% assign x = 'aaaaaaaaaaaaaaaaaaaa' %}{% for a in (1..900) %}{% assign x = x | append: x %}"
             "{% if x.size > 1 %}{% endif %}{% endfor %}</mj-text>")  # fmt: skip


@pytest.mark.parametrize(
    "payload",
    ["{{ order.__class__ }}", "{{ order['__class__'] }}", "{{ order.number.__class__.__mro__ }}", "{{ order.keys }}",
     "{{ order.items }}", "{{ order.number.upper }}", "{{ _links.__globals__ }}", "{{ _links.urls }}",
     "{{ order | map: '__class__' }}", "{{ _pixel }}", "{{ order.number | append: _links }}"],
)  # fmt: skip
def test_python_cannot_be_reached(payload: str) -> None:
    try:
        html = made(f"<mj-text>[{payload}]</mj-text>").html.decode()
    except (Refused, liquid.MissingVariable, liquid.BadTemplate):
        return
    assert "function" not in html
    assert "class 'dict'" not in html
    assert "object at" not in html


def test_optional_blocks_are_dropped_in_order_until_it_fits() -> None:
    blocks = ("order", "one", "two")
    body = "".join(f"<mj-text>{{% for x in {b}.many %}}{{{{ x }}}}{{% endfor %}}[{b}]</mj-text>" for b in blocks[1:])
    data = {"one": {"many": ["x" * 1000] * 70}, "two": {"many": ["y" * 1000] * 70}}
    mail = made(body, data, blocks=blocks, optional=("two", "one"))
    assert mail.dropped == ("two",)
    assert b"yyy" not in mail.html
    assert b"xxx" in mail.html
    assert "yyy" not in mail.text
    assert len(mail.html) <= HTML_LIMIT


def test_json_ld_cannot_end_its_script() -> None:
    evil = "</script><script>alert(1)</script>&<!--"
    shipment = {"eta_until": "2026-11-24T18:00:00+01:00", "carrier": evil}
    data = {"order": {"number": evil, "items": [{"title": evil}]}, "shipment": shipment, "shop": {"name": evil}}
    text = markup.script("ParcelDelivery", data)
    assert text.count("</script>") == 1
    inner = json.loads(text.split(">", 1)[1].rsplit("<", 1)[0])
    assert inner["partOfOrder"]["orderNumber"] == evil
    assert "trackingNumber" not in inner
    assert markup.script("ParcelDelivery", {"order": {"number": "1"}}) == ""
    assert markup.script(None, data) == ""


@given(st.sampled_from("0123456789abcdef").flatmap(lambda _: st.text("0123456789abcdef", min_size=6, max_size=6)))
@settings(max_examples=60, deadline=None)
def test_every_brand_colour_stays_readable(colour: str) -> None:
    values = brand_values({"primary": f"#{colour}"})
    assert contrast(values["on_primary"], values["primary"]) >= 4.4
    assert contrast(values["on_primary_dark"], values["primary_dark"]) >= 4.4
    assert contrast(values["link"], "#ffffff") >= 4.5
    assert contrast(values["link"], values["tint"]) >= 4.5
    assert contrast(values["link_dark"], values["tint_dark"]) >= 4.5
    assert contrast("#14171c", values["tint"]) >= 4.5
    assert contrast("#4c5561", values["tint"]) >= 4.5
    assert contrast("#f2f4f7", values["tint_dark"]) >= 4.5


def test_brands_cannot_inject_styles() -> None:
    values = brand_values({"primary": "red;}</style><script>", "radius": 999, "logo_url": "javascript:x"})
    assert values["primary"].startswith("#")
    assert values["radius"] == "28px"
    assert "logo_url" not in values


def test_control_characters_and_objects_never_reach_a_template() -> None:
    assert clean({"a": "x\x00y\x0bz", "b": None, "c": [None, {"d": ""}], "e": object}) == {
        "a": "xyz", "c": [None, {}], "e": str(object),
    }  # fmt: skip


@pytest.mark.parametrize("path", OFFICIAL or [None], ids=lambda p: p.stem if p else "missing")
def test_official_templates_compile(path: Path | None) -> None:
    if path is None:
        pytest.skip("the official templates are not here")
    placeholders = Placeholders.for_source(path.read_text())
    html = compile_mjml(placeholders.hide(path.read_text()))
    assert not placeholders.missing(html)
    assert "fonts.googleapis" not in html.split("<body")[0]
    assert len(text_of(html, placeholders)) > 100


def test_compiled_parts_survive_storage() -> None:
    import msgspec  # noqa: PLC0415 - the way the repository stores them

    compiled = compile_source(SOURCES["shipped"], "de")
    again = msgspec.convert(msgspec.json.decode(msgspec.json.encode(compiled)), Compiled)
    assert again == compiled
    assert isinstance(bind(again, brand_values({}), SHOP), Bound)


@pytest.mark.parametrize(("locale", "greeting"), [("en", "Hi there, good news"), ("de", "Hallo, gute Nachrichten")])
def test_people_without_a_name_are_greeted(locale: str, greeting: str) -> None:
    bound = bind(compile_source(SOURCES["shipped"], locale), brand_values({}), SHOP)
    assert greeting in render(bound, SOURCES["shipped"].sample | MARKS | {"customer": {"first_name": None}}).text


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("key", sorted(SOURCES))
@pytest.mark.parametrize("optional", ["eta_from", "eta_until", "next_eta", "left_with", "tracking_number"])
def test_what_may_be_missing_stops_no_mail(key: str, locale: str, optional: str) -> None:
    """A condition around a whole section governs the text part too: a parcel without a date is told all the same."""
    bound = bind(compile_source(SOURCES[key], locale), brand_values({}), SHOP)
    data = json.loads(json.dumps(SOURCES[key].sample | {"opt_out_url": "https://mail.example/u/1"}))
    data.get("shipment", {}).pop(optional, None)
    render(bound, data)


def test_an_offer_that_lacks_something_never_stops_a_notice() -> None:
    bound = bind(compile_source(SOURCES["shipped"], "en"), brand_values({}), SHOP)
    data = json.loads(json.dumps(SOURCES["shipped"].sample | {"opt_out_url": "https://mail.example/u/1"}))
    whole = render(bound, data)
    assert whole.marketing and not whole.dropped
    for product in data["offer"]["products"]:
        del product["url"]
    without = render(bound, data)
    assert without.dropped == ("offer",) and not without.marketing
    del data["shipment"]["page_url"]
    with pytest.raises(liquid.MissingVariable):
        render(bound, data)
