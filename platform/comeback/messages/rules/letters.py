"""Which letters are for their reader alone."""

CONFIDENTIAL = frozenset({"staff_invitation", "login_code"})
"""Templates whose mails open a door: an invitation makes its reader what it says (an owner, even), a code lets into a
customer's orders. Nobody at the desk reads them, nor their subject (a code stands in it), whatever else they may do."""
