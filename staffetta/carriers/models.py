"""Carriers' connectors, which of them takes what, and how their links fare. Knows nothing of messages."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Connector(models.Model):
    """One way to a carrier: where it is, how to log in, how fast it may be used."""

    name = models.SlugField(_("name"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=10, default="smpp")
    host = models.CharField(_("host"), max_length=200)
    port = models.PositiveIntegerField(_("port"))
    system_id = models.CharField(_("system id"), max_length=15)
    password = models.CharField(_("password"), max_length=60)
    system_type = models.CharField(_("system type"), max_length=12, blank=True)
    window = models.PositiveIntegerField(_("submits that may wait for an answer"), default=1000)
    in_flight_max = models.PositiveIntegerField(
        _("messages in flight at most"), default=4000, help_text=_("So many messages can become uncertain when a gateway is killed.")
    )
    rate = models.PositiveIntegerField(_("submits a second at most"), default=0, help_text=_("0: as fast as the carrier answers."))
    answer_s = models.PositiveIntegerField(_("seconds to wait for an answer"), default=60)
    time_zone = models.CharField(_("time zone of its receipts"), max_length=60, default="UTC")
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(window__gte=1, in_flight_max__gte=1), name="connector_can_send")]

    def __str__(self) -> str:
        return self.name


class Route(models.Model):
    """Which connector takes messages toward a prefix; longest prefix first, then lowest priority number."""

    prefix = models.CharField(_("destination prefix"), max_length=16, default="+")
    connector = models.ForeignKey(Connector, on_delete=models.CASCADE)
    priority = models.PositiveSmallIntegerField(_("priority"), default=10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prefix", "connector"], name="one_route_per_prefix")]


class LinkStatus(models.Model):
    """What a gateway last said of its link to a connector."""

    connector = models.ForeignKey(Connector, on_delete=models.CASCADE)
    gateway = models.CharField(max_length=80)
    state = models.CharField(max_length=12)
    detail = models.CharField(max_length=300, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connector", "gateway"], name="one_status_per_link")]


class KnownOperator(models.Model):
    """Who a number belonged to when it was last looked up. Written by `operators.py`; routing by operator reads it."""

    number = models.CharField(max_length=16, primary_key=True)
    operator = models.CharField(max_length=80)
    mcc = models.CharField(max_length=3)
    mnc = models.CharField(max_length=3)
    ported = models.BooleanField(null=True)
    simulated = models.BooleanField(default=False)
    seen_at = models.DateTimeField()
