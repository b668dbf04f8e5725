"""All pages of documentation, in the order in which they are shown. Knows neither readers nor requests."""

from staffetta.portal.interfaces import errors, http, mail, python, rest, sandbox, webhooks, webservices
from staffetta.portal.interfaces.page import Page

PAGES: tuple[Page, ...] = (
    rest.PAGE,
    webhooks.PAGE,
    sandbox.PAGE,
    errors.PAGE,
    python.CLIENT,
    python.COMMAND,
    mail.PAGE,
    http.PAGE,
    webservices.XMLRPC,
    webservices.SOAP,
)


def find(slug: str) -> Page | None:
    """Return a page; None where there is none."""
    return next((page for page in PAGES if page.slug == slug), None)
