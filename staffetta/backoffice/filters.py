"""Filters of lists by the names of states and the like."""

from collections.abc import Mapping
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest


def named(column: str, heading: Any, names: Mapping[str, Any]) -> type[SimpleListFilter]:
    """Return a filter of a column by its values, each with its name."""

    class Named(SimpleListFilter):
        title, parameter_name = heading, column

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
            """Return the values with their names."""
            return list(names.items())

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            """Keep the rows with the chosen value."""
            return queryset.filter(**{column: self.value()}) if self.value() in names else queryset

    return Named
