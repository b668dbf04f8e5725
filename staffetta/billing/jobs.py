"""Jobs of billing: mails about credit."""

from procrastinate.contrib.django import app

from staffetta.billing import lowcredit


@app.periodic(cron="*/5 * * * *")
@app.task(queue="billing", queueing_lock="tell_low_credit")
def tell_low_credit(timestamp: int) -> None:
    """Write to the owners of accounts whose credit has fallen below their threshold."""
    lowcredit.tell()
