"""How the developers' pages write code inside sentences. Knows no tables."""

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
_CODE = re.compile(r"`([^`]+)`")


@register.filter
def marked(text: object) -> SafeString:
    """Write what stands in backticks as code, and everything else as it is."""
    return mark_safe(_CODE.sub(r"<code>\1</code>", escape(str(text))))  # escaped before
