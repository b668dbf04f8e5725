"""Jobs of the interfaces: forget the answers of old calls."""

from procrastinate.contrib.django import app

from staffetta.api import idempotency


@app.periodic(cron="23 * * * *")
@app.task(queue="api", queueing_lock="forget_old_answers")
def forget_old_answers(timestamp: int) -> None:
    """Forget the answers of calls that are older than a week."""
    idempotency.forget_old()
