"""Who uses the service: accounts (customers) and users. Knows nothing of credits, contacts or messages."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Account(models.Model):
    """A customer: a company or a person, with one or more users."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Rome")
    country = models.CharField(_("country of numbers written without prefix"), max_length=2, default="IT")
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person who logs in: of one account, or of the staff (no account)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="users")
    language = models.CharField(_("language"), max_length=2, default="it")
