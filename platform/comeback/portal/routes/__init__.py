"""The customer's pages by address: parse, one use case, a page."""

from comeback.portal.routes import cases, entering, finding, preview, tracking, wizard, writing

ROUTES = (
    *tracking.ROUTES,
    *finding.ROUTES,
    *entering.ROUTES,
    *wizard.ROUTES,
    *cases.ROUTES,
    *preview.ROUTES,
    *writing.ROUTES,
)
