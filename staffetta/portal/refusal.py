"""A form that is refused answers 400 and keeps what was typed. For allauth's views, which answer 200."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse


class Refusing:
    """To be named before the view."""

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        """Show the form again."""
        view: Any = self
        shown: HttpResponse = view.render_to_response(view.get_context_data(form=form), status=400)
        return shown
