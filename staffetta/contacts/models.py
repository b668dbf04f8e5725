"""People whom an account writes to: contacts, groups, who asked to be left alone, imports. Knows nothing of sends."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from staffetta.accounts.models import Account

E164 = r"^\+[1-9][0-9]{6,14}$"


class Contact(models.Model):
    """A person of one account, known by number (E.164 with the plus sign)."""

    # No index of its own: the unique one begins with it, and a planner that took the shorter would read all of an account's contacts.
    account = models.ForeignKey(Account, on_delete=models.CASCADE, db_index=False)
    number = models.CharField(_("mobile"), max_length=16)
    name = models.CharField(_("name"), max_length=80, blank=True)
    surname = models.CharField(_("surname"), max_length=80, blank=True)
    fields = models.JSONField(_("other fields"), default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "number"], name="one_contact_per_number"),
            models.CheckConstraint(condition=Q(number__regex=E164), name="contact_number_is_e164"),
        ]


class Field(models.Model):
    """The name of a free field that an account's contacts have, as it is written in texts: {field}."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    name = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="one_field_per_name")]


class Group(models.Model):
    """A list of contacts with a name."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    name = models.CharField(_("name"), max_length=80)
    contacts = models.ManyToManyField(Contact, through="Membership", related_name="groups")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="one_group_per_name")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A contact's place in a group. Its id grows with time: audiences are frozen by it (`audience.py`)."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "contact"], name="in_a_group_once")]


class OptOut(models.Model):
    """A number that must not be written to: by one account, or by any (account blank)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, blank=True)
    number = models.CharField(_("mobile"), max_length=16)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "number"], name="opted_out_once", nulls_distinct=False)]
        indexes = [models.Index(fields=["number"], name="optout_by_number")]


class Import(models.Model):
    """A file on its way into a group: read, shown, and saved only when the person confirms. Moved by `states.py`."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    group = models.ForeignKey(Group, on_delete=models.SET_NULL, null=True)
    group_name = models.CharField(max_length=80)
    file_name = models.CharField(max_length=200)
    file_bytes = models.PositiveBigIntegerField()
    add_prefix = models.BooleanField(default=True)
    keep_known = models.BooleanField(default=False, help_text="contacts that are there already stay as they are")
    sheet = models.CharField(max_length=120, blank=True, help_text="of the workbook; blank: the first that has rows")
    state = models.CharField(max_length=12, default="waiting")
    progress = models.PositiveSmallIntegerField(default=0, help_text="percent of the reading or of the saving")
    run = models.PositiveIntegerField(default=0, help_text="of the job: an earlier one may write nothing more")
    rows = models.PositiveIntegerField(default=0, help_text="good + merged + bad")
    good = models.PositiveIntegerField(default=0, help_text="different numbers")
    merged = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    source = models.JSONField(default=dict, help_text="kind; sheet and others, or encoding and separator")
    columns = models.JSONField(default=list, help_text="header, role, field, examples; in the order of the file")
    roles = models.JSONField(null=True, help_text="what the person made of the columns; null: found out from the header")
    sample = models.JSONField(default=list, help_text="the first good rows: row, number, name, surname, fields")
    problems = models.JSONField(default=list, help_text="the first bad rows: row, value, code")
    reason = models.JSONField(null=True, help_text="of a refusal: code, values")
    pieces_saved = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "reading", "ready", "saving", "saved", "undoing", "undone", "refused", "dropped"]),
                name="import_state_known",
            )
        ]


class ImportChange(models.Model):
    """What an import changed of one contact, so that it can be undone: made it, put it into the group, wrote over its data."""

    parent = models.ForeignKey(Import, on_delete=models.CASCADE, db_index=False)
    contact_id = models.BigIntegerField()
    made = models.BooleanField(default=False)
    joined = models.BooleanField(default=False)
    before = models.JSONField(null=True, help_text="name, surname, fields")
    after = models.JSONField(null=True, help_text="the same, as the import left them; of who was made, the number too")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parent", "contact_id"], name="import_change_once")]


class ImportPiece(models.Model):
    """A part of what an import keeps: the upload (`file`), the rows to save (`good`), those that cannot be (`bad`). See `pieces.py`."""

    parent = models.ForeignKey(Import, on_delete=models.CASCADE, db_index=False)
    kind = models.CharField(max_length=4)
    place = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parent", "kind", "place"], name="import_piece_once"),
            models.CheckConstraint(condition=Q(kind__in=["file", "good", "bad"]), name="import_piece_kind_known"),
        ]


class FileList(models.Model):
    """The people of a file that a send goes to without saving them as contacts (`filelist.py`); `fields` are its free columns."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    name = models.CharField(max_length=200)
    people = models.PositiveIntegerField(default=0)
    merged = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    fields = models.JSONField(default=list)
    problems = models.JSONField(default=list, help_text="the first bad rows: row, value, code")
    created_at = models.DateTimeField(auto_now_add=True)
    dropped_at = models.DateTimeField(null=True, help_text="when its people were forgotten")
    readers = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="lookups that have yet to read it whole: not forgotten before"
    )


class FilePerson(models.Model):
    """One person of a file; places are 1, 2, 3, …"""

    list = models.ForeignKey(FileList, on_delete=models.CASCADE, db_index=False)
    place = models.PositiveIntegerField()
    number = models.CharField(max_length=16)
    name = models.CharField(max_length=80, blank=True)
    surname = models.CharField(max_length=80, blank=True)
    fields = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "place"], name="file_person_place"),
            models.UniqueConstraint(fields=["list", "number"], name="file_person_once"),
        ]
