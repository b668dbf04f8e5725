"""The addresses of programs. None has a session, a form's token, or a language."""

from django.urls import include, path, re_path

from staffetta.api.legacy import views as legacy
from staffetta.api.legacy.unknown import unknown
from staffetta.api.rest import door as rest
from staffetta.api.soap import views as soap
from staffetta.api.xmlrpc import views as xmlrpc

urlpatterns = [
    path("http/send_sms", legacy.send_sms),
    path("http/send_sms/", legacy.send_sms),
    path("http/get_credit", legacy.get_credit),
    path("http/get_credit/", legacy.get_credit),
    path("xmlrpc/BCP/provisioning.py", xmlrpc.provisioning),
    path("xmlrpc/BCP/provisioning.py/", xmlrpc.provisioning),
    path("soap/BCP", soap.bcp),
    path("soap/BCP/", soap.bcp),
    re_path(r"^(?:http|xmlrpc|soap)(?:/.*)?$", unknown),
    path("api/v1/", include("staffetta.api.rest.urls")),
    path("api/v1", rest.unknown),
]
