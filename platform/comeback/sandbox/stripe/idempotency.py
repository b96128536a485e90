"""Idempotency keys as Stripe documents them.

Stored for 24 hours: status and body of the first answer, errors and 500s too; not when the parameters were refused or
another call with the key was under way. Same key with other parameters or another path is refused.
"""

import hashlib

from comeback.sandbox.http import Response
from comeback.sandbox.stripe.errors import key_in_use, key_reused
from comeback.sandbox.stripe.objects import Account, Remembered

LIFE_SECONDS = 24 * 3600


def fingerprint(method: str, path: str, body: bytes) -> str:
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), body))).hexdigest()


class Idempotency:
    def __init__(self) -> None:
        self._running: set[tuple[str, str]] = set()

    def begin(self, account: Account, key: str, print_: str, now: float) -> Response | None:
        """The replayed first answer, or None: the caller runs and must `end`. Raises StripeFault 400 or 409."""
        if (account.api_key, key) in self._running:
            raise key_in_use(key)
        known = account.remembered.get(key)
        if known is not None and now - known.at >= LIFE_SECONDS:
            del account.remembered[key]
            known = None
        if known is None:
            self._running.add((account.api_key, key))
            return None
        if known.fingerprint != print_:
            raise key_reused(key)
        headers = {"Idempotent-Replayed": "true", "Original-Request": known.request_id, "Idempotency-Key": key}
        return Response(known.status, known.body.encode(), "application/json", headers)

    def end(self, account: Account, key: str, remembered: Remembered | None) -> None:
        self._running.discard((account.api_key, key))
        if remembered is not None:
            account.remembered[key] = remembered
