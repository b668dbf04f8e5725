"""By which door a send came, in words: which program, with which key. Reads only."""

from django.utils.translation import gettext as _

from staffetta.accounts.models import ApiKey
from staffetta.messaging import origin
from staffetta.messaging.models import Batch

_OLD = {origin.HTTP: "HTTP", origin.XMLRPC: "XML-RPC", origin.SOAP: "SOAP"}


def said(batch: Batch) -> str:
    """Return which program sent it; "" where people did."""
    if batch.via == origin.REST:
        key = ApiKey.objects.filter(pk=batch.via_key, account_id=batch.account_id).first()
        return _("by a program with the key “%(name)s”") % {"name": key.name} if key else _("by a program with a key (REST)")
    if batch.via in _OLD:
        return _("by a program with the API password (%(interface)s)") % {"interface": _OLD[batch.via]}
    return _("by e-mail") if batch.via == origin.MAIL else ""
