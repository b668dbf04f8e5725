"""The states of a number check in words, for the help of its pages. Knows no tables."""

from django import template

from staffetta.lookup import words
from staffetta.messaging.words import Word

register = template.Library()


@register.simple_tag
def lookup_words() -> list[Word]:
    """Return what can become of a number, in words."""
    return words.all_of_results()
