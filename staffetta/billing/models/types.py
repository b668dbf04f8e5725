"""The types of SMS and what a part of each costs, in 1/10,000 of a credit (`_e4`)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SmsType(models.Model):
    """A kind of SMS on the price list: what it may carry and whether the handset's receipt comes back."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    api_id = models.PositiveIntegerField(_("API number"), unique=True)
    fixed_sender = models.CharField(_("fixed sender"), max_length=16, blank=True, help_text=_("Blank: the customer chooses the sender."))
    parts_max = models.PositiveSmallIntegerField(_("most parts of one message"), default=4)
    receipts = models.BooleanField(_("tells date and time of delivery"), default=False)
    active = models.BooleanField(_("on sale"), default=True)

    class Meta:
        ordering = ["id"]
        verbose_name, verbose_name_plural = _("type of SMS"), _("types of SMS")
        # The parts of a message that have ended are bits of one integer.
        constraints = [models.CheckConstraint(condition=Q(parts_max__gte=1, parts_max__lte=30), name="parts_fit_their_bits")]

    def __str__(self) -> str:
        return self.name


class TypePrice(models.Model):
    """What one part of a type costs toward a destination prefix; the longest prefix that fits wins."""

    type = models.ForeignKey(SmsType, on_delete=models.CASCADE, related_name="prices")
    prefix = models.CharField(_("destination prefix"), max_length=16, help_text=_("Digits with the plus sign, for example +39."))
    cost_e4 = models.PositiveIntegerField(_("cost of a part, in 1/10,000 of a credit"))

    class Meta:
        verbose_name, verbose_name_plural = _("cost by destination"), _("costs by destination")
        constraints = [
            models.UniqueConstraint(fields=["type", "prefix"], name="one_price_per_prefix"),
            models.CheckConstraint(condition=Q(prefix__regex=r"^\+[1-9][0-9]*$"), name="prefix_is_international"),
        ]
