"""Money back on the tenders that paid: payments reserves and sends it."""

from comeback.core.db import WriteSession
from comeback.payments import service as payments
from comeback.payments.models import SourceKind
from comeback.payments.rules import split
from comeback.returns.resolutions.base import Execution


class RefundResolution:
    """Creates one refund attempt a tender."""

    async def execute(self, session: WriteSession, given: Execution) -> None:
        """Reserves and enqueues the refund. Raises orders' NothingLeft (409) over a cap."""
        computed = given.computed
        if not computed.refund_total:
            return
        shares = [(share.tender, share.amount) for share in computed.tenders]
        plan = payments.Plan(
            order_id=given.case.order_id,
            currency=computed.currency,
            source_kind=SourceKind.SETTLEMENT,
            source_id=given.settlement.id,
            parts=split(shares, computed.line_refunds, computed.shipping_refund),
            customer_id=given.case.customer_id,
            return_id=given.case.id,
        )
        await payments.create_refund(session, plan)
