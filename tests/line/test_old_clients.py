"""Programs as they are in the field, against a whole running copy: each changes nothing but the host name."""

import json
import re
import shutil
import subprocess
import urllib.parse
import urllib.request
import xmlrpc.client
from base64 import b64encode
from dataclasses import dataclass

import pytest
import requests
import zeep

from tests.line.copies import Copy

QUEUED = re.compile(r"\+01 SMS Queued - ID: [0-9]{19}")
TEXT = "Città & caffè: 5€ >>>> ~~~ ok"
CONTINUE = ["-H", "Expect: 100-continue"]


@dataclass
class Old:
    """An account made for a test, as its program knows it."""

    host: str
    login: str
    password: str

    def given(self, **changed: str) -> dict[str, str]:
        body, sender = (b64encode(text.encode("cp1252")).decode() for text in (TEXT, "BRUNI"))
        usual = {"authlogin": self.login, "authpasswd": self.password, "sender": sender, "body": body, "destination": "393331112201"}
        return usual | {"id_api": "59", "report_type": "C"} | changed

    def credit(self) -> str:
        return self.ask("/http/get_credit", authlogin=self.login, authpasswd=self.password)

    def ask(self, path: str, **given: str) -> str:
        with urllib.request.urlopen(f"{self.host}{path}?{urllib.parse.urlencode(given)}", timeout=20) as answer:
            assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain")
            return answer.read().decode("ascii")


@pytest.fixture
def old(demo: str, demo_copy: Copy, request: pytest.FixtureRequest) -> Old:
    made = demo_copy.command("account", "create", request.node.name[:60], "--credits", "100", "--json")
    assert made.returncode == 0, made.stderr
    account = json.loads(made.stdout)
    return Old(demo, account["login"], account["api_password"])


def run(*command: str, given: str = "") -> str:
    """Run a program of another language; return what it printed."""
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is missing: scripts/clients.sh installs it")
    ended = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr + ended.stdout
    return ended.stdout


def test_urllib(old):
    assert QUEUED.fullmatch(old.ask("/http/send_sms", **old.given()))
    assert old.credit() == "98.5000"
    encoded = urllib.parse.urlencode(old.given())
    with urllib.request.urlopen(f"{old.host}/http/send_sms?{encoded}", data=b"", timeout=20) as answer:
        assert QUEUED.fullmatch(answer.read().decode())
    with urllib.request.urlopen(f"{old.host}/http/send_sms/", data=encoded.encode(), timeout=20) as answer:
        assert QUEUED.fullmatch(answer.read().decode())
    assert old.ask("/http/send_sms", **old.given(authpasswd="no")) == "-3-Access denied"
    assert old.credit() == "95.5000"


def test_requests(old):
    address = f"{old.host}/http/send_sms"
    parts = {name: (None, value) for name, value in old.given().items()}
    pieces = (piece for piece in [urllib.parse.urlencode(old.given()).encode()])
    answers = [
        requests.get(address, params=old.given(), timeout=20),
        requests.post(address, params=old.given(), timeout=20),
        requests.post(address, data=old.given(), timeout=20),
        requests.post(address, files=parts, timeout=20),
        requests.post(address, data=pieces, timeout=20),  # sent in pieces, no length told
    ]
    for answer in answers:
        assert QUEUED.fullmatch(answer.text)
        assert (answer.status_code, answer.history) == (200, [])
    credit = requests.post(f"{old.host}/http/get_credit", data=iter([urllib.parse.urlencode(old.given()).encode()]), timeout=20)
    assert credit.text == "92.5000"
    refused = requests.put(address, data=old.given(), timeout=20)
    assert (refused.status_code, refused.text) == (200, "-13-method must be GET or POST")


def test_curl(old):
    address, given = f"{old.host}/http/send_sms", old.given()
    encoded = [each for name, value in given.items() for each in ("--data-urlencode", f"{name}={value}")]
    parts = [each for name, value in given.items() for each in ("-F", f"{name}={value}")]
    for options in (["-G", *encoded], encoded, parts, [*parts, "-F", f"unknown={'x' * 100_000}", *CONTINUE]):
        assert QUEUED.fullmatch(run("curl", "-sS", "-m", "20", *options, address))
    too_large = f"unknown={'x' * 3 * 2**20}"
    answer = run("curl", "-sS", "-m", "20", "--data-binary", "@-", *CONTINUE, address, given=too_large)
    assert answer == "-102-body contains invalid characters or is too long"


