"""HTTP of the studio, all under /api/studio, one file a page.

Writes carry the session's `X-CSRF-Token`; the edge checks it.
"""

from comeback.desk.routes import (
    customers,
    flows,
    messages,
    orders,
    overview,
    products,
    profile,
    returns,
    session,
    shipments,
    tickets,
    welcome,
)

ROUTES = (
    *session.ROUTES,
    *overview.ROUTES,
    *profile.ROUTES,
    *welcome.ROUTES,
    *returns.ROUTES,
    *orders.ROUTES,
    *messages.ROUTES,
    *customers.ROUTES,
    *shipments.ROUTES,
    *flows.ROUTES,
    *products.ROUTES,
    *tickets.ROUTES,
)
