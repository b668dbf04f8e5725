"""How the developers' pages write code inside sentences. Knows no tables."""

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
_LINK = re.compile(r"\[(`[^`]+`)\]\((https?://[^)\s]+)\)")
_CODE = re.compile(r"`([^`]+)`")


@register.filter
def marked(text: object) -> SafeString:
    """Write what stands in backticks as code, an address in brackets as a link, and everything else as it is."""
    linked = _LINK.sub(r'<a href="\2">\1</a>', escape(str(text)))
    return mark_safe(_CODE.sub(r"<code>\1</code>", linked))  # escaped before
