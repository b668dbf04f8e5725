"""Jobs of recurring sends: launch what is due, forget what nobody started."""

from datetime import timedelta

from procrastinate.contrib.django import app

from staffetta.campaigns import launch
from staffetta.campaigns.models import Recurrence
from staffetta.lib import clock

QUEUE = "campaigns"
FORGOTTEN_AFTER = timedelta(days=30)


@app.periodic(cron="* * * * *")
@app.task(queue=QUEUE, queueing_lock="launch_recurring")
def launch_recurring(timestamp: int) -> None:
    """Launch the recurring sends that are due in some minutes, or were while nothing ran."""
    launch.launch_due()


@app.periodic(cron="47 3 * * *")
@app.task(queue=QUEUE, queueing_lock="forget_proposed")
def forget_proposed(timestamp: int) -> None:
    """Forget recurring sends that were made a month ago and never started."""
    Recurrence.objects.filter(state="proposed", created_at__lt=clock.now() - FORGOTTEN_AFTER).delete()
