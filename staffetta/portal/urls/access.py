"""Addresses of getting in and out, and of the account's own pages. Where allauth asks for an address by name, it has that name too."""

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LogoutView
from django.urls import path, re_path

from staffetta.portal.views import login, loginhelp, mailbox, notices, password, profile, security, signup, stale, twofactor

urlpatterns = [
    path("login/", login.LogIn.as_view(), name="login"),
    path("login/", login.LogIn.as_view(), name="account_login"),
    path("login/code/", login.Code.as_view(), name="mfa_authenticate"),
    path("login/closed/", login.closed, name="account_inactive"),
    path("login/help/", loginhelp.page, name="login-help"),
    path("login/clean/", stale.clean, name="login-clean"),
    path("login/forgotten/", password.Forgotten.as_view(), name="account_reset_password"),
    path("login/forgotten/sent/", password.ForgottenSent.as_view(), name="account_reset_password_done"),
    re_path(
        r"^login/new-password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        password.NewPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("logout/", LogoutView.as_view(), name="account_logout"),
    path("signup/", signup.SignUp.as_view(), name="account_signup"),
    path("signup/sent/", signup.sent, name="account_email_verification_sent"),
    path("signup/resend/", signup.resend, name="signup-resend"),
    re_path(r"^signup/confirm/(?P<key>[-:\w]+)/$", signup.Confirm.as_view(), name="account_confirm_email"),
    path("account/", security.page, name="account"),
    path("account/notices/", notices.page, name="notices"),
    path("account/", security.page, name="mfa_index"),
    path("account/profile/", profile.page, name="profile"),
    path("account/email/", security.OtherEmail.as_view(), name="account_email"),
    path("account/password/", password.OtherPassword.as_view(), name="account_change_password"),
    path("account/again/", password.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("account/again/code/", password.CodeInstead.as_view(), name="mfa_reauthenticate"),
    path("account/two-factor/", login_required(twofactor.Activate.as_view()), name="mfa_activate_totp"),
    path("account/two-factor/off/", twofactor.Deactivate.as_view(), name="mfa_deactivate_totp"),
    path("account/codes/", twofactor.Codes.as_view(), name="mfa_view_recovery_codes"),
    path("account/codes/new/", login_required(twofactor.NewCodes.as_view()), name="mfa_generate_recovery_codes"),
    path("account/codes/file/", twofactor.CodesFile.as_view(), name="mfa_download_recovery_codes"),
    path("account/sessions/", security.listing, name="sessions"),
    path("account/sessions/<int:session_id>/end/", security.end, name="session-end"),
    path("account/sessions/end-others/", security.end_others, name="sessions-end-others"),
    path("staff/mailbox/", mailbox.listing, name="mailbox"),
    path("staff/mailbox/<str:name>/", mailbox.page, name="mailbox-mail"),
]
