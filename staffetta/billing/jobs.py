"""Jobs of billing: invoices, cards, orders that waited too long, the books each night."""

from procrastinate.contrib.django import app

from staffetta.billing import bookcheck, cardcare, orders, topup
from staffetta.billing.bank import reading
from staffetta.billing.invoices import issue, mailing, note, waiting


@app.periodic(cron="* * * * *")
@app.task(queue="billing", queueing_lock="issue_invoices")
def issue_invoices(timestamp: int) -> None:
    """Issue the invoices that are due."""
    issue.run()


@app.periodic(cron="* * * * *")
@app.task(queue="billing", queueing_lock="issue_credit_notes")
def issue_credit_notes(timestamp: int) -> None:
    """Issue the credit notes of orders that were given back."""
    note.run()


@app.periodic(cron="* * * * *")
@app.task(queue="billing", queueing_lock="ask_for_invoicing_data")
def ask_for_invoicing_data(timestamp: int) -> None:
    """Ask the customers for the data that their invoices wait for."""
    waiting.ask()


@app.periodic(cron="* * * * *")
@app.task(queue="billing", queueing_lock="mail_invoices")
def mail_invoices(timestamp: int) -> None:
    """Mail the invoices and credit notes that were not mailed yet."""
    mailing.run()


@app.periodic(cron="* * * * *")
@app.task(queue="billing", queueing_lock="go_on_with_statements")
def go_on_with_statements(timestamp: int) -> None:
    """Match the lines of statements whose matching was cut short."""
    reading.go_on()


@app.periodic(cron="0 7 * * *")
@app.task(queue="billing", queueing_lock="tell_invoices_held_up")
def tell_invoices_held_up(timestamp: int) -> None:
    """Mail the staff what holds invoices up."""
    waiting.tell_staff()


@app.periodic(cron="* * * * *")
@app.task(queue="billing", queueing_lock="look_after_cards")
def look_after_cards(timestamp: int) -> None:
    """Ask about card payments of which nobody told us."""
    cardcare.look_after()


@app.periodic(cron="* * * * *")
@app.task(queue="billing", queueing_lock="give_back_card_money")
def give_back_card_money(timestamp: int) -> None:
    """Give back the money of the card payments that are being refunded."""
    cardcare.give_back()


@app.periodic(cron="* * * * *")
@app.task(queue="billing", queueing_lock="top_up")
def top_up(timestamp: int) -> None:
    """Buy for the accounts whose credit has fallen below the threshold of their automatic top-up."""
    topup.run()


@app.periodic(cron="17 3 * * *")
@app.task(queue="billing", queueing_lock="look_at_the_books")
def look_at_the_books(timestamp: int) -> None:
    """Compare balances with movements."""
    bookcheck.run()


@app.periodic(cron="27 3 * * *")
@app.task(queue="billing", queueing_lock="expire_orders")
def expire_orders(timestamp: int) -> None:
    """Cancel the orders that have waited too long for their money."""
    orders.expire()
