"""Customers and what they agreed to, as shops tell it. Pure."""

from datetime import datetime

from comeback.customers.schemas import CustomerIn
from comeback.orders.schemas import AddressBody, ConsentBody, CustomerBody
from comeback.storefronts.rules.reading import Json, locale, mapping, moment, plain_id, text

GRANTED = frozenset({"subscribed"})
REFUSED = frozenset({"unsubscribed"})
"""`not_subscribed`, `pending`, `redacted` and `invalid` say nothing either way."""


def shopify_customer(body: Json) -> CustomerBody | None:
    """A customer of the REST shape; None where there is neither id nor address."""
    person = CustomerBody(
        external_id=plain_id(body.get("id")),
        email=text(body.get("email"), 254),
        first_name=text(body.get("first_name")),
        last_name=text(body.get("last_name")),
        phone=text(body.get("phone"), 60),
        locale=locale(body.get("locale")),
    )
    return person if person.external_id or person.email else None


def shopify_consents(body: Json, source: str) -> list[ConsentBody]:
    """What the customer said to e-mail and SMS marketing, with the time it was said; silence is not recorded."""
    said: list[ConsentBody] = []
    for channel, name in (("email", "email_marketing_consent"), ("sms", "sms_marketing_consent")):
        consent = mapping(body.get(name))
        state = (text(consent.get("state")) or "").lower()
        at = moment(consent.get("consent_updated_at"))
        if at is not None and state in GRANTED | REFUSED:
            said.append(_said(channel, state in GRANTED, source, at))
    if not said and body.get("email_marketing_consent") is None:
        # Payloads of before 2022 know one flag; only a "yes" with its time says something.
        at = moment(body.get("accepts_marketing_updated_at"))
        if at is not None and body.get("accepts_marketing") is True:
            said.append(_said("email", True, source, at))
    return said


def _said(channel: str, granted: bool, source: str, at: datetime) -> ConsentBody:
    return ConsentBody(
        channel="email" if channel == "email" else "sms", purpose="marketing", granted=granted, source=source, at=at
    )


def customer_in(person: CustomerBody) -> CustomerIn:
    """As the customers room takes it."""
    return CustomerIn(
        external_id=person.external_id,
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        phone=person.phone,
        locale=person.locale,
    )


def shopify_address(body: Json) -> AddressBody | None:
    """A postal address of the REST shape; None without a country."""
    country = text(body.get("country_code"), 2)
    if country is None:
        return None
    names = (text(body.get("first_name")), text(body.get("last_name")))
    return AddressBody(
        country=country.upper(),
        name=text(body.get("name")) or " ".join(n for n in names if n) or None,
        company=text(body.get("company")),
        line1=text(body.get("address1")),
        line2=text(body.get("address2")),
        postcode=text(body.get("zip")),
        city=text(body.get("city")),
        region=text(body.get("province_code")) or text(body.get("province")),
        phone=text(body.get("phone")),
    )
