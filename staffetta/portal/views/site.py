"""The public site: what the service is, what it costs, questions and answers."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from staffetta.billing import pricelist, pricing
from staffetta.lib.money import CREDIT_E4
from staffetta.lookup import rules as lookup_rules
from staffetta.portal.answers import book

BEFORE_YOU_ASK = ("what-does-the-account-cost", "free-credits", "import-a-spreadsheet", "what-became-of-it", "when-is-credit-given-back")


@dataclass(frozen=True)
class TypeCard:
    """A type of SMS as the public pages show it."""

    name: str
    cost_e4: int
    parts_max: int
    fixed_sender: str
    receipts: bool

    @property
    def per_hundred(self) -> int:
        """Return how many SMS of one part 100 credits are."""
        return 100 * CREDIT_E4 // self.cost_e4


def _types() -> list[TypeCard]:
    return [
        TypeCard(kind.name, cost_e4, kind.parts_max, kind.fixed_sender, kind.receipts) for kind, cost_e4 in pricing.on_sale() if cost_e4
    ]


def welcome(request: HttpRequest) -> HttpResponse:
    """Show the first page."""
    return render(request, "portal/welcome.html", {"types": _types(), "answers": book.some(BEFORE_YOU_ASK)})


def prices(request: HttpRequest) -> HttpResponse:
    """Show what each type of SMS costs."""
    context = {
        "cards": _types(),
        "types": [kind for kind, _cost in pricelist.types()],
        "rows": pricelist.rows(),
        "buying": book.find("how-to-buy"),
        "to_log_in": not request.user.is_authenticated,
        "lookup_e4": lookup_rules.current().price_e4,
    }
    return render(request, "portal/site_prices.html", context)


def questions(request: HttpRequest) -> HttpResponse:
    """Show all questions with their answers."""
    return render(request, "portal/site_questions.html", {"themes": book.themes()})


def question(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one answer at an address of its own."""
    answer = book.find(slug)
    if answer is None:
        raise Http404
    return render(request, "portal/site_question.html", {"answer": answer})


def robots(request: HttpRequest) -> HttpResponse:
    """Tell search engines what is public."""
    return HttpResponse(
        "User-agent: *\nDisallow: /home/\nDisallow: /send/\nDisallow: /sends/\nDisallow: /contacts/\n", content_type="text/plain"
    )
