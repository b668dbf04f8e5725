"""Words on Unfold's own pages that it brings in English alone: named here, so that our Italian has them."""

from django.utils.translation import gettext_lazy as _

WORDS = (
    _("Choose file to upload"), _("Type to search"), _("System"), _("Search apps and models..."), _("Run"), _("Light"), _("Image preview"),
    _("Go back"), _("Dark"), _("True"), _("Toggle password visibility"), _("This item will be deleted."), _("Submit"), _("Select all rows"),
    _("This page yielded into no results. Create a new item or reset your filters."), _("Return to site"), _("Reset filters"),
    _("Record picture"), _("Recent searches"), _("Previous"), _("No results matching your query"), _("No results found"), _("No data"),
    _("No recent searches"), _("Next"), _("More actions"), _("Loading more results..."), _("General"), _("Filters"), _("False"),
    _("Expand row"), _("Click to download"), _("Click to cancel"), _("Cancel"), _("Apply Filters"), _("All applications"), _("Add row"),
    _("You have been successfully logged out from the administration"),
)  # fmt: skip
