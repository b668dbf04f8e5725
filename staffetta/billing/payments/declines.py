"""What Stripe's error and decline codes are in our words (refusals.py). Knows no payment.

Source: docs.stripe.com/declines/codes and docs.stripe.com/error-codes, those that a card payment in a browser can have.
"""

STRIPE_DECLINES = {
    "approve_with_id": "issuer_unreachable",
    "authentication_not_handled": "needs_customer",
    "authentication_required": "needs_customer",
    "call_issuer": "refused",
    "card_not_supported": "online_not_enabled",
    "card_velocity_exceeded": "limit_reached",
    "currency_not_supported": "unsupported",
    "do_not_honor": "refused",
    "do_not_try_again": "lost_or_stolen",
    "duplicate_transaction": "refused",
    "expired_card": "expired_card",
    "fraudulent": "lost_or_stolen",
    "generic_decline": "refused",
    "incorrect_address": "refused",
    "incorrect_cvc": "wrong_cvc",
    "incorrect_number": "wrong_number",
    "incorrect_pin": "refused",
    "incorrect_zip": "refused",
    "insufficient_funds": "insufficient_funds",
    "invalid_account": "refused",
    "invalid_amount": "limit_reached",
    "invalid_cvc": "wrong_cvc",
    "invalid_expiry_month": "wrong_expiry",
    "invalid_expiry_year": "wrong_expiry",
    "invalid_number": "wrong_number",
    "invalid_pin": "refused",
    "issuer_not_available": "issuer_unreachable",
    "lost_card": "lost_or_stolen",
    "merchant_blacklist": "lost_or_stolen",
    "mobile_device_authentication_required": "three_ds_failed",
    "new_account_information_available": "refused",
    "no_action_taken": "refused",
    "not_permitted": "online_not_enabled",
    "offline_pin_required": "refused",
    "online_or_offline_pin_required": "refused",
    "pickup_card": "lost_or_stolen",
    "pin_try_exceeded": "refused",
    "processing_error": "issuer_unreachable",
    "reenter_transaction": "issuer_unreachable",
    "restricted_card": "lost_or_stolen",
    "revocation_of_all_authorizations": "lost_or_stolen",
    "revocation_of_authorization": "lost_or_stolen",
    "security_violation": "refused",
    "service_not_allowed": "online_not_enabled",
    "stolen_card": "lost_or_stolen",
    "stop_payment_order": "refused",
    "testmode_decline": "unsupported",
    "transaction_not_allowed": "abroad_not_enabled",
    "try_again_later": "issuer_unreachable",
    "withdrawal_count_limit_exceeded": "limit_reached",
}
STRIPE_ERRORS = {
    "payment_intent_authentication_failure": "three_ds_failed",
    "card_declined": "refused",
    "amount_too_large": "limit_reached",
    "card_decline_rate_limit_exceeded": "limit_reached",
}


def named(code: str, decline_code: str) -> str:
    """Return our name for what Stripe says; the general refusal where we do not know it."""
    return STRIPE_DECLINES.get(decline_code) or STRIPE_ERRORS.get(code) or STRIPE_DECLINES.get(code) or "refused"
