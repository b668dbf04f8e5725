"""Proofs of payment in the back office: looked at beside the order, approved or refused once."""

import pytest

from staffetta.accounts.models import AuditLine
from staffetta.billing import ledger, proofs
from staffetta.lib.money import CREDIT_E4
from tests.db.money import make_order
from tests.db.office import PDF, PNG, act, office
from tests.db.portal import browser, text

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["owner", "accounts"])
def client(request):
    return office(request.param)


@pytest.fixture
def proof(people):
    return proofs.upload(make_order(people.account, way="transfer"), people.owner, PNG, "ricevuta.png", "pagato ieri")


def test_it_works(client, people, proof):
    assert "Proofs of payment to look at" in text(client.get("/office/"))
    assert f"proof/{proof.pk}/change" in text(client.get("/office/billing/proof/?state=waiting"))
    page = text(client.get(f"/office/billing/proof/{proof.pk}/change/"))
    for said in ("€91.50", "Ferramenta Bruni", "pagato ieri", f'src="/office/billing/proof/{proof.pk}/file/"', "Approve", "Refuse"):
        assert said in page


def test_the_file_runs_nothing(client, people, proof):
    response = client.get(f"/office/billing/proof/{proof.pk}/file/")
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    pdf = proofs.upload(proof.order, people.owner, PDF, "ricevuta.pdf")
    shown, kept = (client.get(f"/office/billing/proof/{pdf.pk}/file/{query}") for query in ("", "?download"))
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert kept.headers["Content-Disposition"].startswith("attachment")
    assert browser(people.owner).get(f"/office/billing/proof/{pdf.pk}/file/").status_code == 302


def test_an_approved_proof_pays_once_however_often_it_is_clicked(client, people, proof):
    assert act(client, "proof", proof.pk, "approve").status_code == 302
    again = act(client, "proof", proof.pk, "approve")
    assert again.status_code == 400
    assert "was decided already" in text(again)
    assert ledger.wallet(people.account.pk).balance_e4 == 2_000 * CREDIT_E4
    assert AuditLine.objects.filter(action="approve proof").count() == 1
    page = text(client.get(f"/office/billing/proof/{proof.pk}/change/"))
    assert "Approved" in page
    assert "/do/approve/" not in page


def test_a_refused_proof_needs_a_reason_and_keeps_what_was_typed(client, people, proof):
    response = act(client, "proof", proof.pk, "refuse", reason="")
    assert response.status_code == 400
    assert act(client, "proof", proof.pk, "refuse", reason="Non si legge").status_code == 302
    proof.refresh_from_db()
    assert (proof.state, proof.reason) == ("refused", "Non si legge")
    again = act(client, "proof", proof.pk, "refuse", reason="Proprio non si legge")
    assert again.status_code == 400
    assert "Proprio non si legge" in text(again)
    assert ledger.wallet(people.account.pk).balance_e4 == 1_000 * CREDIT_E4


def test_customers_decide_nothing(people, proof):
    assert act(browser(people.owner), "proof", proof.pk, "approve").status_code == 302
    proof.refresh_from_db()
    assert proof.state == "waiting"
