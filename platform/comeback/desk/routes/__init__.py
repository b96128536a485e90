"""HTTP of the studio, all under /api/studio, one file a page.

Writes carry the session's `X-CSRF-Token`; the edge checks it.
"""

from comeback.desk.routes import messages, orders, overview, returns, session

ROUTES = (*session.ROUTES, *overview.ROUTES, *returns.ROUTES, *orders.ROUTES, *messages.ROUTES)
