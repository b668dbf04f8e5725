"""Refusals of cards: every code of every provider has words, unknown ones fall to the general ones, signatures hold."""

import pytest

from staffetta.billing.payments import declines, refusals, signature, testbank_client
from staffetta.billing.payments.base import Forged
from staffetta.billing.payments.testbank import magic

# docs.stripe.com/declines/codes, as listed in 2025.
STRIPE_LIST = """
authentication_required approve_with_id call_issuer card_not_supported card_velocity_exceeded currency_not_supported do_not_honor
do_not_try_again duplicate_transaction expired_card fraudulent generic_decline incorrect_address incorrect_cvc incorrect_number
incorrect_pin incorrect_zip insufficient_funds invalid_account invalid_amount invalid_cvc invalid_expiry_month invalid_expiry_year
invalid_number invalid_pin issuer_not_available lost_card merchant_blacklist mobile_device_authentication_required
new_account_information_available no_action_taken not_permitted offline_pin_required online_or_offline_pin_required pickup_card
pin_try_exceeded processing_error reenter_transaction restricted_card revocation_of_all_authorizations revocation_of_authorization
security_violation service_not_allowed stolen_card stop_payment_order testmode_decline transaction_not_allowed try_again_later
withdrawal_count_limit_exceeded
""".split()  # noqa: SIM905


@pytest.mark.parametrize("code", STRIPE_LIST)
def test_every_decline_of_stripe_is_mapped(code):
    assert declines.STRIPE_DECLINES[code] in refusals.REFUSALS
    assert declines.named("card_declined", code) == declines.STRIPE_DECLINES[code]


def test_what_stripe_may_say_in_future_is_a_general_refusal():
    assert declines.named("new_error", "new_decline") == "refused"
    assert declines.named("payment_intent_authentication_failure", "") == "three_ds_failed"
    assert declines.named("expired_card", "") == "expired_card"
    assert refusals.of("never_heard") is refusals.REFUSALS["refused"]


def test_every_code_of_the_test_bank_is_mapped():
    assert set(testbank_client.REFUSALS) >= magic.CODES
    assert set(testbank_client.REFUSALS.values()) <= set(refusals.REFUSALS)


def test_nobody_is_told_that_a_card_was_lost_or_stolen():
    lost, general = refusals.REFUSALS["lost_or_stolen"], refusals.REFUSALS["refused"]
    assert (lost.happened, lost.remedy) == (general.happened, general.remedy)


def test_every_refusal_says_what_happened_and_what_to_do():
    for words in refusals.REFUSALS.values():
        assert str(words.happened).endswith(".")
        assert str(words.remedy).endswith(".")


def test_the_magic_cards_pass_as_numbers():
    assert all(magic.plausible(card.number) for card in magic.CARDS)
    assert len(magic.BY_NUMBER) == len(magic.CARDS)
    assert not any(magic.plausible(number) for number in ["4242424242424241", "42", "4242 4242", "", "٤٢٤٢٤٢٤٢٤٢٤٢٤٢"])


def test_signatures():
    header = signature.signed("s", b"body", 1_000)
    signature.check("s", b"body", header, now=1_300)
    for secret, body, told, now in [
        ("t", b"body", header, 1_000),
        ("s", b"other", header, 1_000),
        ("s", b"body", header, 1_301),
        ("s", b"body", header, 699),
        ("s", b"body", header.replace("t=1000", "t=1001"), 1_000),
        ("s", b"body", "", 1_000),
        ("s", b"body", "t=x,v1=y", 1_000),
        ("s", b"body", "t=1000,v1=à", 1_000),
    ]:
        with pytest.raises(Forged):
            signature.check(secret, body, told, now)
