"""What a carrier's scan code means, in plain words that the shipments room maps to its own statuses.

An unknown code gives None and is never guessed: whoever asks keeps the raw code for a person to look at. Sources: the
public tracking references of DHL (unified tracking status codes, ICE event codes of DHL Paket), GLS (parcel status
values) and UPS (package status types), and EasyPost's list of status details for the generic words.
"""

import msgspec


class Meaning(msgspec.Struct, frozen=True):
    """One row of a code table. `status` is a status word of the shipments room."""

    status: str | None = None
    substatus: str | None = None
    reason: str | None = None
    physical: bool = True  # False: an electronic notice, nobody scanned the parcel
    resolved: bool = False  # a problem was solved: closes an open exception
    reversal: bool = False  # an earlier "delivered" was wrong


_INFO = Meaning("info_received", physical=False)
_MOVING = Meaning("in_transit")
_PICKED = Meaning("in_transit", "picked_up")
_ARRIVED = Meaning("in_transit", "arrived")
_DEPARTED = Meaning("in_transit", "departed")
_VAN = Meaning("out_for_delivery")
_SHOP = Meaning("available_for_pickup")
_MISSED = Meaning("attempt_failed", reason="consignee_not_home")
_DONE = Meaning("delivered")
_BACK = Meaning("returning")
_BACK_DONE = Meaning("returned")
_VOID = Meaning("cancelled", physical=False)


def _trouble(reason: str, *, physical: bool = False) -> Meaning:
    return Meaning("exception", reason=reason, physical=physical)


GENERIC: dict[str, Meaning] = {
    "pending": Meaning("pending", physical=False),
    "unknown": Meaning("pending", physical=False),
    "info_received": _INFO,
    "pre_transit": _INFO,
    "label_created": _INFO,
    "in_transit": _MOVING,
    "transit": _MOVING,
    "picked_up": _PICKED,
    "arrived_at_facility": _ARRIVED,
    "departed_facility": _DEPARTED,
    "transferred_to_destination_carrier": Meaning("in_transit", "transferred"),
    "customs_cleared": Meaning("in_transit", "customs_cleared", physical=False, resolved=True),
    "problem_resolved": Meaning("in_transit", "problem_resolved", resolved=True),
    "out_for_delivery": _VAN,
    "available_for_pickup": _SHOP,
    "ready_for_pickup": _SHOP,
    "attempt_failed": _MISSED,
    "delivery_failed": _MISSED,
    "failed_attempt": _MISSED,
    "exception": _trouble("other"),
    "on_hold": _trouble("carrier_hold"),
    "held": _trouble("carrier_hold"),
    "held_for_payment": _trouble("consignee_payment_due"),
    "customs": _trouble("customs_hold"),
    "customs_hold": _trouble("customs_hold"),
    "missing_documents": _trouble("customs_missing_documents"),
    "wrong_address": _trouble("consignee_wrong_address"),
    "address_correction": _trouble("consignee_wrong_address"),
    "customer_moved": _trouble("consignee_moved"),
    "refused": _trouble("consignee_refused"),
    "pickup_missed": _trouble("consignee_pickup_missed"),
    "damaged": _trouble("carrier_damaged", physical=True),
    "missorted": _trouble("carrier_missorted", physical=True),
    "lost": _trouble("carrier_lost"),
    "weather_delay": Meaning("in_transit", "delayed", "weather_delay", physical=False),
    "delayed": Meaning("in_transit", "delayed", "carrier_delay", physical=False),
    "returning": _BACK,
    "return_to_sender": _BACK,
    "returned": _BACK_DONE,
    "returned_to_sender": _BACK_DONE,
    "delivered": _DONE,
    "delivered_neighbour": Meaning("delivered", "neighbour"),
    "delivered_safe_place": Meaning("delivered", "safe_place"),
    "delivered_pickup": Meaning("delivered", "pickup"),
    "delivered_signed": Meaning("delivered", "signed"),
    "delivered_cod": Meaning("delivered", "cash_on_delivery"),
    "delivery_reversed": Meaning(None, physical=False, reversal=True),
    "cancelled": _VOID,
    "canceled": _VOID,
    "voided": _VOID,
    "expired": Meaning("expired", physical=False),
}

