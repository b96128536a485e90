"""The parcels, and one parcel."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from comeback.core.db import ReadSession
from comeback.core.settings import Settings
from comeback.desk.errors import NoSuchPage
from comeback.desk.schemas.shipments import ParcelTab, Period, ShipmentDetail, ShipmentList
from comeback.desk.service import shipments
from comeback.kit.ids import parse_id

READ = {"permission": "shipments:read"}


@get("/api/studio/shipments", operation_id="studioShipments", opt=READ, tags=["studio"])
async def list_shipments(
    read: NamedDependency[ReadSession],
    tab: FromQuery[ParcelTab] = "on_the_way",
    carrier: FromQuery[str | None] = None,
    country: FromQuery[str | None] = None,
    days: FromQuery[Period | None] = None,
    cursor: FromQuery[str | None] = None,
) -> ShipmentList:
    """A page of parcels of one tab, with the counts of all tabs under the same filters."""
    return await shipments.list_shipments(read, tab, carrier, country, int(days) if days else None, cursor)


@get("/api/studio/shipments/{shipment_id:str}", operation_id="studioShipment", opt=READ, tags=["studio"])
async def get_shipment(
    shipment_id: FromPath[str], read: NamedDependency[ReadSession], settings: NamedDependency[Settings]
) -> ShipmentDetail:
    """One parcel: every scan, and why it has the status it has."""
    known = parse_id(shipment_id)
    if known is None:
        raise NoSuchPage
    return await shipments.detail(read, settings, known)


ROUTES = (list_shipments, get_shipment)
