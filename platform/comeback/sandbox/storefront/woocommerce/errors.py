"""WordPress's error answers."""

from comeback.sandbox.http import Response, answer


class WooError(Exception):
    """`code` is WordPress's own word."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def response(self) -> Response:
        return answer({"code": self.code, "message": self.message, "data": {"status": self.status}}, self.status)


def missing(kind: str) -> WooError:
    """`kind`: shop_order, product, customer, coupon, webhook."""
    return WooError(404, f"woocommerce_rest_{kind}_invalid_id", "Invalid ID.")