_PHP = r"""<?php
[$host, $given] = json_decode(stream_get_contents(STDIN), true);
$address = $host . '/http/send_sms';
$tell = function ($answer) { echo $answer, "\n"; };

$call = curl_init($address . '?' . http_build_query($given));
curl_setopt($call, CURLOPT_RETURNTRANSFER, true);
$tell(curl_exec($call));

$call = curl_init($address);  // an array is sent as multipart
curl_setopt_array($call, [CURLOPT_RETURNTRANSFER => true, CURLOPT_POST => true, CURLOPT_POSTFIELDS => $given]);
$tell(curl_exec($call));

$pairs = [];  // nothing is escaped, as in many programs
foreach ($given as $name => $value) { $pairs[] = "$name=$value"; }
$call = curl_init($address);
curl_setopt_array($call, [CURLOPT_RETURNTRANSFER => true, CURLOPT_POST => true, CURLOPT_POSTFIELDS => implode('&', $pairs)]);
$tell(curl_exec($call));

$tell(file_get_contents($address . '?' . http_build_query($given)));
$options = ['method' => 'POST', 'header' => 'Content-Type: application/x-www-form-urlencoded', 'content' => http_build_query($given)];
$tell(file_get_contents($address . '/', false, stream_context_create(['http' => $options])));
"""


def test_php(old):
    answers = run("php", "-r", _PHP.removeprefix("<?php"), given=json.dumps([old.host, old.given()])).splitlines()
    assert len(answers) == 5
    assert all(QUEUED.fullmatch(answer) for answer in answers), answers
    assert len(set(answers)) == 5


_PHP_SOAP = r"""
[$host, $given] = json_decode(stream_get_contents(STDIN), true);
$service = new SoapClient($host . '/soap/BCP?wsdl', ['cache_wsdl' => WSDL_CACHE_NONE]);
$who = ['authlogin' => $given['authlogin'], 'authpasswd' => $given['authpasswd']];
$one = ['sender' => $given['sender'], 'body' => $given['body'], 'destination' => $given['destination'], 'id_api' => 59];
$results = $service->send_sms($who + ['sms' => [$one, ['destination' => '39'] + $one]])->result;
$credit = $service->get_credit($who)->credit;
try {
  $service->get_credit(['authpasswd' => 'no'] + $who);
} catch (SoapFault $fault) {
  echo json_encode([$results, $credit, $fault->getMessage(), $fault->detail->error->error_code]);
}
"""


def test_php_soap(old):
    (first, second), credit, message, number = json.loads(run("php", "-r", _PHP_SOAP, given=json.dumps([old.host, old.given()])))
    assert re.fullmatch(r"[0-9]{19}", first["id_sms"])
    assert second == {"id_sms": "", "error_code": 100, "error": "Invalid destination"}
    assert (float(credit), message, number) == (98.5, "Access denied", "3")


_PERL = r"""
use strict; use warnings; use LWP::UserAgent; use HTTP::Request::Common qw(GET POST); use URI;
my ($host, @given) = @ARGV;
my $agent = LWP::UserAgent->new(timeout => 20);
my $uri = URI->new("$host/http/send_sms"); $uri->query_form(@given);
for my $request (GET($uri), POST("$host/http/send_sms", \@given), POST("$host/http/send_sms", Content_Type => 'form-data', Content => \@given)) {
  my $answer = $agent->request($request);
  print $answer->code, " ", $answer->content, "\n";
}
"""


def test_perl(old):
    given = [each for pair in old.given().items() for each in pair]
    answers = run("perl", "-e", _PERL, old.host, *given).splitlines()
    assert len(answers) == 3
    assert all(QUEUED.fullmatch(answer.removeprefix("200 ")) for answer in answers), answers


def test_xmlrpc_client(old):
    with xmlrpc.client.ServerProxy(f"{old.host}/xmlrpc/BCP/provisioning.py") as service:
        who = {"authlogin": old.login, "authpasswd": old.password}
        assert service.get_credit(who) == 100.0
        given = old.given(id_api="84")
        sms = {"sender": given["sender"], "body": given["body"], "destination": given["destination"], "id_api": 84, "report_type": "F"}
        sent, refused = service.send_sms(who | {"sms": [sms, sms | {"destination": "39"}]})
        assert re.fullmatch(r"[0-9]{19}", sent["id_sms"])
        assert refused == {"id_sms": "", "error_code": 100, "error": "Invalid destination"}
        with pytest.raises(xmlrpc.client.Fault) as raised:
            service.get_credit(who | {"authpasswd": "no"})
        assert (raised.value.faultCode, raised.value.faultString) == (3, "Access denied")
        assert service.get_credit(who) == 98.4


def test_zeep(old):
    service = zeep.Client(f"{old.host}/soap/BCP?wsdl").service
    given = old.given(id_api="84")
    del given["authlogin"], given["authpasswd"]
    [sent] = service.send_sms(old.login, old.password, [given])
    assert re.fullmatch(r"[0-9]{19}", sent.id_sms)
    with pytest.raises(zeep.exceptions.Fault, match="Access denied"):
        service.get_credit(old.login, "no")
