"""Jobs of billing: mails about credit, invoices, cards, orders that waited too long, the books each night."""

from procrastinate.contrib.django import app

from staffetta.billing import bookcheck, cardpayments, lowcredit, orders, topup
from staffetta.billing.invoices import issue, mailing, note, waiting


@app.periodic(cron="*/5 * * * *")
@app.task(queue="billing", queueing_lock="tell_low_credit")
def tell_low_credit(timestamp: int) -> None:
    """Write to the owners of accounts whose credit has fallen below their threshold."""
    lowcredit.tell()


@app.periodic(cron="* * * * *")
@app.task(queue="billing", queueing_lock="issue_invoices")
def issue_invoices(timestamp: int) -> None:
    """Issue the invoices and credit notes that are due, ask for the data that others wait for, and mail what is new."""
    issue.run()
    note.run()
    waiting.ask()
    mailing.run()


@app.periodic(cron="0 7 * * *")
@app.task(queue="billing", queueing_lock="tell_invoices_held_up")
def tell_invoices_held_up(timestamp: int) -> None:
    """Mail the staff what holds invoices up."""
    waiting.tell_staff()


@app.periodic(cron="* * * * *")
@app.task(queue="billing", queueing_lock="look_after_cards")
def look_after_cards(timestamp: int) -> None:
    """Ask about card payments of which nobody told us, and give back the money of those that are being refunded."""
    cardpayments.look_after()
    cardpayments.give_back()


@app.periodic(cron="* * * * *")
@app.task(queue="billing", queueing_lock="top_up")
def top_up(timestamp: int) -> None:
    """Buy for the accounts whose credit has fallen below the threshold of their automatic top-up."""
    topup.run()


@app.periodic(cron="17 3 * * *")
@app.task(queue="billing", queueing_lock="look_at_the_books")
def look_at_the_books(timestamp: int) -> None:
    """Compare balances with movements, and cancel the orders that have waited too long."""
    bookcheck.run()
    orders.expire()
