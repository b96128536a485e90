"""The rehearsal carrier over HTTP. The shape of a real adapter: build, send, parse, and errors by what they mean."""

import base64
from typing import Any, TypeVar

import httpx
import msgspec

from comeback.vendors.carriers.base import Address, CarrierRefused, Credentials, Label, LabelRequest, Tracking
from comeback.vendors.errors import ProviderTimeout, ProviderUnavailable

TIMEOUT = httpx.Timeout(20.0, connect=5.0)
DEFAULT_BASE = "http://127.0.0.1:8012"
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)

T = TypeVar("T")


class _Cost(msgspec.Struct):
    amount: int
    currency: str


class _Bought(msgspec.Struct):
    reference: str
    carrier: str
    tracking_number: str
    cost: _Cost
    label_pdf: str
    qr: str | None = None


class _Found(msgspec.Struct):
    items: list[_Bought]


class SandboxCarrier:
    """Implements `Carrier`; `base` is the carrier's address, credentials hold its account key as `api_key`."""

    def __init__(self, base: str | None = None) -> None:
        self._client = httpx.AsyncClient(base_url=base or DEFAULT_BASE, timeout=TIMEOUT, trust_env=False)

    async def buy_label(self, credentials: Credentials, request: LabelRequest) -> Label:
        """See `Carrier`."""
        body: dict[str, Any] = {
            "reference": request.reference,
            "service": request.service,
            "direction": request.direction,
            "from": _address(request.sender),
            "to": _address(request.recipient),
            "parcel": {"weight_grams": request.weight_grams},
        }
        answer = await self._send(credentials, "POST", "/labels", body)
        return _label(_decoded(answer, _Bought))

    async def find_label(self, credentials: Credentials, reference: str) -> Label | None:
        """See `Carrier`."""
        answer = await self._send(credentials, "GET", "/labels", params={"reference": reference})
        found = _decoded(answer, _Found).items
        return _label(found[0]) if found else None

    async def void_label(self, credentials: Credentials, tracking_number: str) -> None:
        """See `Carrier`."""
        await self._send(credentials, "POST", f"/labels/{tracking_number}/void")

    async def track(self, credentials: Credentials, tracking_number: str) -> Tracking | None:
        """See `Carrier`."""
        try:
            answer = await self._send(credentials, "GET", f"/parcels/{tracking_number}")
        except CarrierRefused as refusal:
            if refusal.code == "404":
                return None
            raise
        return _decoded(answer, Tracking)

    async def _send(
        self,
        credentials: Credentials,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        params: dict[str, str] | None = None,
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {credentials.get('api_key', '')}"}
        try:
            answer = await self._client.request(method, path, json=body, params=params, headers=headers)
        except NEVER_SENT as error:
            raise ProviderUnavailable("no_connection", type(error).__name__) from None
        except httpx.HTTPError as error:
            raise ProviderTimeout("connection_lost", type(error).__name__) from None
        _check(answer)
        return answer

    async def close(self) -> None:
        await self._client.aclose()


def _check(answer: httpx.Response) -> None:
    status = answer.status_code
    if answer.is_success:
        return
    if status == 429:
        raise ProviderUnavailable("429")
    if status >= 500:
        raise ProviderTimeout(str(status))
    raise CarrierRefused(str(status), answer.text[:200])


def _decoded(answer: httpx.Response, type_: type[T]) -> T:
    """Raises ProviderTimeout for an answer that makes no sense: what was done is then unknown."""
    try:
        return msgspec.json.decode(answer.content, type=type_)
    except msgspec.MsgspecError as error:
        raise ProviderTimeout("unreadable_answer", str(error)) from None


def _address(address: Address) -> dict[str, str]:
    return msgspec.structs.asdict(address)


def _label(bought: _Bought) -> Label:
    return Label(
        reference=bought.reference,
        carrier=bought.carrier,
        tracking_number=bought.tracking_number,
        pdf=base64.b64decode(bought.label_pdf),
        cost=bought.cost.amount,
        currency=bought.cost.currency,
        qr=bought.qr,
    )
