"""Who uses the service: accounts (customers) and users. Knows nothing of credits, contacts or messages."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from staffetta.accounts import roles


class Account(models.Model):
    """A customer: a company or a person, with one or more users."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Rome")
    country = models.CharField(_("country of numbers written without prefix"), max_length=2, default="IT")
    created_at = models.DateTimeField(_("opened"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    api_password = models.CharField(max_length=200, blank=True, default="", db_default="", editable=False)  # hashed: apipassword.py
    api_password_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("customer"), _("customers")

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person who logs in: of one account, or of the staff (no account)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="users")
    language = models.CharField(_("language"), max_length=2, default="it")
    awaits_confirmation = models.BooleanField(default=False)  # signed up, and has not opened the link in the mail yet
    role = models.CharField(_("role"), max_length=9, choices=list(roles.NAMES.items()), default=roles.OWNER, db_default=roles.OWNER)

    class Meta(AbstractUser.Meta):
        constraints = [models.CheckConstraint(condition=Q(role__in=list(roles.NAMES)), name="user_role_known")]
        indexes = [models.Index(Upper("username"), name="user_by_name")]  # a log-in is found in any case, at every call of old programs

    @property
    def may(self) -> frozenset[str]:
        """Return what this user's role may (`roles.py`)."""
        return roles.MAY[self.role]

    @property
    def shown_name(self) -> str:
        """Return how colleagues know this user: by name and surname, else by the user name."""
        return self.get_full_name() or self.get_username()


class ApiKey(models.Model):
    """What a program of an account shows to be let in. Here is its hash alone; `begins` is what people know it by (`apikeys.py`)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="keys")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=60)
    begins = models.CharField(max_length=16)
    hash = models.CharField(max_length=64, unique=True)
    sandbox = models.BooleanField(default=False)
    scopes = ArrayField(models.CharField(max_length=12))
    networks = ArrayField(models.CharField(max_length=43), default=list)  # empty: from anywhere
    per_minute = models.PositiveIntegerField(null=True)  # null: settings.API_CALLS_PER_MINUTE
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    used_from = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="key_by_account")]


class MailToken(models.Model):
    """What stands in the address of a mail that becomes an SMS. Here is its hash alone; what the SMS is sent as is chosen with it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="mail_tokens")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=60)
    begins = models.CharField(max_length=8)
    hash = models.CharField(max_length=64, unique=True)
    api_type = models.PositiveIntegerField(help_text="the API number of the type of SMS")
    sender = models.CharField(max_length=21, blank=True)
    allowed = ArrayField(models.CharField(max_length=254), default=list)  # addresses, or @domains; empty: from anybody
    with_subject = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="mail_token_by_account")]


class Invitation(models.Model):
    """An address asked to become a user of an account; the token is in the mail alone, here is its hash (`invitations.py`)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=9, choices=list(roles.NAMES.items()))
    language = models.CharField(max_length=2)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=8, default="waiting")
    sent_at = models.DateTimeField()
    mails = models.PositiveSmallIntegerField(default=1, db_default=1, help_text="how many have left, the last one at `sent_at`")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=list(roles.NAMES)), name="invitation_role_known"),
            models.CheckConstraint(condition=Q(state__in=["waiting", "accepted", "revoked"]), name="invitation_state_known"),
            models.UniqueConstraint(fields=["account", "email"], condition=Q(state="waiting"), name="one_open_invitation"),
        ]


class TermsAccepted(models.Model):
    """Which version of terms and privacy a user accepted, and when; one row for each time."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="terms")
    version = models.CharField(max_length=40)
    language = models.CharField(max_length=2)
    accepted_at = models.DateTimeField(auto_now_add=True)


class BillingProfile(models.Model):
    """To whom an account's invoices are made out. Written by profile.py, which checks it."""

    KINDS = [("company", _("Company or professional")), ("person", _("Private person")), ("public", _("Public body"))]

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="profile")
    kind = models.CharField(_("kind"), max_length=8, choices=KINDS, default="company")
    name = models.CharField(_("name on the invoice"), max_length=120)
    street = models.CharField(_("street and number"), max_length=120)
    postcode = models.CharField(_("postcode"), max_length=12)
    city = models.CharField(_("town"), max_length=80)
    province = models.CharField(_("province"), max_length=2, blank=True)
    country = models.CharField(_("country"), max_length=2, default="IT")
    vat_number = models.CharField(_("VAT number"), max_length=16, blank=True)
    tax_code = models.CharField(_("tax code"), max_length=16, blank=True)
    pec = models.EmailField(_("certified e-mail (PEC)"), blank=True)
    sdi_code = models.CharField(_("SDI code"), max_length=7, default="0000000")
    vat_checked_at = models.DateTimeField(null=True)  # the staff saw that who claims to pay no VAT to us is who they say
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(kind__in=["company", "person", "public"]), name="profile_kind_known")]


class Operator(models.Model):
    """Who runs the service: one row, read by operator.py. Blank terms and privacy: the model texts."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    brand = models.CharField(max_length=60)
    colour = models.CharField(max_length=7, default="#1c6a6e")
    realm = models.CharField(max_length=190)
    company = models.CharField(max_length=120, blank=True)
    vat_number = models.CharField(max_length=16, blank=True)
    address = models.CharField(max_length=200, blank=True)  # as people read it: made of the five below
    street = models.CharField(max_length=60, blank=True, db_default="", default="")
    postcode = models.CharField(max_length=5, blank=True, db_default="", default="")
    city = models.CharField(max_length=60, blank=True, db_default="", default="")
    province = models.CharField(max_length=2, blank=True, db_default="", default="")
    country = models.CharField(max_length=2, db_default="IT", default="IT")
    tax_code = models.CharField(max_length=16, blank=True, db_default="", default="")
    tax_regime = models.CharField(max_length=4, db_default="RF01", default="RF01")  # RegimeFiscale of FatturaPA
    email = models.EmailField(blank=True)
    telephone = models.CharField(max_length=30, blank=True)
    free_credits_e4 = models.PositiveIntegerField(default=100_000)
    headline_it = models.CharField(max_length=120, blank=True)
    headline_en = models.CharField(max_length=120, blank=True)
    terms_it = models.TextField(blank=True)
    terms_en = models.TextField(blank=True)
    privacy_it = models.TextField(blank=True)
    privacy_en = models.TextField(blank=True)
    terms_version = models.CharField(max_length=40, default="1")
    short_domain = models.CharField(max_length=190, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_operator")]


class WaitingMail(models.Model):
    """A mail on its way to the SMTP server, forgotten once it is there."""

    to = models.CharField(max_length=254)
    raw = models.BinaryField()
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)


class Question(models.Model):
    """What somebody has asked the staff by the contact form; who was logged in, and on which page."""

    name = models.CharField(max_length=120)
    email = models.EmailField()
    subject = models.CharField(max_length=150)
    text = models.TextField()
    page = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=2, default="it")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="questions")
    account = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="questions")
    created_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)


class AuditLine(models.Model):
    """What a member of the staff did, to what, with its values before and after. Never changed, never deleted (`audit.py`)."""

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("user")
    )  # null: the command line, a job
    action = models.CharField(_("action"), max_length=60)
    target = models.CharField(_("what"), max_length=120)  # "order 12", "package 3"
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("customer"))
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name, verbose_name_plural = _("line of the audit log"), _("audit log")
        indexes = [models.Index(fields=["action", "target"], name="audit_by_action")]
