"""Questions of visitors and customers to the staff: kept, and mailed to the operator where an address is set. Knows no page."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from staffetta.accounts import mail, operator
from staffetta.accounts.errors import QuestionRefused
from staffetta.accounts.models import Question, User
from staffetta.lib import clock

TEXT_CHARS_MAX = 5_000


@dataclass(frozen=True)
class NewQuestion:
    """What somebody asks. `page`: where they came from, a path of our own; `user`: who is logged in."""

    name: str
    email: str
    subject: str
    text: str
    page: str = ""
    language: str = "it"
    user: User | None = None


@transaction.atomic
def ask(question: NewQuestion) -> Question:
    """Keep a question and mail it to the operator. Raises QuestionRefused, which names the field."""
    _check(question)
    kept = Question.objects.create(
        name=question.name.strip()[:120],
        email=question.email.strip(),
        subject=" ".join(question.subject.split())[:150],
        text=question.text.strip(),
        page=question.page[:300],
        language=question.language,
        user=question.user,
        account=question.user.account if question.user else None,
    )
    if to := operator.current().email:
        mail.send(to, *mail.written("accounts/mail/question.txt", "it", question=kept), language="it")
    return kept


def mark_answered(question_id: int) -> None:
    """Mark a question as answered; once more changes nothing."""
    Question.objects.filter(pk=question_id, answered_at=None).update(answered_at=clock.now())


_MISSING = {
    "name": _("Your name is missing: write it, so that we know whom we answer."),
    "email": _("Your e-mail is missing: the answer goes there."),
    "subject": _("The subject is missing: two words that say what it is about."),
    "text": _("The question is missing: write what you would like to know."),
}


def _check(question: NewQuestion) -> None:
    for field, why in _MISSING.items():
        if not getattr(question, field).strip():
            raise QuestionRefused(field=field, why=why)
    try:
        validate_email(question.email.strip())
    except ValidationError:
        wrong = _("“%(value)s” is not an e-mail address: write one like name@example.it.") % {"value": question.email.strip()}
        raise QuestionRefused(field="email", why=wrong) from None
    if len(question.text) > TEXT_CHARS_MAX:
        long = _("The question has %(value)s characters and at most 5,000 are kept: shorten it.") % {"value": len(question.text)}
        raise QuestionRefused(field="text", why=long)
