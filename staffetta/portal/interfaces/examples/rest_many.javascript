const answer = await fetch("@URL@/api/v1/batches", {
  method: "POST",
  headers: {
    "Authorization": "Bearer " + @KEY@,
    "Content-Type": "application/json",
    "Idempotency-Key": `reminders-${Date.now()}`,
  },
  body: JSON.stringify({
    type: @TYPE@,
    sender: "BRUNI",
    recipients: [
      { to: "+393300000001", text: "Ciao Ada, ti aspettiamo domani alle 9." },
      { to: "+393300000021", text: "Ciao Ugo, ti aspettiamo domani alle 10." },
    ],
  }),
});
console.log(await answer.text());
