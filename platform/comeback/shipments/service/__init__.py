"""Use cases of the shipments room, one file a subject; the names others call."""

from comeback.shipments.service.create import correct_number, create_or_find, create_shipment
from comeback.shipments.service.hooks import receive_events, take_reports
from comeback.shipments.service.labels import create_return_shipment, label_pdf, retry_label, void_label
from comeback.shipments.service.pages import ensure_page, page_token, tracking_url
from comeback.shipments.service.people import add_note, override, revoke
from comeback.shipments.service.queries import (
    delivery_state,
    get_shipment,
    last_delivery,
    return_state,
    shipments_of,
    shipments_of_return,
    unmapped_codes,
)
from comeback.shipments.service.refold import refold
from comeback.shipments.service.timeline import TimelineEntry, timeline
from comeback.shipments.service.view import Opened, open_page, tracking_view

__all__ = [
    "Opened",
    "TimelineEntry",
    "add_note",
    "correct_number",
    "create_or_find",
    "create_return_shipment",
    "create_shipment",
    "delivery_state",
    "ensure_page",
    "get_shipment",
    "label_pdf",
    "last_delivery",
    "open_page",
    "override",
    "page_token",
    "receive_events",
    "refold",
    "retry_label",
    "return_state",
    "revoke",
    "shipments_of",
    "shipments_of_return",
    "take_reports",
    "timeline",
    "tracking_url",
    "tracking_view",
    "unmapped_codes",
    "void_label",
]
