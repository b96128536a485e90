"""Store credit: a lot of the paid value, a promotional lot on top where the policy gives a bonus (M13)."""

from datetime import timedelta

from comeback.core import clock
from comeback.core.db import WriteSession
from comeback.credits import service as credits
from comeback.returns.resolutions.base import Execution

BONUS_LASTS = timedelta(days=365)


class CreditResolution:
    """Gives the credit once a settlement."""

    async def execute(self, session: WriteSession, given: Execution) -> None:
        """Issues the credit and its bonus."""
        computed = given.computed
        if not computed.credit_total and not computed.bonus_total:
            return
        issue = credits.Issue(
            customer_id=given.case.customer_id,
            currency=computed.currency,
            amount=computed.credit_total,
            source_kind="settlement",
            source_id=str(given.settlement.id),
            order_id=given.case.order_id,
            return_id=given.case.id,
            bonus=computed.bonus_total,
            bonus_until=clock.now() + BONUS_LASTS if computed.bonus_total else None,
        )
        await credits.issue(session, issue)
