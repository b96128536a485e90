"""What a call to an outside company can end in, so that the caller knows whether it may try again.

Only two questions matter after a failure: did it happen, and is the same call worth repeating.
"""


class ProviderError(Exception):
    """Base. `code` is the company's own word; no message carries a credential."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class ProviderRefused(ProviderError):
    """A definite no: it did not happen, and the same call will not succeed."""


class ProviderTimeout(ProviderError):
    """Unknown: sent, but no usable answer came (time-out, connection lost, 5xx). It may have happened: look before
    sending anything again."""


class ProviderUnavailable(ProviderError):
    """It did not happen: never connected, or turned away before any work (429). The same call may be repeated."""


class ProviderConflict(ProviderTimeout):
    """The idempotency key is taken: by a call still running (`idempotency_key_in_use`: ask again later), or by another
    body (`idempotency_mismatch`: look what exists). Nothing was done by this call, but something was by the first."""


class BadSignature(ProviderError):
    """A webhook that the company did not sign, or signed too long ago."""
