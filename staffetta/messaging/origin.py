"""By which door a send came in: people at the portal, or programs. Knows no interface."""

PORTAL, REST, HTTP, XMLRPC, SOAP, MAIL = "portal", "rest", "http", "xmlrpc", "soap", "mail"
PROGRAMS = (REST, HTTP, XMLRPC, SOAP, MAIL)
