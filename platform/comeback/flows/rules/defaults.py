"""The flows that every shop starts with, as data: one service mail for each thing worth telling (A4).

A parcel's events say themselves whether they are fit to be told (`notify`: fresh, not superseded, not history); where
they are not, the step records their reason.
"""

from typing import Any

_TOLD = {"field": "event.notify", "op": "eq", "value": True}


def _notice(name: str, template: str, events: str | list[str], key: str, when: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "definition": {
            "entry": {"event": events, "key": key, "when": when},
            "start": "send",
            "nodes": {"send": {"kind": "send", "template": template, "class": "service"}},
        },
    }


def _parcel(name: str, milestone: str) -> dict[str, Any]:
    return {
        "name": name,
        "definition": {
            "entry": {"event": f"shipment.{milestone}", "key": "shipment"},
            "start": "fit",
            "nodes": {
                "fit": {"kind": "condition", "when": _TOLD, "why": "event.why", "yes": "send", "no": "quiet"},
                "send": {"kind": "send", "template": milestone, "class": "service"},
                "quiet": {"kind": "exit", "reason": "not told"},
            },
        },
    }


# Where the parcel needs a label the mail waits for it; elsewhere the approval itself is the news.
_LABEL_OR_NONE: dict[str, Any] = {
    "any": [
        {"field": "event.name", "op": "ne", "value": "return.approved"},
        {"not": {"field": "event.method", "op": "in", "value": ["label", "qr"]}},
    ]
}

DEFAULT_FLOWS: dict[str, dict[str, Any]] = {
    "shipped": _parcel("Shipped", "shipped"),
    "out_for_delivery": _parcel("Out for delivery", "out_for_delivery"),
    "delivered": _parcel("Delivered", "delivered"),
    "return_approved": _notice(
        "Return approved",
        "return_approved",
        ["return_shipment.label_ready", "return.approved"],
        "return",
        _LABEL_OR_NONE,
    ),
    "refund_on_its_way": _notice(
        "Refund on its way", "refund_on_its_way", ["refund.submitted", "refund.succeeded"], "event.source_id", {}
    ),
    "store_credit": _notice("Store credit", "store_credit", "credit.issued", "event.source_id", {}),
}
"""Family → name and definition. Refunds of one settlement are one mail, however many tenders they go to."""
