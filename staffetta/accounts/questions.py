"""Questions of visitors and customers to the staff: kept, and mailed to the operator where an address is set. Knows no page."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

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
    for field in ("name", "email", "subject", "text"):
        if not getattr(question, field).strip():
            raise QuestionRefused(field=field, code=f"{field}_missing", value="")
    try:
        validate_email(question.email.strip())
    except ValidationError:
        raise QuestionRefused(field="email", code="email_wrong", value=question.email.strip()) from None
    if len(question.text) > TEXT_CHARS_MAX:
        raise QuestionRefused(field="text", code="text_too_long", value=str(len(question.text)))
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
