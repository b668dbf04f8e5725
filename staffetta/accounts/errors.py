"""What accounts refuse.

Refused
└── AccountsRefused
    ├── NameTaken
    ├── NameMissing
    ├── AccountClosed
    ├── OperatorSettingUnknown
    ├── OperatorSettingWrong
    ├── ProfileWrong
    ├── QuestionRefused
    ├── KeyRefused: KeyNameMissing, ScopeMissing, NetworkWrong, ExpiryPassed, TooManyKeys
    ├── ApiPasswordWeak
    ├── ApiPasswordIsLogin
    ├── MailTokenRefused: MailNameMissing, TooManyMailTokens, MailSenderWrong
    ├── TeamRefused: RoleUnknown, NotYourself, LastOwner
    └── InvitationRefused: AddressWrong, AlreadyInTeam, AlreadyInvited, TooManyInvitations, InvitedTooSoon,
                           TooManyToday, TooManyToAddress, InvitationGone, AddressElsewhere
"""

from django.utils.translation import gettext_lazy as _

from staffetta.lib.errors import Refused


class AccountsRefused(Refused):
    """Any refusal about accounts and users."""


class NameTaken(AccountsRefused):
    """Values: name."""

    code = "name_taken"
    message = _("The name “%(name)s” is taken already: choose another one.")


class NameMissing(AccountsRefused):
    """No values."""

    code = "name_missing"
    message = _("The name is empty: write the name of the company or person.")


class AccountClosed(AccountsRefused):
    """Values: account."""

    code = "account_closed"
    message = _(
        "The account “%(account)s” is closed and sends nothing any more: write to the staff of the service to have it opened again."
    )


class OperatorSettingUnknown(AccountsRefused):
    """Values: name, known."""

    code = "operator_setting_unknown"
    message = _("There is no setting “%(name)s” of the operator: it is one of %(known)s.")


class OperatorSettingWrong(AccountsRefused):
    """Values: name, value, remedy."""

    code = "operator_setting_wrong"
    message = _("“%(value)s” cannot be the operator's %(name)s: %(remedy)s.")


class ProfileWrong(AccountsRefused):
    """Values: problems, a dictionary of field and whole sentence."""

    code = "profile_wrong"
    message = _("Some invoicing data are not right: correct what is marked.")


class TeamRefused(AccountsRefused):
    """Something about the users of an account."""


class RoleUnknown(TeamRefused):
    """Values: role, known."""

    code = "role_unknown"
    message = _("There is no role “%(role)s”: choose one of %(known)s.")


class NotYourself(TeamRefused):
    """No values."""

    code = "not_yourself"
    message = _("You cannot change your own role or close your own user, so that you do not lock yourself out: ask another owner.")


class LastOwner(TeamRefused):
    """Values: name."""

    code = "last_owner"
    message = _("“%(name)s” is the only owner, and an account always needs one: make somebody else an owner first.")


class InvitationRefused(AccountsRefused):
    """Something about an invitation."""


class AddressWrong(InvitationRefused):
    """Values: email."""

    code = "address_wrong"
    message = _("“%(email)s” is not an e-mail address: write it like name@example.it.")


class AlreadyInTeam(InvitationRefused):
    """Values: email."""

    code = "already_in_team"
    message = _("%(email)s is a user of this account already: change the role in the list, or open the user again where it is closed.")


class AlreadyInvited(InvitationRefused):
    """Values: email."""

    code = "already_invited"
    message = _("%(email)s is invited already: send the invitation again or take it back, in the list below.")


class TooManyInvitations(InvitationRefused):
    """Values: limit."""

    code = "too_many_invitations"
    message = _("%(limit)s invitations wait already, the most there can be: take back those that nobody will accept.")


class InvitedTooSoon(InvitationRefused):
    """Values: email."""

    code = "invited_too_soon"
    message = _("The invitation to %(email)s left less than a minute ago: wait a minute before you send it again.")
    retry = True


class TooManyToday(InvitationRefused):
    """Values: limit."""

    code = "too_many_invitations_today"
    message = _("%(limit)s invitations have left within a day, the most there can be: send the others tomorrow.")
    retry = True


class TooManyToAddress(InvitationRefused):
    """Values: email, limit."""

    code = "too_many_invitations_to_address"
    message = _(
        "%(limit)s invitations to %(email)s have left within a day, the most there can be: look for them there, or try again tomorrow."
    )
    retry = True


class InvitationGone(InvitationRefused):
    """No values."""

    code = "invitation_gone"
    message = _(
        "This invitation was used already, was taken back or replaced by a newer one, or is older than seven days: "
        "open the newest mail, or ask for another invitation."
    )


class AddressElsewhere(InvitationRefused):
    """Values: email."""

    code = "address_elsewhere"
    message = _(
        "%(email)s has a user already, and a user belongs to one account only: log in with it, or ask to be invited at another address."
    )


class QuestionRefused(AccountsRefused):
    """Values: field, why (a whole sentence)."""

    code = "question_refused"
    message = _("%(why)s")


class KeyRefused(AccountsRefused):
    """A key for programs that cannot be made as asked."""


class KeyNameMissing(KeyRefused):
    """No values."""

    code = "key_name_missing"
    message = _("The key has no name: write what it is for, for example “till in the shop”, so that you know it again.")


class ScopeMissing(KeyRefused):
    """No values."""

    code = "key_scope_missing"
    message = _("The key may do nothing yet: tick at least one thing that it may.")


class NetworkWrong(KeyRefused):
    """Values: value."""

    code = "network_wrong"
    message = _("“%(value)s” is not an address: write for example 203.0.113.7, or a network such as 203.0.113.0/24.")


class ExpiryPassed(KeyRefused):
    """Values: time."""

    code = "key_expiry_passed"
    message = _("%(time)s has passed already: choose a day to come, or leave it blank for a key that does not end.")


class TooManyKeys(KeyRefused):
    """Values: limit."""

    code = "too_many_keys"
    message = _("There are %(limit)s keys in use, the most an account can have: revoke one that no program uses.")


class MailTokenRefused(AccountsRefused):
    """An address for mails that cannot be made as asked."""


class MailNameMissing(MailTokenRefused):
    """No values."""

    code = "mail_name_missing"
    message = _("The address has no name: write what it is for, for example “alarm of the shop”, so that you know it again.")


class TooManyMailTokens(MailTokenRefused):
    """Values: limit."""

    code = "too_many_mail_tokens"
    message = _("There are %(limit)s mail addresses in use, the most an account can have: take away one that nobody uses.")


class MailSenderWrong(MailTokenRefused):
    """Values: value."""

    code = "mail_sender_wrong"
    message = _("“%(value)s” is not an e-mail address: write it like alarm@shop.example, or @shop.example for all of a domain.")


class ApiPasswordIsLogin(AccountsRefused):
    """No values."""

    code = "api_password_is_login"
    message = _(
        "This is the password with which you log in here: whoever reads it in a program could get into your account. Choose another "
        "one, or change your log-in's first."
    )


class ApiPasswordWeak(AccountsRefused):
    """Values: limit."""

    code = "api_password_weak"
    message = _(
        "The API password is too short, or has characters that old programs cannot send: "
        "use at least %(limit)s letters, digits and signs, without blanks and accents."
    )
