"""Templates: publish a source, install the mails that come with the product, show what a recipient would get."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from comeback.core.db import ReadSession, WriteSession
from comeback.core.errors import FieldError
from comeback.kit.ids import parse_id
from comeback.merchants.service import get_shop
from comeback.messages.errors import NotPublishable, UnknownTemplate
from comeback.messages.render import liquid
from comeback.messages.render.brand import brand_values, shop_values
from comeback.messages.render.compile import Compiled, compile_source
from comeback.messages.render.mjml import Refused
from comeback.messages.render.problems import Problem
from comeback.messages.render.render import bind, render
from comeback.messages.render.source import Source, load_sources
from comeback.messages.repository import templates
from comeback.messages.schemas import PreviewIn, PreviewOut, TemplateOut

PACKAGE = Path(__file__).resolve().parents[2]
EMAILS = next((f for f in (PACKAGE / "emails", PACKAGE.parents[1] / "emails") if f.is_dir()), PACKAGE / "emails")


async def install_default_templates(session: WriteSession) -> int:
    """Publishes the mails of `emails/` to the session's shop where they changed; a shop's own versions stay.

    Answers how many were published.
    """
    known = await templates.digests(session)
    count = 0
    for source, digest in default_sources():
        present = known.get(source.key)
        if present is None or (present[2] != digest and present[3] == "default"):
            await publish_source(session, source, origin="default")
            count += 1
    return count


async def publish_source(session: WriteSession, source: Source, origin: str = "shop") -> int:
    """Compiles every language and stores it as the next version; answers its number.

    Raises:
        NotPublishable: naming every problem with its place.
    """
    encoded = msgspec.json.encode(source)
    try:
        compiled = _compiled(encoded)
    except Refused as error:
        errors = [FieldError(f"/{p.where}", p.message) for p in error.problems]
        raise NotPublishable(f"{len(errors)} problem(s) in {source.key}", errors) from error
    template_id = await templates.add_template(session, source, origin)
    known = (await templates.digests(session))[source.key]
    version = known[1] + 1
    digest = sha256(encoded).hexdigest()
    await templates.add_version(session, template_id, version, source, compiled, digest)
    return version


@lru_cache(maxsize=64)
def _compiled(encoded: bytes) -> dict[str, Compiled]:
    """All languages of a source; kept by content, since many shops publish the same defaults."""
    source = msgspec.json.decode(encoded, type=Source)
    return {locale: compile_source(source, locale) for locale in sorted(source.words)}


@lru_cache(maxsize=1)
def default_sources() -> tuple[tuple[Source, str], ...]:
    """The sources that come with the product, each with the digest of its content."""
    return tuple((s, sha256(msgspec.json.encode(s)).hexdigest()) for s in load_sources(EMAILS))


async def list_templates(session: ReadSession) -> list[TemplateOut]:
    """All templates of the shop."""
    return [TemplateOut(**row) for row in await templates.listed(session)]


async def preview(session: ReadSession, template: str, wanted: PreviewIn) -> PreviewOut:
    """What a recipient would get, from the template's sample and the given data. Nothing is stored or reserved.

    Raises:
        UnknownTemplate, NotPublishable (a value is missing).
    """
    found = await _published(session, template)
    compiled = pick_locale(msgspec.convert(found["compiled"], dict[str, Compiled]), wanted.locale, "en")
    sample = dict(msgspec.convert(found["source"], Source).sample)
    bound = bind(compiled, *await _look(session))
    marks = {"unsubscribe_url": "#", "opt_out_url": "#"} if compiled.marketing or compiled.class_ == "marketing" else {}
    try:
        made = render(bound, {**sample, **marks, **wanted.data})
    except (liquid.MissingVariable, liquid.BadTemplate) as error:
        raise NotPublishable(str(error), [FieldError("/data", str(error))]) from error
    warnings: list[Problem] = list(compiled.warnings)
    return PreviewOut(
        subject=made.subject, html=made.html.decode(), text=made.text, size=len(made.html), warnings=warnings
    )


async def again(session: ReadSession, message: dict[str, Any]) -> str | None:
    """The HTML of a message from the inputs that were frozen with it; None where its version is gone."""
    found = await templates.published(session, message["template"], message["version"])
    if found is None:
        return None
    compiled = pick_locale(msgspec.convert(found["compiled"], dict[str, Compiled]), message["locale"], "en")
    marks = {"unsubscribe_url": "#", "opt_out_url": "#"}
    return render(bind(compiled, *await _look(session)), {**message["context"], **marks}).html.decode()


def pick_locale(compiled: dict[str, Compiled], wanted: str, fallback: str) -> Compiled:
    """The language asked for, else the shop's, else English, else whatever there is."""
    for locale in (wanted, language(wanted), fallback, language(fallback), "en"):
        if locale in compiled:
            return compiled[locale]
    return next(iter(compiled.values()))


def language(tag: str) -> str:
    """The language of a tag: `de` of `de-AT` and `de_AT`."""
    return tag.replace("_", "-").partition("-")[0].lower()


async def _look(session: ReadSession) -> tuple[dict[str, str], dict[str, Any]]:
    shop = await get_shop(session)
    return brand_values(shop.brand), shop_values(shop.name, shop.brand)


async def _published(session: ReadSession, template: str) -> dict[str, Any]:
    template_id: UUID | None = parse_id(template)
    key = await templates.key_of(session, template_id) if template_id is not None else template
    found = await templates.published(session, key) if key is not None else None
    if found is None:
        raise UnknownTemplate()
    return found