_SANDBOX: dict[str, Meaning] = {
    "lbl": _INFO,
    "acc": _PICKED,
    "hub": Meaning("in_transit", "sorted"),
    "dep": _ARRIVED,
    "dly": Meaning("in_transit", "delayed", "weather_delay", physical=False),
    "ofd": _VAN,
    "att": _MISSED,
    "avp": _SHOP,
    "dlv": _DONE,
    "rts": _BACK,
    "ret": _BACK_DONE,
    "lst": _trouble("carrier_lost"),
    "rev": Meaning(None, physical=False, reversal=True),
}

_DHL: dict[str, Meaning] = {
    "pre_transit": _INFO,
    "transit": _MOVING,
    "failure": _trouble("carrier_delivery_failure"),
    "va": _INFO,
    "shrcu": _PICKED,
    "pckdu": _PICKED,
    "ldtmv": _DEPARTED,
    "ulfmv": _ARRIVED,
    "srted": _VAN,
    "dlvrd": _DONE,
    "es": _PICKED,
    "ae": _PICKED,
    "aa": _DEPARTED,
    "ee": _ARRIVED,
    "po": _VAN,
    "zu": _DONE,
}

_GLS: dict[str, Meaning] = {
    "preadvice": _INFO,
    "intial_preadvice": _INFO,
    "initial_preadvice": _INFO,
    "intial_normal": _PICKED,
    "initial_normal": _PICKED,
    "inpickup": _PICKED,
    "intransit": _MOVING,
    "inwarehouse": _ARRIVED,
    "indelivery": _VAN,
    "delivered": _DONE,
    "deliveredps": _SHOP,
    "notdelivered": _MISSED,
    "canceled": _VOID,
}

_UPS: dict[str, Meaning] = {
    "m": _INFO,
    "mv": _VOID,
    "p": _PICKED,
    "i": _MOVING,
    "o": _VAN,
    "d": _DONE,
    "x": _trouble("carrier_exception"),
    "rs": _BACK,
}

TABLES: dict[str, dict[str, Meaning]] = {"sandbox": _SANDBOX, "demo": _SANDBOX, "dhl": _DHL, "gls": _GLS, "ups": _UPS}


PAGES: dict[str, str] = {
    "dhl": "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode={number}",
    "gls": "https://gls-group.com/track/{number}",
    "ups": "https://www.ups.com/track?tracknum={number}",
}
NAMES: dict[str, str] = {
    "dhl": "DHL",
    "gls": "GLS",
    "ups": "UPS",
    "dpd": "DPD",
    "usps": "USPS",
    "sandbox": "Sandbox Post",
}


def carrier_name(carrier: str) -> str:
    """How people call a carrier."""
    return NAMES.get(tidy_code(carrier).split("_")[0], carrier.replace("_", " ").title())


def carrier_page(carrier: str, number: str) -> str | None:
    """The carrier's own page of a parcel, where we know its form. `number` is already tidy (letters and digits)."""
    form = PAGES.get(tidy_code(carrier).split("_")[0])
    return form.format(number=number) if form and number.isalnum() else None


def tidy_code(text: str) -> str:
    """Lower case, every run of other characters one underscore: `INTIAL.NORMAL` → `intial_normal`."""
    return "_".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def lookup(carrier: str, code: str) -> Meaning | None:
    """Meaning of a carrier's code; its own table first, then the generic words; None when nobody knows it."""
    wanted = tidy_code(code)
    family = tidy_code(carrier).split("_")[0]
    own = TABLES.get(family, {}).get(wanted)
    return own if own is not None else GENERIC.get(wanted)
